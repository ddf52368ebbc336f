"""A server that is killed, frozen, falls mute or forgets: stale in time, back in time, and nothing lost."""

from __future__ import annotations

import time

import pytest

from tests.faults.ledger import balance
from tests.faults.parts import COUNT, Counting, node
from tests.faults.station import PATIENCE_S, Station, connection, tag
from tests.faults.yard import BACK_S, STALE_S, Yard


def trial(yard: Yard, **options) -> tuple[Counting, Station]:
    """A counting server and a station that watches it."""
    server = yard.counting(**options)
    rows = [tag("line.count", "plc", COUNT, "uint32"), tag("line.speed", "plc", node("Speed"), "float32")]
    return server, yard.station([connection("plc", server.address, publish_ms=100)], rows)


def expect_known(station: Station, name: str) -> None:
    """What stood still all the while, with its source time of before, is known to history again after the gap."""
    ended_ns = max(gap.to_ns for gap in station.gaps())
    begun = time.monotonic()
    while not (after := (samples := station.samples(name)).time >= ended_ns).any():
        assert time.monotonic() < begun + PATIENCE_S, f"{name} is unknown since the gap"
        time.sleep(0.2)
    assert (samples.quality[after] == 0).all()
    assert len(set(samples.value[samples.quality == 0].tolist())) == 1


@pytest.mark.fault(rows=[1])
@pytest.mark.parametrize(
    "away_s",
    [
        pytest.param(3, id="3 s"),
        pytest.param(30, id="30 s", marks=pytest.mark.faults),
        pytest.param(300, id="300 s", marks=[pytest.mark.faults, pytest.mark.timeout(900)]),
    ],
)
@pytest.mark.parametrize(
    "history", [pytest.param(True, id="with history"), pytest.param(False, id="without", marks=pytest.mark.faults)]
)
def test_killed_and_started_again(yard: Yard, measured, away_s: int, history: bool):
    """What the server's own history holds is read back; what nobody holds is declared."""
    server, station = trial(yard, history=str(yard.folder / "history.db") if history else "")
    with station.window() as window:
        window.until_moving()
        server.kill()
        killed = time.monotonic()
        window.until(lambda: window.now["line.count"].word in ("stale", "bad"))
        assert window.now["line.speed"].word in ("stale", "bad")
        measured("stale after the last good value", time.monotonic() - window.last_good(), STALE_S)
        window.listen(killed + away_s - time.monotonic())
        assert window.now["line.count"].word == ("bad" if away_s > 5 else "stale")
        server.start()
        measured("live after it listens", window.until_moving(), BACK_S)
        window.listen(0.5)
    measured("account", str(balance(station, server.counts)))
    events = [record["event"] for record in station.journal("connection")]
    assert events == ["silent", "live"]


@pytest.mark.fault(rows=[2])
def test_frozen_again_and_again(yard: Yard, measured, times):
    """Stopped for 8 s: never connected and frozen, and every value of before and after is there."""
    server, station = trial(yard, history=str(yard.folder / "history.db"))
    worst_stale = worst_back = 0.0
    with station.window() as window:
        window.until_moving()
        for _ in times(1, 20):
            server.freeze()
            frozen = time.monotonic()
            window.until(lambda: window.now["line.count"].word != "good")
            worst_stale = max(worst_stale, time.monotonic() - window.last_good())
            window.listen(frozen + 8.0 - time.monotonic())
            server.thaw()
            worst_back = max(worst_back, window.until_moving())
            window.listen(1.0)
    measured("stale after the last good value, worst", worst_stale, STALE_S)
    measured("live after it runs on, worst", worst_back, BACK_S)
    measured("account", str(balance(station, server.counts)))
    expect_known(station, "line.speed")


@pytest.mark.fault(rows=[3])
def test_publishing_stops_while_reading_works(yard: Yard, measured, times):
    """The age of what is published decides, not that the server still answers."""
    server, station = trial(yard, history=str(yard.folder / "history.db"))
    worst_stale = worst_back = 0.0
    with station.window() as window:
        window.until_moving()
        for _ in times(1, 10):
            server.ask(do="mute")
            begun = time.monotonic()
            window.until(lambda: window.now["line.count"].word != "good")
            worst_stale = max(worst_stale, time.monotonic() - window.last_good())
            window.until_moving()
            worst_back = max(worst_back, time.monotonic() - begun)
            window.listen(1.0)
    measured("stale after the last good value, worst", worst_stale, STALE_S)
    measured("live again by a new session, worst", worst_back, STALE_S + BACK_S)
    measured("account", str(balance(station, server.counts)))
    assert station.connection()["reconnects"] >= 1
