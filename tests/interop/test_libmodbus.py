"""A device over libmodbus, the C library: what our driver shows is what the device holds, or it is Bad."""

from __future__ import annotations

import asyncio
import math
import struct
import time

import pytest

from hmi.core import quality as q
from hmi.core.plant.model import Connection, Modbus, Signature
from tests.drivers.devices import Running, running, tags_of
from tests.interop.peers import LibModbus, Relay

LOST = r"hmi\.drivers: device: "
BACK_WITHIN_S = 5.0

HELD: list[tuple[str, str, float | int | str]] = [  # what libmodbus_server.c puts there
    ("coil:0", "bool", 1),
    ("coil:1", "bool", 0),
    ("coil:1998", "bool", 1),
    ("discrete:10", "bool", 1),
    ("discrete:11", "bool", 0),
    ("input:3", "uint16", 21),
    ("input:1999", "uint16", 13993),
    ("holding:0", "int16", -2),
    ("holding:1", "uint16", 65535),
    ("holding:2.0", "bool", 1),
    ("holding:2.1", "bool", 0),
    ("holding:2.15", "bool", 1),
    ("holding:4", "int32", -70000),
    ("holding:6", "uint32", 4_000_000_000),
    ("holding:8", "int64", -5_000_000_000),
    ("holding:12", "uint64", 2**64 - 1),
    ("holding:16", "float32", 12.5),
    ("holding:24", "float64", -1.0e308),
    ("holding:28", "float32", math.nan),
    ("holding:30", "float32", -math.inf),
    ("holding:32", "float32", -0.0),
    ("holding:40", "string", "Füller 7"),
]
ORDERS = [(16, "big", "big"), (18, "little", "little"), (20, "little", "big"), (22, "big", "little")]


def plc(address: str, **columns) -> Connection:
    return Connection("device", "modbus", address, **{"scan_ms": 100, **columns})


async def until_live(run: Running) -> None:
    """Live, and every tag told of."""
    await run.until(lambda: run.driver.health.state == "live")
    await run.until(lambda: all(run.last(tag.address) is not None for tag in run.tags))


async def test_every_type_in_every_area(device: LibModbus):
    async with running(plc(device.address), tags_of([(address, kind) for address, kind, _ in HELD])) as run:
        await until_live(run)
        for address, kind, held in HELD:
            row = run.last(address)
            assert row["quality"] == q.GOOD, address
            if isinstance(held, str):
                assert run.text(address) == held
                continue
            assert struct.pack("<d", row["value"]) == struct.pack("<d", held) or math.isnan(held), address
            assert math.isnan(row["value"]) == math.isnan(held), address
            if kind.startswith(("int", "uint")):
                assert int(row["raw"]) % 2**64 == int(held) % 2**64, address
        assert run.driver.health.missing == {}


@pytest.mark.parametrize(("start", "byte_order", "word_order"), ORDERS)
async def test_all_four_orders_of_a_float(device: LibModbus, start: int, byte_order: str, word_order: str):
    """Orders abcd, dcba, badc and cdab, read and written."""
    connection = plc(device.address, byte_order=byte_order, word_order=word_order)
    tags = tags_of([(f"holding:{start}", "float32")])
    async with running(connection, tags) as run:
        await until_live(run)
        assert run.last(f"holding:{start}")["value"] == 12.5
        result = await run.driver.write(tags[0], -0.375)
        assert (result.outcome, result.read_back) == ("confirmed", -0.375)
        words = device.holding()[start : start + 2]
    data = b"".join(word.to_bytes(2, byte_order) for word in (words if word_order == "big" else words[::-1]))
    assert struct.unpack(">f", data) == (-0.375,)


