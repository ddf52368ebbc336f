"""libmodbus' own misbehaving server: wrong transaction and unit, short, late and dribbled answers, made on purpose.

It holds 0x160 to 0x17F, and does: 0x170 exception 6; 0x171 an answer of another transaction and unit; 0x172 half a
second late; 0x173 byte by byte; any question for two registers is answered with one.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager

import pytest

from hmi.core import quality as q
from hmi.core.plant.model import Connection
from tests.drivers.devices import running, tags_of
from tests.interop.peers import HostileModbus

LOST = r"hmi\.drivers: device: "
SENTINEL = 0x160
WRONG_TRANSACTION, LATE, DRIBBLED, BUSY = 0x171, 0x172, 0x173, 0x170

pytestmark = pytest.mark.expect_log(LOST)


@asynccontextmanager
async def hostile(addresses: list[tuple[str, str]]):
    """Our driver on that server."""
    server = HostileModbus()
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        connection = Connection("device", "modbus", server.address, scan_ms=100, unit=17)
        try:
            async with running(connection, tags_of(addresses)) as run:
                yield run, server
        finally:
            serving.cancel()


def wrongs(run, truth: dict[str, set[float]]) -> list[tuple[str, float]]:
    """Values shown as not Bad that the device never held."""
    return [
        (address, float(row["value"]))
        for address, held in truth.items()
        for row in run.rows(address)
        if row["quality"] < q.BAD and float(row["value"]) not in held
    ]


async def test_a_busy_register_is_bad_and_the_others_live():
    async with hostile([(f"holding:{BUSY}", "uint16"), (f"holding:{SENTINEL}", "uint16")]) as (run, _):
        await run.until_live()
        await run.until(lambda: run.last(f"holding:{BUSY}") is not None)
        assert run.last(f"holding:{BUSY}")["quality"] == q.BAD_WAITING
        assert math.isnan(run.last(f"holding:{BUSY}")["value"])
        result = await run.driver.write(run.tag(f"holding:{SENTINEL}"), 4711)
        assert result.outcome == "confirmed"
        await run.until(lambda: run.last(f"holding:{SENTINEL}")["value"] == 4711)
        assert wrongs(run, {f"holding:{SENTINEL}": {0, 4711}}) == []


async def test_an_answer_shorter_than_the_question_is_never_a_value():
    """Two registers asked for, one comes: not a number with a zero made up for the rest."""
    long, short = f"holding:{SENTINEL + 26}", f"holding:{SENTINEL}"
    async with hostile([(long, "uint32"), (short, "uint16"), ("coil:304", "bool")]) as (run, _):
        await run.until(lambda: run.last(long) is not None and len(run.rows(short)) > 5)
        assert [row for row in run.rows(long) if row["quality"] < q.BAD] == []
        assert run.driver.health.missing[0]


@pytest.mark.interop
async def test_an_answer_of_another_transaction_is_never_a_value():
    """The register is made 77 first; what comes with the wrong number says 0, and is not believed."""
    address = f"holding:{WRONG_TRANSACTION}"
    async with hostile([("coil:304", "bool"), (address, "uint16")]) as (run, server):
        results = []
        while server.served < 3:
            results.append((await run.driver.write(run.tag(address), 77)).outcome)
            await asyncio.sleep(0.2)
        assert "confirmed" not in results
        shown = [float(row["value"]) for row in run.rows(address) if row["quality"] < q.BAD]
        assert shown == [], shown


@pytest.mark.interop
async def test_an_answer_half_a_second_late_is_the_answer_to_its_own_question():
    addresses = [(f"holding:{LATE}", "uint16"), ("coil:304", "bool"), ("input:264", "uint16")]
    async with hostile(addresses) as (run, _):
        await run.until_live()
        assert (await run.driver.write(run.tag(f"holding:{LATE}"), 1234)).outcome == "confirmed"
        await run.until(lambda: len(run.rows(f"holding:{LATE}")) > 5)
        assert wrongs(run, {f"holding:{LATE}": {0, 1234}, "input:264": {10}, "coil:304": {0}}) == []
        assert run.last(f"holding:{LATE}")["value"] == 1234


@pytest.mark.interop
async def test_an_answer_that_comes_byte_by_byte_is_whole_or_bad():
    """It always says 0 under unit 255, though the register was made 55: the answer of another unit is not believed."""
    address = f"holding:{DRIBBLED}"
    async with hostile([("coil:304", "bool"), (address, "uint16"), ("input:264", "uint16")]) as (run, _):
        await run.until(lambda: len(run.rows("coil:304")) > 3)
        assert (await run.driver.write(run.tag(address), 55)).outcome != "confirmed"
        count = len(run.rows("input:264"))
        await run.until(lambda: len(run.rows("input:264")) > count + 2)
        assert wrongs(run, {"input:264": {10}, "coil:304": {0}, address: set()}) == []
        await run.until(lambda: run.last(address) is not None)
        assert run.last(address)["quality"] == q.BAD_TIMEOUT
