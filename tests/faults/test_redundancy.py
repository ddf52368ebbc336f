"""Two servers of one controller that say how fit they are: the station goes to the better one, and says so once."""

from __future__ import annotations

import time

import pytest

from tests.faults.parts import COUNT, Counting, node
from tests.faults.station import Station, connection, tag
from tests.faults.yard import BACK_S, Yard

pytestmark = pytest.mark.faults

SPEED = "line.speed"


@pytest.fixture
def trial(yard: Yard) -> tuple[Counting, Counting, Station]:
    """Two servers, the first one fitter, and a station that knows both."""
    (yard.folder / "one").mkdir()
    (yard.folder / "two").mkdir()
    servers = []
    for name, level in (("one", 255), ("two", 100)):
        server = yard.add(Counting(yard.folder / name, level=level))
        server.start()
        servers.append(server)
    one, two = servers
    rows = [
        tag("line.count", "plc", COUNT, "uint32"),
        tag(SPEED, "plc", node("Speed"), "float32", low=0, high=60, access="rw"),
    ]
    return one, two, yard.station([connection("plc", one.address, publish_ms=100, backup=[two.address])], rows)


def records(station: Station) -> list[dict]:
    """What the journal says of the connection since the start."""
    return [record for record in station.journal("connection") if record["subject"] == "plc"]


def swap(one: Counting, two: Counting) -> None:
    """The second becomes the fitter one."""
    one.ask(do="level", value=100)
    two.ask(do="level", value=255)


def until_on(window, server: Counting) -> float:
    """Seconds until what is shown comes from this server: their counters differ."""
    begun = time.monotonic()

    def shown() -> bool:
        rows = [seen for seen in window.rows("line.count") if seen.at >= begun and seen.word == "good"]
        if not rows:
            return False
        return server.counts().get(rows[-1].raw) == rows[-1].time

    window.until(shown)
    return time.monotonic() - begun


@pytest.mark.fault(rows=[37])
def test_the_levels_are_swapped(trial, measured):
    """Within 5 s, one entry in the journal, no value shown stale on the way, and every command sent once."""
    one, two, station = trial
    with station.window() as window:
        until_on(window, one)
        window.listen(4.0)  # a switch is not followed by another at once
        assert station.hmi("put", SPEED, "30", "--why", "before").returncode == 0
        before = len(records(station))
        swap(one, two)
        measured("switched", until_on(window, two), BACK_S)
        window.listen(2.0)
        new = records(station)[before:]
        measured("told", [(record["event"], record["result"]) for record in new])
        assert len(new) == 1, new
        assert station.hmi("put", SPEED, "40", "--why", "after").returncode == 0
        window.until(lambda: window.now[SPEED].value == 40)
        assert window.now["line.count"].word == "good"
    assert (one.writes(), two.writes()) == (["Cell.Speed 30.0"], ["Cell.Speed 40.0"])


@pytest.mark.fault(rows=[37])
@pytest.mark.faults
def test_the_one_in_use_is_killed(trial, measured):
    """The other one takes over; when the fitter one is back, the station goes back, each told once."""
    one, two, station = trial
    with station.window() as window:
        until_on(window, one)
        window.listen(4.0)
        one.kill()
        measured("on the standby after the kill", until_on(window, two), 2 * BACK_S)
        assert station.hmi("put", SPEED, "35", "--why", "standby").returncode == 0
        assert two.writes() == ["Cell.Speed 35.0"]
        one.start()
        measured("back on the first after its start", until_on(window, one), 30.0)
        assert one.writes() == []
        events = [record["event"] for record in records(station)]
        measured("told", events)
        assert len(events) <= 6, events


@pytest.mark.fault(rows=[37])
@pytest.mark.faults
def test_the_standby_fails_unnoticed_by_nobody(trial, measured):
    """A standby that is gone costs no value, and is said before it is needed."""
    one, two, station = trial
    with station.window() as window:
        until_on(window, one)
        two.kill()
        window.listen(3.0)
        window.until(lambda: str(two.port) in station.connection()["note"])
        measured("told", station.connection()["note"])
        assert window.now["line.count"].word == "good"
        assert not [seen for seen in window.rows("line.count") if seen.word in ("stale", "bad")][1:]
    assert station.connection()["reconnects"] == 0
