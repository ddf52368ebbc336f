from __future__ import annotations

import pytest

from hmi.clock import MachineClock
from hmi.core.tags import Tag
from hmi.drivers.modbus_client import ModbusLine
from hmi.drivers.modbus_plan import Order, point_of
from hmi.drivers.modbus_write import write_and_read_back
from tests.drivers.devices import Device


async def with_line(device: Device, do):
    line = ModbusLine(device.address, 1, MachineClock(), lambda _seconds: None)
    try:
        await line.open()
        return await do(line)
    finally:
        line.close()


async def written(device: Device, address: str, kind: str, value: float | str, order: Order | None = None, **columns):
    tag = Tag(0, "palletiser.x", "plc", address, kind, length=10, **columns)

    async def do(line: ModbusLine):
        return await write_and_read_back(line, point_of(tag), value, order or Order())

    return await with_line(device, do)


@pytest.mark.parametrize(
    ("address", "kind", "value"),
    [
        ("coil:5", "bool", 1),
        ("coil:5", "bool", 0),
        ("holding:202", "uint16", 65535),
        ("holding:202", "int16", -2),
        ("holding:200", "float32", 33.25),
        ("holding:200", "int32", -70000),
        ("holding:20", "string", "Weißbier"),
        ("holding:203", "bool", 1),
    ],
)
@pytest.mark.parametrize("order", [Order(b, w) for b in ("big", "little") for w in ("big", "little")])
async def test_every_type_is_confirmed_by_what_the_device_holds(shared_modbus, address, kind, value, order):
    result = await written(shared_modbus, address, kind, value, order)
    assert (result.outcome, result.read_back) == ("confirmed", value), result


@pytest.mark.parametrize("order", [Order("big"), Order("little")])
async def test_one_bit_is_changed_and_its_neighbours_are_not(shared_modbus: Device, order: Order):
    await written(shared_modbus, "holding:204", "uint16", 0b1010_0000_0000_0001, order)
    for bit, on in ((3, 1), (15, 0), (3, 1)):
        result = await written(shared_modbus, f"holding:204.{bit}", "bool", on, order)
        assert (result.outcome, result.read_back) == ("confirmed", on), result
        assert f"the whole register holding:204 was read and written to change its bit {bit}" in result.text

    async def read(line: ModbusLine):
        return await line.read("holding", 204, 1)

    (word,) = await with_line(shared_modbus, read)
    word = int(word) if order.byte_order == "big" else int.from_bytes(int(word).to_bytes(2, "big"), "little")
    assert word == 0b0010_0000_0000_1001


async def test_the_answer_is_in_engineering_units(shared_modbus: Device):
    result = await written(shared_modbus, "holding:202", "int16", 2.5, scale=0.5, offset=1.0, unit="bar")
    assert (result.outcome, result.read_back) == ("confirmed", 2.5)
    assert result.text == "palletiser.x is 2.5 bar"


@pytest.mark.parametrize(
    ("address", "kind", "value", "reason"),
    [
        ("input:1", "uint16", 1, "is an input"),
        ("discrete:1", "bool", 1, "is an input"),
        ("holding:202", "int16", 40000, "does not fit"),
        ("holding:300", "uint16", 1, "does not allow this value"),
        ("holding:60", "uint16", 1, "does not know this address"),
        ("holding:60.1", "bool", 1, "nothing was sent"),
    ],
)
async def test_refusals_say_why(shared_modbus: Device, address: str, kind: str, value: float, reason: str):
    result = await written(shared_modbus, address, kind, value)
    assert result.outcome == "refused", result
    assert reason in result.text


async def test_a_value_that_the_device_bends_is_not_confirmed(shared_modbus: Device):
    result = await written(shared_modbus, "holding:500", "uint16", 77)
    assert (result.outcome, result.read_back) == ("unknown", 50.0)
    assert "holds 50: check the plant" in result.text
