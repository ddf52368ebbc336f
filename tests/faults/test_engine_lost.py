"""Our own processes fail: a window that hangs costs the plant nothing; an engine that dies is told and declared."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hmi.core.batch import FLAG_AGAIN
from tests.faults.ledger import balance, until_on_disk
from tests.faults.parts import COUNT, Wire, node
from tests.faults.station import PATIENCE_S, connection, tag
from tests.faults.yard import STALE_S, Yard

MISSED = 50  # values that the device has while there is no engine: two and a half seconds
HANGS = Path(__file__).parent / "servers" / "hanging_window.py"
ALARM = """[[alarm]]
id = "line.high"
tag = "line.any"
type = "level_h"
limit = 50.0
consequence = "major"
respond_min = 5
cause = "a trial"
effect = "none"
action = "none"
status = "approved"
rationalised_by = "T. Rial"
rationalised_on = 2026-03-01
"""


@pytest.mark.fault(rows=[44])
def test_a_window_hangs_for_five_seconds(yard: Yard, measured):
    """A widget that does not come back: values, alarms and history go on, and the window catches up."""
    server = yard.counting()
    rows = [tag("line.count", "plc", COUNT, "uint32"), tag("line.any", "plc", node("Any"), "float64")]
    station = yard.station([connection("plc", server.address, publish_ms=100)], rows, alarms=ALARM)
    command = [sys.executable, str(HANGS), str(station.data), "5"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    with station.window() as window:
        window.until_moving()
        hanging = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert hanging.stdout is not None
            assert hanging.stdout.readline() == "hangs\n"
            begun_ns, begun = time.time_ns(), time.monotonic()
            window.longest_s = 0.0
            server.ask(do="set", name="Any", value=60.0, type="Double", us=begun_ns // 1000)
            window.until(lambda: bool(station.json("alarms")["alarms"]))
            measured("alarm raised while it hangs", time.monotonic() - begun, 5.0)
            window.listen(0.1)
            window.longest_s = 0.0  # the command line took its time
            window.listen(max(0.1, begun + 5.0 - time.monotonic()))
            measured("longest silence of the engine meanwhile", window.longest_s, 1.5)
            assert hanging.stdout.readline() == "back\n"
            late = float(hanging.stdout.readline().split()[1])
            measured("age of what it shows, a second after it came back", late, 2.0)
        finally:
            hanging.kill()
            hanging.communicate()
    account = balance(station, server.counts)
    measured("account", str(account))
    assert (account.declared, account.gap_s) == (0, 0)
    samples = station.samples("line.count")
    during = (samples.time > begun_ns) & (samples.time < begun_ns + 5 * 10**9)
    measured("rows during the hang", int(during.sum()))
    assert (np.diff(samples.received[during]) < 10**9).all()


@pytest.mark.fault(rows=[45])
@pytest.mark.parametrize("end", ["killed", "stopped"])
def test_what_the_device_remembers_of_the_time_without_an_engine(yard: Yard, measured, end: str):
    """It is read back once the engine runs again: nothing is lost, and the time without it is declared all the same."""
    server = yard.counting(history=str(yard.folder / "history.db"))
    rows = [tag("line.count", "plc", COUNT, "uint32"), tag("line.speed", "plc", node("Speed"), "float32")]
    station = yard.station([connection("plc", server.address, publish_ms=100)], rows)
    with station.window() as window:
        window.until_moving()
        window.listen(1.0)
    station.kill() if end == "killed" else station.stop()
    ended, deadline = len(server.counts()), time.monotonic() + PATIENCE_S
    while len(server.counts()) < ended + MISSED:
        assert time.monotonic() < deadline, "the device does not count"
        time.sleep(0.1)
    station.start()
    begun = time.monotonic()
    with station.window() as window:
        window.until_moving()
        while (account := balance(station, server.counts)).declared and time.monotonic() < begun + PATIENCE_S:
            window.listen(0.5)
    measured("account", str(account))
    assert (account.declared, account.flagged) == (0, 0), account
    assert account.backfilled >= MISSED
    (gap,) = [gap for gap in station.gaps() if "not running" in gap.reason]
    assert gap.to_ns - gap.from_ns > 2 * 10**9
    while not (speed := station.samples("line.speed")).flags[-1] & FLAG_AGAIN:  # what stood still is told as of then
        assert time.monotonic() < begun + PATIENCE_S
        time.sleep(0.2)
    assert len(speed) <= 4


@pytest.mark.fault(rows=[45])
@pytest.mark.parametrize("end", ["killed", "stopped"])
def test_the_engine_ends_while_a_device_is_not_heard(yard: Yard, measured, end: str):
    """What the device did before the engine ended and after is missing, and declared, though nobody heard it again."""
    server = yard.counting()
    wire = yard.add(Wire(server.port))
    wire.start()
    station = yard.station(
        [connection("plc", wire.address, publish_ms=100)], [tag("line.count", "plc", COUNT, "uint32")]
    )
    with station.window() as window:
        window.until_moving()
        wire.ask(deaf=True)
        window.until(lambda: window.now["line.count"].word != "good")
        window.listen(1.0)
    station.kill() if end == "killed" else station.stop()
    wire.ask(deaf=False, cut=True)
    station.start()
    with station.window() as window:
        window.until_moving()
    account = balance(station, server.counts)
    measured("account", str(account))
    assert account.declared > 20, account


@pytest.mark.fault(rows=[45])
def test_the_engine_is_killed(yard: Yard, measured):
    """The window says so; what was committed is there; the time without an engine is a declared gap."""
    server = yard.counting()
    station = yard.station(
        [connection("plc", server.address, publish_ms=100)], [tag("line.count", "plc", COUNT, "uint32")]
    )
    with station.window() as window:
        window.until_moving()
        until_on_disk(station, "line.count")
    kept = station.samples("line.count").raw.tolist()
    killed_ns = time.time_ns()
    station.kill()
    done = station.hmi("get", "line.count")
    assert done.returncode == 1 and "not running" in done.stderr
    begun = time.monotonic()
    station.start()
    measured("ready after its start", time.monotonic() - begun, 4 * STALE_S)
    with station.window() as window:
        window.until_moving()
    account = balance(station, server.counts)
    measured("account", str(account))
    samples = station.samples("line.count")
    assert samples.raw[: len(kept)].tolist() == kept
    (gap,) = [gap for gap in station.gaps() if "not running" in gap.reason]
    measured("declared from before the kill", (killed_ns - gap.from_ns) / 1e9)
    assert gap.from_ns <= killed_ns
    assert station.hmi("journal", "verify").returncode == 0
