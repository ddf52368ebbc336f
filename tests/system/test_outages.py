"""What an operator sees when something dies, and what is on disk afterwards. In this order on one stand."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest

from hmi.commands.children import hmi_command
from hmi.store.query import Reader
from tests.faults.yard import BACK_S, SLACK, STALE_S

MOVING = "line1.filler.tank.level"


@pytest.fixture
def watcher(stand):
    made = stand.watcher()
    yield made
    made.close()


def live(watcher):
    return lambda: watcher.share("good") > 0.97


def recorded(stand):
    return {(r["subject"], r["event"]) for r in stand.json("journal", "--category", "connection")["records"]}


def test_everything_is_live_at_the_start(watcher):
    watcher.until(live(watcher))


@pytest.mark.fault(rows=[1])
def test_simulator_killed_values_are_stale_in_three_seconds_and_live_five_after_its_return(stand, watcher):
    watcher.until(live(watcher))
    stand.kill(stand.sim)
    watcher.until(lambda: watcher.share("good") < 0.03, STALE_S * SLACK)
    stand.start_sim()
    watcher.until(live(watcher), BACK_S * SLACK)
    wanted = {(connection.id, "live") for connection in stand.plant.connections}
    watcher.until(lambda: recorded(stand) >= wanted)  # a record waits for the disk, values on the screen do not
    assert "the connection was silent" in [gap.reason for gap in Reader(stand.folder).gaps(0, time.time_ns())]


@pytest.mark.fault(rows=[2])
def test_server_frozen_for_eight_seconds(stand, watcher):
    watcher.until(live(watcher))
    os.kill(stand.sim.process.pid, signal.SIGSTOP)
    try:
        watcher.until(lambda: watcher.share("good") < 0.03, STALE_S * SLACK)
        time.sleep(5)
    finally:
        os.kill(stand.sim.process.pid, signal.SIGCONT)
    watcher.until(live(watcher), BACK_S * SLACK)


@pytest.mark.fault(rows=[44])
def test_client_killed_history_has_no_gap(stand, watcher):
    watcher.until(live(watcher))
    start = time.time_ns()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    client = subprocess.Popen(hmi_command("run", "--data", str(stand.folder)), env=environment, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 20
        while stand.json("status")["clients"] < 2:
            assert time.monotonic() < deadline, "the window never connected"
    finally:
        killed = time.time_ns()
        client.kill()
        client.communicate()
    moving = [tag.name for tag in stand.plant.tags if tag.type.startswith("float")]
    reader, deadline = Reader(stand.folder), time.monotonic() + 30
    while not any(len(samples) for samples in reader.samples(moving, killed + 10**9, time.time_ns())):
        assert time.monotonic() < deadline, "nothing more comes to the disk"
        time.sleep(0.1)
    found = reader.samples(moving, start, time.time_ns())
    times = np.sort(np.concatenate([samples.time for samples in found]))
    assert (np.diff(times) < 1.5e9 * SLACK).all()  # no second without values, before, during and after
    assert times[0] < killed < times[-1]
    assert not reader.gaps(start, time.time_ns())


@pytest.mark.fault(rows=[45])
def test_engine_killed_what_was_committed_is_there_after_its_restart(stand, watcher):
    watcher.until(live(watcher))
    stand.hmi("put", MOVING, "1", "--why", "leaves a record")
    reader = Reader(stand.folder)
    before = reader.journal(limit=1)[0]
    stored = reader.samples([MOVING], 0, time.time_ns())[0]
    stand.kill(stand.engine)
    assert stand.hmi("get", MOVING).returncode == 1
    stand.start_engine()
    after = dict(reader.journal(limit=10_000))
    assert after[before[0]] == before[1]
    assert reader.verify_journal()[0]
    again = reader.samples([MOVING], 0, int(stored.time[-1]))[0]
    assert again.time.tolist()[: len(stored.time)] == stored.time.tolist()
    assert again.value.tolist()[: len(stored.time)] == stored.value.tolist()
    gaps = reader.gaps(0, time.time_ns())
    assert any("not running" in gap[-1] for gap in gaps), gaps
