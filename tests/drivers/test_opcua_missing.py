"""What a connection missed: bounded by what was delivered before and after, read back once, or given up."""

import asyncio

import numpy as np
import pytest
from asyncua import ua

from hmi.clock import HandClock, MachineClock
from hmi.core.batch import FLAG_BACKFILLED, FLAG_NOT_LIVE, Batch, join
from hmi.core.plant import Connection
from hmi.core.tags import Tag
from hmi.drivers import create, opcua_missing
from hmi.drivers.driver import Earlier
from hmi.drivers.opcua_history import Stretch
from hmi.drivers.opcua_missing import AGAIN_S, MOST, TRIES, UNSENT_NS, Missing
from tests.drivers.devices import Device
from tests.drivers.proxy import Cable

S = 10**9
COUNTER = Tag(0, "a.counter", "plc", "ns=2;s=Counter", "int64")
TAGS = {0: COUNTER, 1: Tag(1, "a.off", "plc", "x", "float64", history="off"), 2: Tag(2, "a.c", "plc", "x", "float64")}


@pytest.fixture(scope="module")
def recorder():
    device = Device("history_opcua")
    device.start()
    yield device
    device.kill()


class Scripted:
    """A history that answers as the test says: how far it goes, and how many values it gives."""

    def __init__(self, *, whole=True, values=1, none=False, error=None) -> None:
        self.whole, self.each, self.none, self.error = whole, values, none, error
        self.values = self.refused = self.asked = 0

    async def backfill(self, wanted) -> None:
        self.asked += 1
        if self.error:
            raise self.error
        for stretch in [stretch for one in wanted for stretch in one.stretches]:
            stretch.whole, stretch.none = self.whole, self.none
            stretch.values += self.each
            self.values += self.each


