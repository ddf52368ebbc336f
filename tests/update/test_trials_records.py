"""An update of a station that records, by true engines: whatever becomes of it, every record is there."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import MachineClock
from hmi.core.history import Samples
from hmi.core.journal import Record
from hmi.store.query import Reader
from hmi.update import running
from tests.drivers.devices import free_port
from tests.update import standin
from tests.update.standin import ROOT, artefact, in_use, install, make_version, start, stop_all, update

CLOCK = MachineClock()
TAG = "mill.speed"
# The true program under another version's number; its self-test looks at the copy of the records only, as the rest is
# tried where the self-test is.
PROGRAM = """#!/bin/sh
exec "{python}" -c 'import sys, hmi; hmi.__version__ = "{version}"
from hmi.cli import main
words = sys.argv[1:]
if words[0] == "selftest":
    words = ["history", "check", *words[1:]]
{more}
sys.exit(main(words))' "$@"
"""
DIES = """
import os, threading
if words[0] == "engine":
    threading.Timer(1.5, os._exit, [7]).start()
"""


@pytest.fixture(autouse=True)
def true_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of these trials are the true program; one that is to crash dies once it has recorded for a while."""

    class Script(str):
        __slots__ = ()

        def format(self, python: str, program: Path, version: str, behaviour: str) -> str:
            return PROGRAM.format(python=python, version=version, more=DIES if behaviour == "crash" else "")

    monkeypatch.setattr(standin, "SCRIPT", Script())


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Path]:
    """A station that records a simulated mill."""
    port = free_port()
    text = standin.FILES["plant.toml"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(standin.FILES, "plant.toml", text.replace("127.0.0.1:9", f"127.0.0.1:{port}"))
        root = install(tmp_path / "root")
        with simulator(root / "current" / "plant", tmp_path, port):
            start(root)
            yield root
            stop_all(root)


@contextmanager
def simulator(plant: Path, room: Path, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "hmi", "sim", plant, "--port-base", str(port)]
    with (
        (room / "sim.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as program,
    ):
        try:
            assert program.stdout is not None and program.stdout.readline().startswith(b"ready")
            yield
        finally:
            program.terminate()


def hmi(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "hmi", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def recorded(data: Path) -> tuple[Samples, list[tuple[int, Record]]]:
    """All values and all journal records that are there."""
    reader = Reader(data)
    try:
        [samples] = reader.samples([TAG], 0, CLOCK.now_ns())
        return samples, reader.journal(limit=10_000, newest_first=False)
    finally:
        reader.close()


def grown(data: Path, than: int) -> None:
    """Wait until there are more values."""
    until = CLOCK.monotonic() + 30
    while len(recorded(data)[0]) <= than:
        assert CLOCK.monotonic() < until, "the engine records nothing"


@pytest.mark.fault(rows=[48])
@pytest.mark.timeout(180)
@pytest.mark.parametrize(("behaviour", "version"), [("crash", "0.1.0+1"), ("well", "0.2.0+1")])
def test_every_record_is_there_afterwards(station: Path, tmp_path: Path, behaviour: str, version: str) -> None:
    data = station.parent / "data"
    grown(data, 3)
    hmi("note", "before the update", "--data", str(data))
    before, records = recorded(data)
    made = make_version(tmp_path / "made", "0.2.0+1", behaviour)
    waits = 2.5 if behaviour == "crash" else 0.2
    done = update(station, str(artefact(made, tmp_path / "stick", "0.2.0+1")), "--yes", steady=waits)
    assert (done.returncode, in_use(station)) == (int(behaviour == "crash"), version), done.stdout + done.stderr
    state = running.state(data, CLOCK)
    assert state is not None and version.startswith(state.version) and state.live == {"mill"}
    now, journal = recorded(data)
    assert journal[: len(records)] == records
    for column in ("received", "value", "quality"):
        assert np.array_equal(getattr(now, column)[: len(before)], getattr(before, column), equal_nan=True)
    grown(data, len(now))
    assert "the journal is whole" in hmi("journal", "verify", "--data", str(data))
    events = [record.event for _, record in recorded(data)[1] if record.subject == "program"]
    assert events[0] == "update begun"
    assert events[-1] == ("update rolled back" if behaviour == "crash" else "update in use")
