from __future__ import annotations

import math

import pytest
from asyncua import ua

from hmi.core.tags import Tag
from hmi.drivers.opcua_client import OpcUaSession
from hmi.drivers.opcua_write import write_and_read_back
from tests.drivers.devices import Device


async def written(device: Device, name: str, value: float | str, kind: str = "float64", **columns):
    tag = Tag(0, f"filler.{name.lower()}", "plc", f"ns=2;s=Filler.{name}", kind, **columns)
    session = OpcUaSession(device.address)
    try:
        await session.open()
        return await write_and_read_back(session, ua.NodeId(f"Filler.{name}", 2), tag, value, {})
    finally:
        await session.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("Speed", 33.3), ("Exact", 0.1 + 0.2), ("Mode", 3), ("Enable", 1), ("Batch", "Löwe 7"), ("Exact", -0.0)],
)
async def test_every_type_is_confirmed_by_what_the_device_holds(shared_opcua: Device, name: str, value: float | str):
    kind = {"Enable": "bool", "Batch": "string", "Mode": "uint16"}.get(name, "float64")
    result = await written(shared_opcua, name, value, kind)
    assert result.outcome == "confirmed", result
    assert result.read_back == (value if isinstance(value, str) else pytest.approx(value, rel=1e-6))


async def test_not_a_number_can_be_confirmed_too(shared_opcua: Device):
    result = await written(shared_opcua, "Exact", math.nan)
    assert result.outcome == "confirmed"


async def test_the_answer_is_in_engineering_units(shared_opcua: Device):
    result = await written(shared_opcua, "Mode", 2.5, scale=0.5, unit="m")
    assert (result.outcome, result.read_back) == ("confirmed", 2.5)
    assert result.text == "filler.mode is 2.5 m"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("Mode", 70_000, "does not fit"),
        ("Mode", "fast", "is text"),
        ("Enable", 7, "neither 0 nor 1"),
        ("Array", 7, "holds an array"),
        ("Nowhere", 7, "no value whose type"),
        ("ReadOnly", 7, "refused by the device"),
    ],
)
async def test_refusals_say_why(shared_opcua: Device, name: str, value: float | str, reason: str):
    result = await written(shared_opcua, name, value)
    assert result.outcome == "refused", result
    assert reason in result.text
    assert "nothing was" in result.text
