from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from hmi.clock import MachineClock
from hmi.core import quality as q
from hmi.core.plant.modbus_addresses import Span
from hmi.core.plant.model import Connection, Modbus
from hmi.drivers.modbus import over_budget
from hmi.drivers.modbus_client import ModbusLine
from tests.drivers.devices import Device, Running, running, tags_of, until_reset


async def test_writes_go_ahead_of_polling(shared_modbus: Device):
    addresses = [(f"holding:{n}", "uint16") for n in range(100, 120)] + [("holding:202", "uint16")]
    connection = Connection("device", "modbus", shared_modbus.address, scan_ms=10)
    async with running(connection, tags_of(addresses)) as run:
        await run.until_live()
        results = await asyncio.gather(*(run.driver.write(run.tag("holding:202"), n) for n in (1, 1, 1)))
        assert [result.outcome for result in results] == ["confirmed"] * 3
        assert run.driver.health.requests > 0
        assert run.driver.health.request_ms > 0


@pytest.mark.parametrize("order", ["big", "little"])
async def test_the_connection_s_order_is_used(shared_modbus: Device, order: str):
    connection = Connection("device", "modbus", shared_modbus.address, word_order=order, byte_order=order, scan_ms=100)
    async with running(connection, tags_of([("holding:8", "uint16"), ("holding:0", "float32")])) as run:
        await run.until(lambda: run.driver.health.state == "live")
        assert (run.last("holding:0")["value"] == 12.5) == (order == "big")


@pytest.mark.expect_log("not how modbus is reached")
async def test_an_address_of_another_protocol_is_said_aloud():
    connection = Connection("device", "modbus", "http://plc")
    async with running(connection, tags_of([("holding:8", "uint16")])) as run:
        await run.until(lambda: run.driver.health.state == "down")
        assert run.last("holding:8")["quality"] == q.BAD_CONFIGURATION
        assert "not how modbus is reached" in run.driver.health.missing[0]


@pytest.mark.expect_log("no answer from")
async def test_a_device_that_accepts_but_never_answers_is_not_live():
    requests = 0

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        while await reader.read(1000):
            requests += 1
        writer.close()

    async with await asyncio.start_server(until_reset(swallow), "127.0.0.1", 0) as server:
        connection = Connection("device", "modbus", f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with running(connection, tags_of([("holding:8", "uint16")])) as run:
            await run.until(lambda: run.driver.health.reconnects >= 2)
            assert run.driver.health.state == "down"
            assert run.driver.health.last_life == 0.0
            assert requests <= 3
        await asyncio.sleep(0.05)


HOSTILE = {
    "tcp": (
        "silent",
        "close",
        "wrong-number",
        "no-number",
        "wrong-unit",
        "wrong-function",
        "short",
        "empty",
        "too-few",
        "too-many",
        "half",
        "garbage",
        "huge",
        "unknown-function",
        "late",
        *(f"code-{code}" for code in (*range(1, 12), 255)),
    ),
    "rtu": (
        "silent",
        "close",
        "wrong-unit",
        "wrong-function",
        "too-few",
        "too-many",
        "garbage",
        "bad-sum",
        "late",
        *(f"code-{code}" for code in (2, 6, 11)),
    ),
}
NUMBERS = (10, 11, 20, 30, 31, 40)


@pytest.mark.expect_log("not live until it answers")
@pytest.mark.parametrize("framing", HOSTILE)
async def test_no_broken_answer_is_ever_shown_as_a_value(shared_modbus: Device, framing: str):
    """Every second answer is wrong: what is shown as good is right all the same, and the neighbour lives on."""
    hostile = Device("modbus_hostile", framing, *HOSTILE[framing])
    await asyncio.to_thread(hostile.start)
    address = f"{'rtutcp' if framing == 'rtu' else 'tcp'}://127.0.0.1:{hostile.port}"
    modbus = Modbus(timeout_ms=150, max_gap=2)
    good = Connection("good", "modbus", shared_modbus.address, scan_ms=20)
    tags = tags_of([(f"holding:{number}", "uint16") for number in NUMBERS])
    async with AsyncExitStack() as stack:
        stack.callback(hostile.kill)
        neighbour = await stack.enter_async_context(running(good, tags_of([("holding:102", "uint16")])))
        runs = {
            how: await stack.enter_async_context(
                running(Connection(how, "modbus", address, unit=unit, scan_ms=10, modbus=modbus), tags)
            )
            for unit, how in enumerate(HOSTILE[framing], 1)
        }
        for how, run in runs.items():
            await run.until(lambda run=run: len(run.batches) >= 4 and good_values(run))
            for number in NUMBERS:
                assert good_values(run, number) <= {number + 1000.0}, how
        await neighbour.until_live()
        assert neighbour.driver.health.reconnects == 0


def good_values(run: Running, number: int | None = None) -> set[float]:
    """What a register, or any, has been shown to hold."""
    places = NUMBERS if number is None else (number,)
    return {
        float(row["value"]) for place in places for row in run.rows(f"holding:{place}") if q.is_good(row["quality"])
    }


async def test_forbidden_places_are_never_touched():
    device = Device("modbus")
    await asyncio.to_thread(device.start)
    forbidden = (Span("holding", 100, 101),)
    connection = Connection("device", "modbus", device.address, scan_ms=10, modbus=Modbus(forbidden=forbidden))
    addresses = [("holding:98", "uint16"), ("holding:102", "uint16"), ("holding:99", "float32")]
    try:
        async with running(connection, tags_of(addresses)) as run:
            await run.until(lambda: len(run.rows("holding:102")) > 5)
            assert run.last("holding:99")["quality"] == q.BAD_CONFIGURATION
            assert "plant.toml forbids to touch" in run.driver.health.missing[2]
            result = await run.driver.write(run.tag("holding:99"), 1.0)
            assert result.outcome == "refused"
        line = ModbusLine(device.address, 1, MachineClock(), lambda _: None)
        await line.open()
        try:  # it counts the requests that touched it: this is the first
            assert (await line.read("holding", 100, 1)).tolist() == [1]
        finally:
            line.close()
    finally:
        device.kill()


async def test_a_device_is_asked_no_more_often_than_it_bears(shared_modbus: Device):
    modbus = Modbus(max_requests_per_s=20.0, max_gap=0)
    connection = Connection("device", "modbus", shared_modbus.address, scan_ms=10, modbus=modbus)
    addresses = [(f"holding:{n}", "uint16") for n in (8, 40, 64, 102)]
    loop = asyncio.get_running_loop()
    async with running(connection, tags_of(addresses)) as run:
        await run.until(lambda: run.driver.health.requests > 0)
        requests, start = run.driver.health.requests, loop.time()
        await run.until(lambda: run.driver.health.requests >= requests + 10)
        assert loop.time() - start >= 9 / 20
        assert "400 requests a second where 20 are allowed" in run.driver.health.note
        assert (await run.driver.write(run.tag("holding:102"), 0)).outcome == "confirmed"
        assert run.driver.health.silent_after_s >= 2 / 20


def test_a_budget_that_is_enough_is_not_worth_a_note():
    assert over_budget(20, 20) == over_budget(20, 0) == ""
    assert over_budget(21, 20)
