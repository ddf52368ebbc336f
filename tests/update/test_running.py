"""An engine seen through its link, and ended in order."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.core.plant import load
from hmi.plantfiles.folder import find_plant, read_library, read_texts
from hmi.update import running
from tests.drivers.devices import free_port
from tests.update.standin import ROOT, install, start, stop_all

CLOCK = MachineClock()
PLANT = {
    "plant.toml": '[plant]\nid = "mill"\nname = "Mill"\ntimezone = "UTC"\n'
    '[[connection]]\nid = "mill"\ndriver = "modbus"\naddress = "tcp://127.0.0.1:9"\n',
    "tags.csv": "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
    "mill.speed,mill,holding:0,int16,1/min,-100,100,,,,,,r,Speed\n",
    "alarms.toml": '[[alarm]]\nid = "mill.high"\ntag = "mill.speed"\ntype = "level_h"\nlimit = -50\nclass = "process"\n'
    'consequence = "severe"\nrespond_min = 1\ncause = "The mill is off"\neffect = "No flour"\naction = "Go there"\n'
    'status = "approved"\nrationalised_by = "A"\nrationalised_on = 2026-01-01\n',
}


def test_where_no_engine_runs_there_is_nothing_to_see_or_to_disturb(tmp_path: Path) -> None:
    assert running.state(tmp_path, CLOCK) is None
    assert running.hindrances(tmp_path, CLOCK) == []
    running.stop(tmp_path, CLOCK, time.sleep)


def test_an_engine_is_seen_and_ended(root: Path) -> None:
    start(root)
    data = root.parent / "data"
    found = running.state(data, CLOCK)
    assert found is not None
    assert (found.version, found.plant, found.live, found.fault) == ("0.1.0", "mill", {"plc"}, "")
    running.stop(data, CLOCK, time.sleep)
    assert running.state(data, CLOCK) is None


def test_whoever_has_an_open_job_is_not_to_be_disturbed(tmp_path: Path) -> None:
    root = install(tmp_path / "root", behaviour="busy")
    try:
        start(root)
        assert running.hindrances(root.parent / "data", CLOCK) == ["job J-7 is open"]
    finally:
        stop_all(root)


@pytest.fixture
def real(tmp_path: Path):
    """A true engine whose plant has an alarm of the highest priority, on a simulated mill that turns."""
    for name, text in PLANT.items():
        (tmp_path / "mill").mkdir(exist_ok=True)
        (tmp_path / "mill" / name).write_text(text)
    assert load(read_texts(tmp_path / "mill"), read_library()).rules[0].priority == running.URGENT
    port = free_port()
    with running_program(tmp_path, "sim", "--port-base", str(port)):
        moved = ("--data", str(tmp_path / "data"), "--address", f"mill=tcp://127.0.0.1:{port}")
        with running_program(tmp_path, "engine", *moved):
            yield tmp_path / "data"


@contextmanager
def running_program(room: Path, verb: str, *words: str) -> Iterator[None]:
    """One of our programs on the mill, ready, until it is no longer wanted."""
    command = [sys.executable, "-m", "hmi", verb, room / "mill", *words]
    with (
        (room / f"{verb}.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as program,
    ):
        try:
            assert program.stdout is not None
            assert program.stdout.readline().startswith(b"ready"), (room / f"{verb}.log").read_text()
            yield
        finally:
            program.terminate()


def test_whoever_has_an_urgent_alarm_is_not_to_be_disturbed(real: Path) -> None:
    until = time.monotonic() + 30
    while not (found := running.hindrances(real, CLOCK)) and time.monotonic() < until:
        time.sleep(0.1)
    assert found == ["urgent alarm mill.high is not acknowledged"]
    ack = [sys.executable, "-m", "hmi", "ack", "mill.high", "--data", str(real)]
    subprocess.run(ack, cwd=ROOT, check=True, capture_output=True)
    assert running.hindrances(real, CLOCK) == []
    state = running.state(real, CLOCK)
    assert state is not None and (state.plant, state.live) == ("mill", {"mill"})
    assert state.files == str(real.parent / "mill")
    running.stop(real, CLOCK, time.sleep)


def test_the_demo_has_alarms_that_are_urgent() -> None:
    plant = load(read_texts(find_plant("bottling")), read_library())
    assert any(rule.priority <= running.URGENT for rule in plant.rules)