class Line:
    """What one connection has missed, on a hand-turned clock."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.lost = []
        self.missing = Missing(TAGS, self.clock, self.lost.extend)
        self.nodes = {0: ua.NodeId(1), 1: ua.NodeId(2), 2: ua.NodeId(3)}

    def came(self, tag: int, time_ns: int, flags: int = 0) -> None:
        self.missing.note(Batch.of([tag], [1.0], time_ns, time_ns, 0, flags))

    @property
    def open(self):
        self.missing._settle()
        return [(one.tag, one.after_ns, one.before_ns) for one in self.missing._stretches]

    async def turn(self, history, turns=1) -> None:
        """Let the filling look, so often."""
        for _ in range(turns):
            asked = history.asked
            task = asyncio.get_running_loop().create_task(self.missing.fill(history, "plc", self.nodes))
            async with asyncio.timeout(10):
                while history.asked == asked:
                    await asyncio.sleep(0)
                for _ in range(5):
                    await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.clock.advance(AGAIN_S)


def test_what_is_missing_is_between_the_last_before_and_the_first_after():
    line = Line()
    now = line.clock.now_ns()
    line.missing.lose(line.clock.monotonic(), np.array([now - 3 * S, now - 2 * S, now - 3600 * S]))
    line.came(0, now + 9 * S)
    line.came(0, now + 5 * S)  # a reading may come before what was told earlier
    line.came(0, now + 6 * S, FLAG_NOT_LIVE)
    line.came(1, now + 5 * S)  # nobody wants its history
    line.came(2, now - 3600 * S)  # nothing has changed
    assert line.open == [(0, now - 3 * S, now + 5 * S)]


def test_of_what_stood_still_only_what_may_have_been_unsent_is_asked_for():
    line = Line()
    now = line.clock.now_ns()
    line.missing.lose(line.clock.monotonic(), np.array([now - 3600 * S, 0, 0]))
    line.came(0, now + 5 * S)
    assert line.open == [(0, now - UNSENT_NS, now + 5 * S)]


def test_two_losses_are_two_stretches_and_what_came_between_is_in_none():
    line = Line()
    now = line.clock.now_ns()
    line.missing.lose(line.clock.monotonic(), np.array([now, 0, 0]))
    line.came(0, now + 5 * S)
    line.missing.lose(line.clock.monotonic(), np.array([now + 6 * S, 0, 0]))
    line.missing.lose(line.clock.monotonic(), np.zeros(3, np.int64))  # a session in which nothing came
    line.came(0, now + 8 * S)
    assert line.open == [(0, now, now + 5 * S), (0, now + 6 * S, now + 8 * S)]


def test_the_time_without_an_engine_begins_with_what_is_stored():
    line = Line()
    now = line.clock.now_ns()
    line.missing.absent(Earlier(now - 60 * S, np.array([now - 61 * S, now - 61 * S, now - 3600 * S])))
    for tag in TAGS:
        line.came(tag, now)
    assert line.open == [(0, now - 61 * S, now), (2, now - 60 * S - UNSENT_NS, now)]
    line.missing.absent(None)
    assert len(line.open) == 2


async def test_what_a_full_queue_cost_is_given_up_where_the_history_has_nothing():
    for history in (Scripted(values=0), Scripted(none=True, values=0)):
        line = Line()
        stretch = Stretch(0, 1 * S, 2 * S, "full")
        line.missing.add([stretch])
        await line.turn(history)
        assert line.lost == [stretch]
        assert line.open == []


async def test_what_was_read_back_is_not_given_up_nor_read_again():
    line = Line()
    line.missing.add([Stretch(0, 1 * S, 2 * S, "full"), Stretch(2, 1 * S, 2 * S)])
    await line.turn(Scripted())
    assert line.lost == line.open == []


async def test_a_history_that_lags_is_asked_again_and_left_in_the_end():
    line, history = Line(), Scripted(whole=False, values=0)
    stretch = Stretch(0, 1 * S, 2 * S, "full")
    line.missing.add([stretch, Stretch(2, 1 * S, 2 * S)])
    await line.turn(history, TRIES)
    assert history.asked == TRIES
    assert line.lost == [stretch]
    assert line.open == []


@pytest.mark.expect_log("its history of what was missed could not be read .*Is its historian running")
async def test_a_history_that_fails_costs_the_gap_and_is_told_once():
    line = Line()
    line.missing.add([Stretch(0, 1 * S, 2 * S)])
    await line.turn(Scripted(error=TimeoutError()), TRIES)
    assert line.open == []


def test_what_is_too_much_is_given_up_at_once():
    line = Line()
    line.missing.add([Stretch(0, 1, 2, "full")] * (MOST + 5))
    assert len(line.lost) == 5


@pytest.mark.expect_log("hmi.drivers")
async def test_a_cable_that_was_pulled_again_and_again_costs_no_value(recorder, monkeypatch):
    monkeypatch.setattr(opcua_missing, "LOOK_S", 0.05)
    cable = Cable(recorder.port)
    await cable.plug()
    batches = []
    connection = Connection("plc", "opcua", f"opc.tcp://127.0.0.1:{cable.port}", publish_ms=100)
    driver = create(connection, [COUNTER], batches.append, MachineClock())
    task = asyncio.get_running_loop().create_task(driver.run())
    try:
        for _ in range(2):
            await until(lambda: driver.health.state == "live" and batches and not late(batches[-1]))
            await cable.pull()
            await until(lambda: driver.health.state == "down")
            await asyncio.sleep(1)
            await cable.plug()
        await until(lambda: driver.health.state == "live" and not holes(batches))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await cable.pull()
    numbers = join(batches).rows["raw"]
    assert set(np.diff(np.sort(numbers))) == {1}  # nothing is missing, nothing twice
    assert sum(len(batch) for batch in batches if late(batch)) > 20


def holes(batches: list[Batch]) -> bool:
    """Whether a count is missing among those that came."""
    numbers = np.unique(join(batches).rows["raw"])
    return len(numbers) <= numbers[-1] - numbers[0]


def late(batch: Batch) -> bool:
    return bool((batch.rows["flags"] & FLAG_BACKFILLED).any())


async def until(wanted):
    """Wait for a state."""
    async with asyncio.timeout(20):
        while not wanted():
            await asyncio.sleep(0.05)