async def test_many_registers_in_few_requests(device: LibModbus):
    """Blocks side by side over several requests, each value in its place."""
    places = [number for number in range(200, 600) if number % 11 < 7 or number < 300]
    async with running(plc(device.address), tags_of([(f"holding:{n}", "uint16") for n in places])) as run:
        await until_live(run)
        assert [int(run.last(f"holding:{n}")["value"]) for n in places] == [n ^ 0x5A5A for n in places]
        before, told = run.driver.health.requests, len(run.batches)
        await run.until(lambda: len(run.batches) >= told + 3)
        assert (run.driver.health.requests - before) / 3 < 6  # 400 registers, 120 a request, and one half-done scan


async def test_every_exception_code_is_a_quality_and_only_its_own_tag_is_bad(device: LibModbus):
    refused = {code: f"holding:{1000 + code}" for code in range(1, 12)}
    good = ["holding:210", "holding:998", "holding:999", "holding:1000", "holding:1012", "holding:1013"]
    beyond = ["holding:2000", "holding:65535", "coil:2000", "input:2000"]
    wanted = [*refused.values(), *good, *beyond]
    tags = tags_of([(address, "bool" if "coil" in address else "uint16") for address in wanted])
    async with running(plc(device.address), tags) as run:
        await until_live(run)
        for code, address in refused.items():
            assert run.last(address)["quality"] >= q.BAD, address
            assert math.isnan(run.last(address)["value"])
            assert run.driver.health.missing[run.tag(address).index], code
        for address in beyond:
            assert run.last(address)["quality"] == q.BAD_NODE_ID_UNKNOWN, address
        held = device.holding()
        for address in good:
            await run.until(lambda address=address: run.last(address)["quality"] == q.GOOD)
            assert int(run.last(address)["value"]) == held[int(address.partition(":")[2])]


async def test_writes_by_every_function_reach_the_device_once(device: LibModbus):
    nodes = [("coil:5", "bool"), ("holding:0", "int16"), ("holding:4", "int32"), ("holding:2.3", "bool")]
    tags = tags_of([*nodes, ("holding:40", "string"), ("input:3", "uint16")])
    async with running(plc(device.address), tags) as run:
        await until_live(run)
        for tag, value in zip(tags, (1, -300, 70001, 1, "Ä 9"), strict=False):
            result = await run.driver.write(tag, value)
            assert (result.outcome, result.read_back) == ("confirmed", value), result
        assert (await run.driver.write(tags[5], 1)).outcome == "refused"
        held = device.holding()
    assert held[0] == 65536 - 300
    assert held[2] == 0x8009  # one bit more, the others as they were
    assert held[4:6] == [1, 70001 - 65536]
    assert bytes([held[40] >> 8, held[40] & 255, held[41] >> 8, held[41] & 255]) == "Ä 9".encode()
    first = "Ä".encode()
    assert device.writes == [
        "5 5 1 65280",
        f"6 0 1 {65536 - 300}",
        "16 4 2 1",
        f"6 2 1 {0x8009}",
        f"16 40 5 {first[0] << 8 | first[1]}",
    ]


async def test_refused_writes_say_so(device: LibModbus):
    """Only what is surely not done is called refused: code 5 means taken and not finished, 11 a gateway's silence."""
    unsure = {5, 11}
    addresses = [f"holding:{1000 + code}" for code in range(1, 12)]
    tags = tags_of([(address, "uint16") for address in addresses])
    async with running(plc(device.address), [*tags]) as run:
        await until_live(run)
        for code, tag in enumerate(tags, 1):
            result = await run.driver.write(tag, 7)
            assert result.outcome in (("unknown", "refused") if code in unsure else ("refused",)), (code, result)
    assert 7 not in device.holding()[1000:1012]


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_an_answer_that_is_late_is_never_taken_for_another(device: LibModbus):
    """One register answers 1.6 s late, the single-minded server holds up all others: right, or not Good."""
    tags = tags_of([("holding:1100", "uint16"), *[(f"holding:{n}", "uint16") for n in range(200, 600, 40)]])
    held = device.holding()
    async with running(plc(device.address), tags) as run:
        await run.until(lambda: run.last("holding:1100") is not None and len(run.rows("holding:240")) > 10)
        assert run.last("holding:1100")["quality"] == q.BAD_TIMEOUT
        assert "no answer" in run.driver.health.missing[0]
        for batch in run.batches:
            for row in batch.rows:
                place = int(tags[row["tag"]].address.partition(":")[2])
                assert row["quality"] >= q.BAD or int(row["value"]) == held[place], place


