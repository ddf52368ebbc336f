"""What the station knows of itself, from what its parts say; where it cannot tell yet, it says that."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import pytest

from hmi.clock import HandClock
from hmi.core.alarms import station
from hmi.drivers.driver import Health
from hmi.engine.forward_told import SHOWN, Told
from hmi.engine.station_alarms import Reading
from hmi.engine.station_facts import Facts, of_certificates, of_server
from hmi.store.keeping import Room

DAY = 86_400 * 10**9
NOW = 20_000 * DAY
FULL = "history: the disk is full: values are kept in memory (5 of at most 9). Make room or mend the disk of /data"
SLOW = "history cannot be sealed: the disk is full: nothing is lost, it stays in hot.db. Make room"


@dataclass
class Store:
    """A store that says what the test wants."""

    lost: int = 0
    fault: str = ""
    room: Room = field(default_factory=Room)


def facts(store: Store, journal: str | None = "") -> Facts:
    return Facts(store, lambda: asdict(Told()), lambda: (), lambda: journal, HandClock())


def held(readings: dict[str, Reading]) -> dict[str, bool | None]:
    """What holds, and what is not known."""
    return {name: one.holds for name, one in readings.items() if one.holds is not False}


def test_a_station_in_order_has_no_trouble_and_every_alarm_its_reading():
    found = facts(Store()).readings()
    assert held(found) == {} and set(found) == set(station.IDS)


def test_what_the_disk_does_not_take_and_what_only_runs_short_are_two_things():
    assert held(facts(Store(fault=FULL)).readings()) == {station.STORE: True}
    both = facts(Store(fault=f"{FULL}; {SLOW}")).readings()
    assert held(both) == {station.STORE: True, station.ROOM: True}
    assert (both[station.STORE].words, both[station.ROOM].words) == (FULL, SLOW)
    short = Room(used=1.9e9, days=9, per_day=1e8, limit=2e9, keep_days=400)
    assert held(facts(Store(room=short)).readings()) == {station.ROOM: True}


def test_losses_last_as_long_as_they_go_on():
    store = Store(lost=3)  # of an earlier look: said already
    found = facts(store)
    assert held(found.readings()) == {}
    store.lost = 10
    told = found.readings()[station.LOST]
    assert told == Reading(True, "10 values were lost since the engine started: history shows the gaps.")
    assert held(found.readings()) == {}


def test_of_a_journal_nobody_has_looked_at_nothing_is_known():
    assert held(facts(Store(), None).readings()) == {station.JOURNAL: None}
    assert held(facts(Store(), "record 7 was changed").readings()) == {station.JOURNAL: True}


LOSS, LATE, REFUSED, ROWS = (
    *(station.SERVER_LOSS, station.SERVER_BACKLOG),
    *(station.SERVER_REFUSED, station.SERVER_ROWS),
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (Told("away", "not asked yet"), {LOSS: None, LATE: None, REFUSED: None, ROWS: None}),
        (Told("away", "gone", asked=True, counted=True), {ROWS: None}),
        (Told("away", "gone", asked=True, counted=True, trouble="late"), {LATE: True, ROWS: None}),
        (Told("refused", "no password", asked=True), {LOSS: None, LATE: None, REFUSED: True, ROWS: None}),
        (Told("refused", "x", asked=True, counted=True, trouble="loss"), {LOSS: True, REFUSED: True, ROWS: None}),
        (Told("sending", "x"), {ROWS: None}),
        (Told("current", "x"), {}),
        (Told("current", "x", refused=("a: bad", "b: bad")), {ROWS: True}),
        (Told(), {}),
    ],
)
def test_what_is_known_of_the_plant_server(told: Told, expected: dict[str, bool | None]):
    assert held(of_server(asdict(told))) == expected


def test_the_newest_block_that_is_not_taken_is_named_with_how_many_there_are():
    assert of_server(asdict(Told("current", refused=("a: x", "b: y"))))[ROWS].words == "b: y (2 in all)"
    many = tuple(f"a: {number}" for number in range(SHOWN))
    assert of_server(asdict(Told("current", refused=many)))[ROWS].words == "a: 19 (at least 20 in all)"


def of(*days: float | None) -> list[tuple[str, Health]]:
    """Connections whose certificates end in so many days; None: one that has not been connected yet."""
    ends = [{} if one is None else {"the station": NOW + round(one * DAY)} for one in days]
    return [(f"plc{place}", Health(certificates=known)) for place, known in enumerate(ends)]


@pytest.mark.parametrize(
    ("days", "stands"),
    [(90.0, 0), (61.0, 0), (60.5, 60), (31.0, 60), (30.0, 30), (8.0, 30), (7.0, 7), (0.5, 7), (-2.0, 7)],
)
def test_of_the_three_alarms_of_certificates_one_at_most_stands(days: float, stands: int):
    found = of_certificates(of(90.0, days), NOW)
    assert held(found) == ({station.CERTIFICATES[stands]: True} if stands else {})


def test_the_certificate_that_ends_first_is_named():
    found = of_certificates(of(40.0, 5.0), NOW)
    words = "the certificate of the station expires in 5 days: renew it (connection plc1)"
    assert found[station.CERTIFICATES[7]] == Reading(True, words)


def test_one_that_is_not_connected_yet_may_end_sooner():
    assert set(held(of_certificates(of(None, 90.0), NOW)).values()) == {None}
    assert held(of_certificates(of(None, 5.0), NOW)) == {station.CERTIFICATES[7]: True}
    known = held(of_certificates(of(None, 45.0), NOW))  # so an alarm of before, that it ends in a week, stays
    assert known == {station.CERTIFICATES[60]: True, station.CERTIFICATES[30]: None, station.CERTIFICATES[7]: None}
    assert held(of_certificates([("plc", Health())], NOW)) == {}
