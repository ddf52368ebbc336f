"""The engine outlives its faults: its window starts it again, three crashes lead to view only, a tablet may sleep."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hmi.commands.children import hmi_command
from hmi.commands.keep import BACK_OFF_S, HUNG_S
from tests.faults.ledger import balance
from tests.faults.parts import COUNT, Counting, node
from tests.faults.station import PATIENCE_S, Station, connection, tag
from tests.faults.yard import BACK_S, WHOLE, Yard

SLEEPS = Path(__file__).parent / "servers" / "sleeping_window.py"
ROWS = [
    tag("line.count", "plc", COUNT, "uint32"),
    tag("line.speed", "plc", node("Speed"), "float32", access="rw"),
    tag("line.any", "plc", node("Any"), "float64"),
]
FRESH_S = 3.0  # where the sleep takes three times as long
STARTED_S = 15.0  # from the end of the old engine to an answer of the new one, beside the pause


class Kept(Station):
    """A station whose engine was started by a window, as `hmi run` does, and is kept by it."""

    window_process: subprocess.Popen[bytes]

    def open(self) -> None:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(self.data.parent)}
        command = hmi_command("run", str(self.plant), "--data", str(self.data))
        with (self.data.parent / "window.log").open("wb") as log:
            self.window_process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self.until_answered(0)

    @property
    def engine_pid(self) -> int:
        """The engine that runs now; 0 none."""
        try:
            return int(json.loads((self.data / "link.json").read_bytes())["pid"])
        except (FileNotFoundError, ValueError):
            return 0

    def until_answered(self, before: int) -> float:
        """Seconds until another engine than `before` answers."""
        begun = time.monotonic()
        while self.engine_pid in (0, before) or self.hmi("status").returncode:
            assert time.monotonic() < begun + HUNG_S + BACK_OFF_S[2] + STARTED_S + PATIENCE_S
            assert self.window_process.poll() is None, "the window has ended"
            time.sleep(0.1)
        return time.monotonic() - begun

    def stop(self) -> None:
        """Close the window, which leaves the engine running, and end that, too."""
        self.window_process.terminate()
        self.window_process.wait(PATIENCE_S)
        if pid := self.engine_pid:
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + PATIENCE_S
            while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                time.sleep(0.05)


@pytest.fixture
def kept(yard: Yard) -> Iterator[tuple[Kept, Counting]]:
    """A station of a window, and its device."""
    server = yard.counting()
    station = yard.add(Kept(yard.folder / "kept", [connection("plc", server.address, publish_ms=100)], ROWS))
    station.open()
    yield station, server


@pytest.mark.fault(rows=[45])
def test_an_engine_that_dies_is_started_again_and_after_the_third_time_only_shows_the_plant(kept, measured):
    station, server = kept
    for number in range(3):
        with station.window() as window:
            window.until_moving()
        pid = station.engine_pid
        os.kill(pid, signal.SIGKILL)
        measured(f"answers again after crash {number + 1}", station.until_answered(pid), BACK_OFF_S[number] + STARTED_S)
    reports = sorted((station.data / "crashes").glob("*.txt"))
    assert len(reports) == 3
    assert "it ended without a word" in reports[-1].read_text()
    told = station.hmi("safe-mode")
    assert told.returncode == 1 and "crashed 3 times within 5 minutes" in told.stdout
    assert "Safe mode" in station.hmi("status").stdout
    rows = {row["id"]: row for row in station.json("links")["links"]}
    assert (rows["engine"]["state"], rows["connection:plc"]["state"]) == ("bad", "ok")
    with station.window() as window:
        window.until_moving()  # everything is seen
    refused = station.hmi("put", "line.speed", "30", "--why", "trial")
    assert refused.returncode == 1 and "safe-mode" in refused.stderr, refused.stderr
    assert server.writes() == []  # and nothing is sent
    assert station.hmi("safe-mode", "leave", "--why", "looked into it").returncode == 0
    assert station.hmi("safe-mode").returncode == 0
    assert station.hmi("put", "line.speed", "30", "--why", "trial").returncode == 0
    assert len(server.writes()) == 1
    events = [record["event"] for record in station.journal("system")]
    assert events.count("crashed") == 3
    assert [event for event in events if event.startswith("safe mode")] == ["safe mode", "safe mode left"]
    gaps = [one for one in station.json("outages")["outages"] if "not running" in one["reason"]]
    assert len(gaps) == 3
    measured("account", str(balance(station, server.counts)))


@pytest.mark.fault(rows=[45])
@pytest.mark.faults
def test_an_engine_that_hangs_is_ended_and_started_again(kept, measured):
    station, server = kept
    with station.window() as window:
        window.until_moving()
    pid = station.engine_pid
    os.kill(pid, signal.SIGSTOP)
    measured("answers again after it hung", station.until_answered(pid), HUNG_S + BACK_OFF_S[0] + STARTED_S)
    assert not Path(f"/proc/{pid}").exists()
    with station.window() as window:
        window.until_moving()
    measured("account", str(balance(station, server.counts)))


def assert_of_now(frame: dict[str, Any]) -> None:
    """What a frame shows as live is so: heard just now, counted just now, and the value the one set in between."""
    assert not (frame["down"] and frame["live"]), frame
    for name, (value, age_s, since_s) in frame["live"].items():
        assert age_s < FRESH_S, frame
        assert name != "line.count" or since_s < FRESH_S, frame
        assert name != "line.any" or value == 2.0, frame


@pytest.mark.fault(rows=[46])
@pytest.mark.timeout(900)  # asleep for ten minutes in the long form
def test_a_tablet_sleeps(yard: Yard, measured: Callable[..., None]):
    """Engine and window stand still together: no value of before is shown as live, and nothing is lost unsaid."""
    asleep_s = 600.0 if WHOLE else 9.0
    server = yard.counting()
    station = yard.station([connection("plc", server.address, publish_ms=100)], ROWS)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(SLEEPS), str(station.data), "line.any"]
    window = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert window.stdout is not None
        assert window.stdout.readline() == "live\n"
        server.ask(do="set", name="Any", value=1.0, type="Double", us=time.time_ns() // 1000)
        with station.window() as eyes:
            eyes.until(lambda: "line.any" in eyes.now and eyes.now["line.any"].value == 1.0)
        assert window.stdout.readline() == "before\n"  # the window has it, too
        for one in (station.pid, window.pid):
            os.kill(one, signal.SIGSTOP)
        time.sleep(asleep_s / 2)
        server.ask(do="set", name="Any", value=2.0, type="Double", us=time.time_ns() // 1000)
        time.sleep(asleep_s / 2)
        begun = time.monotonic()
        for one in (window.pid, station.pid):  # the window first: what lies on its link is from before
            os.kill(one, signal.SIGCONT)
        first = json.loads(window.stdout.readline())
        measured("values shown as live in the first frame", len(first["live"]))
        assert_of_now(first)  # mostly none: nothing has been heard yet
        then = json.loads(window.stdout.readline())
        measured("live again", time.monotonic() - begun, BACK_S + 2.0)
        assert_of_now(then)
        assert then["live"]["line.any"][0] == 2.0, then
    finally:
        window.kill()
        window.communicate()
    account = balance(station, server.counts)
    measured("account", str(account))
    assert station.connection()["reconnects"] <= 1
    assert [record["event"] for record in station.journal("system")].count("asleep") == 1
