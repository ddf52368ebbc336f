"""Writes while something is wrong: each reaches the device once or never, and the operator is told which."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hmi.clock import MachineClock
from hmi.link.socket import connect
from tests.faults.parts import COUNT, Counting, Wire, node
from tests.faults.station import Station, connection, tag
from tests.faults.yard import WATCHED_S, Yard
from tests.interop.peers import LibModbus

WRITE_REQUEST = "0100a102"  # the type id of an OPC UA WriteRequest in binary (Part 6)
SPEED = "line.speed"
TOLD_S = 5.0  # whoever waits at the machine is told that the end is unknown


@dataclass(frozen=True)
class Trial:
    """A server behind a wire that can lose things, a station that may write to it, and what was written before."""

    server: Counting
    wire: Wire
    station: Station
    writes_before: int
    events_before: int

    def writes(self) -> list[str]:
        """What has reached the server since."""
        return self.server.writes()[self.writes_before :]

    def events(self) -> list[str]:
        """The records of writes since, oldest first."""
        return events(self.station)[self.events_before :]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counting, Wire, Station]]:
    """The three, started once: what one trial breaks the next one finds whole."""
    yard = Yard(tmp_path_factory.mktemp("writes"))
    try:
        server = yard.counting()
        wire = yard.add(Wire(server.port))
        wire.start()
        rows = [
            tag("line.count", "plc", COUNT, "uint32"),
            tag(SPEED, "plc", node("Speed"), "float32", low=0, high=60, access="rw"),
            tag("line.batch", "plc", node("Batch"), "string[20]"),
        ]
        yield server, wire, yard.station([connection("plc", wire.address, publish_ms=100)], rows)
    finally:
        yard.clear()


@pytest.fixture
def trial(plant: tuple[Counting, Wire, Station]) -> Trial:
    """The plant whole, its speed at 20."""
    server, wire, station = plant
    wire.ask(deaf=False, mute=False, lose_answer=None)
    server.ask(do="set", name="Speed", value=20.0, type="Float", us=time.time_ns() // 1000)
    with station.window() as window:
        window.until_moving()
        window.until(lambda: window.now[SPEED].value == 20.0 and window.now[SPEED].word == "good")
    return Trial(server, wire, station, len(server.writes()), len(events(station)))


def events(station: Station) -> list[str]:
    """The writes' records, oldest first."""
    return [record["event"] for record in station.journal("write")]


def told_after_s(station: Station) -> float:
    """How long the engine took to say how the last write ended."""
    requested, ended = station.journal("write")[-2:]
    return (ended["time_ns"] - requested["time_ns"]) / 1e9


def put(station: Station, value: object, name: str = SPEED, why: str = "trial"):
    """What a person types."""
    return station.hmi("put", name, str(value), "--why", why)


@pytest.mark.fault(rows=[41])
def test_the_answer_is_lost_after_the_device_has_done_it(trial: Trial, measured):
    """Done once, said to be unknown, never repeated; and the screen then shows what the device holds."""
    wire, station = trial.wire, trial.station
    with station.window() as window:
        window.until_moving()
        wire.ask(lose_answer=WRITE_REQUEST)
        done = put(station, 33.5)
        measured("told", done.stderr.strip())
        assert wire.ask()["losing"], "the write never passed the wire"
        assert done.returncode == 1
        assert "unknown" in done.stderr and len(done.stderr.strip().splitlines()) == 1
        wire.ask(lose_answer=None)
        window.until(lambda: window.now[SPEED].value == 33.5 and window.now[SPEED].word == "good")
        window.until_moving()
        window.listen(WATCHED_S)
    assert trial.writes() == ["Cell.Speed 33.5"]
    assert trial.events() == ["requested", "unknown"]
    measured("told after", told_after_s(station), TOLD_S)


@pytest.mark.fault(rows=[41])
def test_the_request_is_lost_before_the_device_has_seen_it(trial: Trial, measured):
    """Not done, said to be unknown, and not sent later either."""
    wire, station = trial.wire, trial.station
    with station.window() as window:
        window.until_moving()
        wire.ask(mute=True)
        done = put(station, 44.5)
        measured("told", done.stderr.strip())
        assert done.returncode == 1 and "unknown" in done.stderr
        wire.ask(cut=True)
        wire.ask(mute=False)
        window.until_word("good")
        window.until_moving()
        window.listen(WATCHED_S)
        assert window.now[SPEED].value == 20.0
    assert trial.writes() == []
    assert trial.events() == ["requested", "unknown"]
    measured("told after", told_after_s(station), TOLD_S)


