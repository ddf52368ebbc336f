"""What a server offers is found with its type, range and unit; circles, and more than anybody wants, come to an end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from asyncua import ua

from hmi.core.errors import DeviceError
from hmi.drivers.opcua_browse import _range, _type, browse
from hmi.drivers.opcua_client import OpcUaSession
from tests.drivers.devices import Device


@pytest_asyncio.fixture
async def session(typed_opcua: Device) -> AsyncIterator[OpcUaSession]:
    found = OpcUaSession(typed_opcua.address)
    await found.open()
    yield found
    await found.close()


async def test_values_are_found_with_what_the_device_says_of_them(session: OpcUaSession) -> None:
    offer = await browse(session)
    found = {one.path[-1]: one for one in offer.variables}
    level = found["Level"]
    assert (level.type, level.unit, level.low, level.high, level.access) == ("float64", "l", 0.0, 250.0, "rw")
    assert level.path == ("Cell", "Level")
    assert level.address.startswith("nsu=") and level.address.endswith(";s=Cell.Level")
    assert found["State"].type == "int32" and found["Recipe"].type == "uint16" and found["Valve"].type == "bool"
    assert (found["Vast"].type, found["Label"].type) == ("uint64", "string")
    assert not {"Numbers", "Matrix", "Guid", "Structure"} & found.keys()
    assert sum(offer.skipped.values()) >= 6 and any("index=0;" in why for why in offer.skipped)
    assert not offer.is_cut
    (resolved,) = await session.resolve([level.address])
    assert resolved == ua.NodeId("Cell.Level", 2)


async def test_a_part_of_it_and_no_more_than_was_asked_for(session: OpcUaSession) -> None:
    below = await browse(session, "/2:Cell")
    assert {len(one.path) for one in below.variables} == {1}
    some = await browse(session, most=3)
    assert some.is_cut and len(some.variables) + sum(some.skipped.values()) == 3
    with pytest.raises(DeviceError, match="has no node ns=2;s=Nowhere: take its node id from the server"):
        await browse(session, "ns=2;s=Nowhere")


def test_what_no_tag_can_be_says_why() -> None:
    assert _type(11, -1, 3) == ("float64", "")
    assert _type(11, 1, 3)[1].startswith("is an array")
    assert _type(11, -1, 0)[1] == "may not be read by this user"
    assert _type(None, None, None)[1] == "is of a type that no tag can have"


def test_a_range_that_is_none_is_left_out() -> None:
    whole = ua.Range(0.0, 10.0)
    assert _range(whole) == (0.0, 10.0)
    for odd in (replace(whole, High=0.0), replace(whole, Low=float("nan")), None, "0..10"):
        assert _range(odd) == (None, None)
