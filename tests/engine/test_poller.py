import asyncio

import numpy as np
import pytest

from hmi.core import quality as q
from hmi.drivers.driver import Health
from hmi.engine.poller import BAD, LIVE, STALE, age_state
from tests.engine.toy import ToyStation


@pytest.mark.parametrize(
    ("last", "now", "state"),
    [(100, 100.9, LIVE), (100, 101.1, STALE), (100, 102.6, BAD), (0, 92.4, LIVE), (0, 92.6, BAD)],
)
def test_age_decides_not_what_the_connection_claims(last, now, state):
    health = Health(state="live", last_life=last, silent_after_s=1.0, bad_after_s=2.5)
    assert age_state(health, 90.0, now) == state


def words(station):
    return [q.word(int(code)) for code in station.tick.table.quality[:5]]


def test_a_silent_controller_goes_stale_then_bad_and_keeps_its_last_values():
    station = ToyStation()
    for tag in range(5):
        station.values(tag, 7.0)
    station.poller.judge()
    assert words(station) == ["good"] * 5
    station.clock.advance(1.2)
    station.poller.judge()
    assert words(station) == ["stale"] * 5
    assert station.tick.table.value[0] == 7.0
    station.clock.advance(2.0)
    station.poller.judge()
    assert words(station) == ["bad"] * 5
    assert [trouble[:2] for trouble in station.troubles] == [("plc", "silent")]
    assert station.tick.table.value[0] == 7.0


def test_the_age_of_a_stale_value_counts_from_the_last_sign_of_life():
    station = ToyStation()
    station.values(0, 7.0)
    station.clock.advance(60.0)
    station.driver.health.last_life = station.clock.monotonic()
    heard_ns = station.clock.now_ns()
    station.clock.advance(1.2)
    station.poller.judge()
    assert station.tick.table.received[0] == pytest.approx(heard_ns, abs=1000)
    assert station.tick.table.received[1] == 0  # never had


def test_heard_again_on_the_same_connection_what_did_not_change_is_good_again():
    station = ToyStation()
    for tag in range(5):
        station.values(tag, 7.0)
    station.values(3, 7.0, quality=q.BAD_SENSOR_FAILURE)
    station.clock.advance(3.0)
    station.poller.judge()
    station.values(0, 8.0)
    station.poller.judge()
    assert words(station) == ["good", "good", "good", "bad", "good"]
    assert station.tick.table.value[:2].tolist() == [8.0, 7.0]
    assert station.tick.table.quality[3] == q.BAD_SENSOR_FAILURE
    silent_ns = station.clock.now_ns() - 3 * 10**9
    assert [(t[1], t[3]) for t in station.troubles] == [("silent", silent_ns), ("live", silent_ns)]


def test_marks_stay_until_a_new_connection_has_brought_its_values():
    station = ToyStation()
    station.values(0, 7.0)
    station.clock.advance(3.0)
    station.poller.judge()
    station.driver.health.state = "connecting"
    station.driver.health.last_life = station.clock.monotonic()
    station.poller.judge()
    assert words(station)[0] == "bad"


def test_a_tag_missing_for_its_own_reason_keeps_that_reason():
    station = ToyStation()
    station.values(1, 0.0, quality=q.BAD_NODE_ID_UNKNOWN)
    station.driver.health.missing[1] = "no such node"
    station.clock.advance(3.0)
    station.poller.judge()
    assert station.tick.table.quality[1] == q.BAD_NODE_ID_UNKNOWN
    assert station.tick.table.quality[0] == q.BAD_NO_COMMUNICATION


def test_a_controller_never_heard_of_is_not_connected_rather_than_waiting_for_ever():
    station = ToyStation()
    station.clock.advance(10.0)
    station.poller.judge()
    assert np.all(station.tick.table.quality[:5] == q.BAD_NO_COMMUNICATION)


class Running:
    """Counts how often a driver is run; each run goes on until it is ended."""

    def __init__(self):
        self.runs = asyncio.Queue()
        self.goodbyes = 0

    async def __call__(self):
        self.runs.put_nowait(True)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # a driver takes its time to say goodbye
            self.goodbyes += 1


async def test_after_a_sleep_nothing_is_live_and_every_connection_is_built_anew():
    station, running = ToyStation(), Running()
    station.driver.run = running
    async with asyncio.TaskGroup() as group:
        task = group.create_task(station.poller.run())
        await running.runs.get()
        for tag in range(5):
            station.values(tag, 7.0)
        station.clock.advance(600.0)
        station.values(0, 8.0)  # was on its way before we slept, and is taken in first
        station.poller.renew(600.0)
        station.poller.judge()
        assert words(station) == ["bad"] * 5
        silent_ns = station.clock.now_ns() - 600 * 10**9
        assert [(t[1], t[3]) for t in station.troubles] == [("silent", silent_ns)]
        station.values(0, 9.0)  # lay ready while we slept, and is taken in while the driver says goodbye
        station.poller.judge()
        assert words(station) == ["bad"] * 5
        assert station.stored[-1].rows["value"].tolist() == [9.0]  # history has it
        await running.runs.get()  # at once, with no pause
        station.poller.judge()
        assert words(station) == ["bad"] * 5  # until the new connection has brought its values
        station.values(0, 10.0)
        assert words(station)[0] == "good"
        task.cancel()
    assert running.goodbyes == 2


@pytest.mark.expect_log("our fault in the driver of plc")
async def test_a_driver_that_fails_by_our_fault_is_run_again_after_a_pause(monkeypatch):
    monkeypatch.setattr("hmi.engine.poller._RESTART_S", 0.01)
    station, runs = ToyStation(), asyncio.Queue()

    async def fails():
        runs.put_nowait(True)
        raise RuntimeError("on purpose")

    station.driver.run = fails
    async with asyncio.TaskGroup() as group:
        task = group.create_task(station.poller.run())
        for _ in range(3):
            await runs.get()
        task.cancel()
