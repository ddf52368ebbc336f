from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from asyncua import ua

from hmi.drivers.opcua_client import OpcUaSession
from hmi.drivers.opcua_datatypes import ENUMERATION, DataTypes, named_values, properties
from tests.drivers.devices import Device


def node(name: str) -> ua.NodeId:
    return ua.NodeId(f"Cell.{name}", 2)


def standard(number: int) -> ua.NodeId:
    return ua.NodeId(ua.Int32(number))


@pytest_asyncio.fixture
async def session(typed_opcua: Device) -> AsyncIterator[OpcUaSession]:
    found = OpcUaSession(typed_opcua.address)
    await found.open()
    yield found
    await found.close()


async def test_types_are_followed_to_those_of_the_standard(session: OpcUaSession):
    types = DataTypes(session)
    (kind, missing) = await types.of([node("State"), node("Nowhere")])
    assert (kind, missing) == (ua.NodeId("UnitState", 2), None)
    assert await types.standard(kind) == ENUMERATION
    assert await types.builtin(kind) is ua.VariantType.Int32
    assert await types.builtin(standard(ua.ObjectIds.Duration)) is ua.VariantType.Double
    assert await types.builtin(standard(ua.ObjectIds.UtcTime)) is ua.VariantType.DateTime
    assert await types.builtin(standard(ua.ObjectIds.Range)) is ua.VariantType.ExtensionObject
    for open_ in (ua.ObjectIds.BaseDataType, ua.ObjectIds.Number):
        assert await types.builtin(standard(open_)) is None
    assert await types.standard(ua.NodeId("NoType", 2)) == 0


async def test_an_enumeration_names_its_values_in_one_of_three_ways(session: OpcUaSession):
    types = DataTypes(session)
    assert await types.names(ua.NodeId("UnitState", 2)) == {0: "Stopped", 1: "Running", 2: "Held"}
    assert await types.names(ua.NodeId("Mode", 2)) == {7: "Auto", 9: "By hand"}
    names = await types.names(standard(ua.ObjectIds.MessageSecurityMode))
    assert names is not None
    assert names[1] == "None"
    assert await types.names(standard(ua.ObjectIds.Double)) is None


async def test_properties_are_told_by_name_and_those_not_wanted_are_left(session: OpcUaSession):
    level, valve, nowhere = await properties(
        session, [node("Level"), node("Valve"), node("Nowhere")], frozenset(("EURange", "TrueState"))
    )
    assert level == {"EURange": ua.Range(0.0, 250.0)}
    assert valve == {"TrueState": ua.LocalizedText("open")}
    assert nowhere == {}


def test_names_of_the_wrong_form_are_no_names():
    assert named_values({"EnumStrings": ["a", "b"]}) is None
    assert named_values({"EnumValues": "x"}) is None
    assert named_values({"EnumStrings": []}) is None
    assert named_values({"EnumStrings": [ua.LocalizedText("a")] * 5000}).__len__() == 1000