@pytest.mark.expect_log("device: ")
async def test_a_register_map_that_shifts_shows_no_value_rather_than_a_wrong_one(device: LibModbus):
    """A new program with every register one further on: its signature is gone, so nothing is believed or written."""
    held = device.holding()
    places = (300, 301, 350)
    modbus = Modbus(signature=Signature("holding:310", "uint16", held[310]))
    tags = tags_of([(f"holding:{place}", "uint16") for place in places])
    async with running(plc(device.address, modbus=modbus), tags) as run:
        await until_live(run)
        device.tell("shift 1")
        await run.until(lambda: all(run.last(tag.address)["quality"] >= q.BAD for tag in tags))
        assert (await run.driver.write(tags[0], 7)).outcome == "refused"
        device.tell("shift -1")
        await run.until(lambda: all(run.last(tag.address)["quality"] == q.GOOD for tag in tags))
        for place, tag in zip(places, tags, strict=True):
            shown = {int(row["value"]) for row in run.rows(tag.address) if row["quality"] < q.BAD}
            assert shown == {held[place]}
    device.holding()
    assert device.writes == []


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_killed_and_started_again(device: LibModbus):
    tags = tags_of([("holding:4", "int32"), ("input:3", "uint16")])
    async with running(plc(device.address), tags) as run:
        await until_live(run)
        for _ in range(3):
            device.kill()
            await run.until(lambda: run.driver.health.state == "down")
            assert (await run.driver.write(tags[0], 5)).outcome == "refused"
            run.batches.clear()
            await asyncio.to_thread(device.start)
            begun = time.monotonic()
            await run.until(lambda: len(run.rows("input:3")) >= 2)
            took = time.monotonic() - begun
            assert took < BACK_WITHIN_S
            assert run.last("holding:4")["value"] == -70000  # the refused 5 was not sent later
        device.holding()
    assert device.writes == []


@pytest.mark.interop
@pytest.mark.timeout(150)
@pytest.mark.expect_log(LOST)
async def test_frozen_for_8_s_again_and_again(device: LibModbus):
    tags = tags_of([("holding:4", "int32"), ("holding:300", "uint16")])
    async with running(plc(device.address), tags) as run:
        await until_live(run)
        for turn in range(4):
            device.freeze()
            begun = time.monotonic()
            await run.until(lambda: run.driver.health.state != "live")
            noticed = time.monotonic() - begun
            assert noticed < 3.0
            await run.until(lambda begun=begun: time.monotonic() - begun > 8.0)
            device.thaw()
            device.tell(f"set 300 {turn}")
            begun = time.monotonic()
            await run.until(lambda turn=turn: run.last("holding:300")["value"] == turn)
            assert run.driver.health.state == "live"
            moving = time.monotonic() - begun
            assert moving < BACK_WITHIN_S
        good = {int(row["value"]) for row in run.rows("holding:4") if row["quality"] < q.BAD}
        assert good == {-70000}


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_a_write_whose_answer_is_lost_is_unknown_and_not_repeated(device: LibModbus):
    tags = tags_of([("holding:4", "int32")])
    async with Relay(device.port).running() as wire, running(plc(f"tcp://127.0.0.1:{wire.port}"), tags) as run:
        await until_live(run)
        wire.deaf = True
        result = await run.driver.write(tags[0], 99)
        # The block that was under way may have been lost first; the write then finds its device gone.
        assert result.outcome in ("unknown", "refused"), result
        await run.until(lambda: run.driver.health.state == "down")
        wire.deaf = False
        await run.until_live()
        value = run.last("holding:4")["value"]
        device.holding()
        assert device.writes == (["16 4 2 0"] if value == 99 else [])
        assert value == 99 or result.outcome == "refused"