@pytest.mark.fault(rows=[42])
@pytest.mark.cr("3.6")
def test_wished_while_the_device_is_away(trial: Trial, measured):
    """Refused at once; nothing is kept to be sent when it is back."""
    server, station = trial.server, trial.station
    with station.window() as window:
        window.until_moving()
        server.kill()
        window.until(lambda: window.now[SPEED].word in ("stale", "bad"))
        said = []
        for number in range(3):
            begun = time.monotonic()
            done = put(station, 50 + number)
            assert time.monotonic() - begun < 10
            assert done.returncode == 1
            said.append(done.stderr.strip())
        measured("told", said[0])
        assert all("nothing was sent" in line for line in said)
        server.start()
        window.until_moving()
        window.listen(WATCHED_S)
        assert window.now[SPEED].value == 20.0
    assert trial.writes() == []
    assert trial.events() == ["refused"] * 3


@pytest.mark.fault(rows=[43])
@pytest.mark.cr("2.1")
def test_no_side_door(trial: Trial):
    """Command line and bare link, every way to be refused: one gate, each attempt on record, nothing sent."""
    wire, station = trial.wire, trial.station
    attempts = [
        (SPEED, "61", "too much"),
        (SPEED, "-1", "too little"),
        (SPEED, "nan", "no number"),
        (SPEED, "fast", "no number at all"),
        ("line.count", "5", "read-only"),
        ("line.batch", "B2", "read-only text"),
        ("line.nowhere", "1", "no such tag"),
        (SPEED, "30", ""),
    ]
    with station.window() as window:
        window.until_moving()
        for name, value, why in attempts:
            assert put(station, value, name, why).returncode != 0, (name, value)
        link = connect(station.data, program="side door", user="nobody", station="nowhere", clock=MachineClock())
        for name, value, why in attempts:
            number = {"nan": float("nan"), "fast": "fast", "B2": "B2"}.get(value)
            reply = link.ask("write", tag=name, value=float(value) if number is None else number, why=why)
            assert not reply.ok, (name, value, reply)
        for odd in ([1, 2], {"a": 1}, None, 2**63, "9" * 100_000):
            assert not link.ask("write", tag=SPEED, value=odd, why="odd").ok, odd
        wire.ask(deaf=True)
        window.until(lambda: window.now[SPEED].word in ("stale", "bad"))
        assert not link.ask("write", tag=SPEED, value=30.0, why="on a stale value", timeout_s=15).ok
        link.close()
    assert trial.writes() == []
    found = trial.events()
    assert found.count("refused") == len(found)
    # What the command line itself sees to be no value of this tag never gets as far as the gate.
    assert len(found) >= 2 * len(attempts) + 5


@pytest.mark.fault(rows=[41])
def test_modbus_the_answer_is_lost_after_the_device_has_done_it(yard: Yard, measured, needs_libmodbus):
    device = yard.add(LibModbus())
    device.start()
    wire = yard.add(Wire(device.port))
    wire.start()
    rows = [
        tag("line.speed", "plc", "holding:300", "uint16", access="rw", low=0, high=65535),
        tag("line.other", "plc", "holding:301", "uint16"),
    ]
    address = f"tcp://127.0.0.1:{wire.port}"
    station = yard.station([connection("plc", address, "modbus", scan_ms=100)], rows)
    with station.window() as window:
        window.until_word("good", SPEED)
        wire.ask(lose_answer="06012c")  # function 6 on register 300
        done = put(station, 4711)
        measured("told", done.stderr.strip())
        assert wire.ask()["losing"], "the write never passed the wire"
        assert done.returncode == 1 and "unknown" in done.stderr
        wire.ask(lose_answer=None)
        window.until(lambda: window.now[SPEED].value == 4711 and window.now[SPEED].word == "good")
        window.listen(WATCHED_S)
    device.holding()
    assert device.writes == ["6 300 1 4711"]
    assert events(station) == ["requested", "unknown"]
    measured("told after", told_after_s(station), TOLD_S)
