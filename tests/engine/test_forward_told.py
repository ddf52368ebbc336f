"""How the plant server stands, in words, and what of it is said aloud."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hmi.clock import HandClock
from hmi.core.journal import Record
from hmi.core.outgoing import Backlog
from hmi.engine.forward_told import Told, Watch, forecast, note_of, trouble_of, waits_of, words_of
from hmi.store.keeping import Room

HOUR = 3_600 * 10**9
NOW = 1_000_000 * HOUR
WAITS = Backlog(10, 50_000_000, 7, NOW - 5 * HOUR)
ROOM = Room(used=1e9, days=10, per_day=1e8, limit=2e9, keep_days=400)


def test_nothing_is_said_where_there_is_no_server():
    assert words_of(Told()) == ""


def test_all_of_it_in_one_line():
    told = Told("away", "it does not answer", 0, WAITS, refused=("x",), secured=False, dropped=2, forecast="soon")
    assert words_of(told) == (
        "away: it does not answer; 50.0 MB and 7 records wait, soon; not encrypted; 1 blocks are not taken; "
        "2 days were dropped before it had them"
    )


def test_a_forecast_of_the_sending_and_of_the_room():
    assert forecast(Told("current", backlog=Backlog(0, 0, 0, 0)), ROOM, NOW) == ""
    assert forecast(Told("sending", backlog=WAITS, rate=1e6), ROOM, NOW) == "the oldest 5 h old, there in about 50 s"
    assert forecast(Told("away", backlog=WAITS), ROOM, NOW) == "the oldest 5 h old, room for 20 more days"
    assert forecast(Told("away", backlog=WAITS), Room(), NOW) == "the oldest 5 h old"
    assert "room for all of it" in forecast(Told("away", backlog=WAITS), ROOM._replace(per_day=1e3), NOW)


@pytest.mark.parametrize(
    ("told", "room", "says"),
    [
        (Told("away", backlog=WAITS), ROOM, ""),
        (Told("away", backlog=WAITS._replace(oldest_ns=NOW - 30 * HOUR)), ROOM, "30 h ago is not at the plant server"),
        (Told("away", backlog=WAITS), ROOM._replace(limit=4e8), "in 4 days history must be dropped"),
        (Told("away", backlog=WAITS), ROOM._replace(limit=0.0), "from now on history must be dropped"),
        (Told("sending", backlog=WAITS), ROOM._replace(limit=0.0), ""),
        (Told("refused", "no password", NOW - HOUR), ROOM, "nothing is sent to the plant server until"),
        (Told("refused", "no password", NOW), ROOM, ""),
    ],
)
def test_what_is_said_aloud(told: Told, room: Room, says: str):
    note = note_of(told, room, 24.0, NOW)
    assert says in note and bool(says) == bool(note)


def test_it_is_journalled_once_and_once_when_it_is_well():
    records: list[Record] = []
    watch = Watch(records.append, HandClock())
    for note in ("", "in 4 days x", "in 3 days x", "something else", "", ""):
        watch.look(note)
    assert [(one.event, one.result) for one in records] == [
        ("warning", "in 4 days x"),
        ("warning", "something else"),
        ("cleared", "the plant server has what it should have again"),
    ]
    assert all(one.subject == "plant server" for one in records)


def test_arrivals_are_told():
    assert "3 arrived and wait for a person" in words_of(replace(Told("current", "all"), inbox=3))


@pytest.mark.parametrize(
    ("told", "room", "trouble"),
    [
        (Told("away", backlog=WAITS), ROOM, ""),
        (Told("away", backlog=WAITS._replace(oldest_ns=NOW - 30 * HOUR)), ROOM, "late"),
        (Told("away", backlog=WAITS._replace(oldest_ns=NOW - 30 * HOUR)), ROOM._replace(limit=4e8), "loss"),
        (Told("refused", "no password", NOW - HOUR, WAITS), ROOM._replace(limit=4e8), "loss"),
        (Told("current", backlog=WAITS), ROOM._replace(limit=0.0), ""),
    ],
)
def test_what_is_wrong_with_what_waits_whatever_is_said_aloud(told: Told, room: Room, trouble: str):
    assert trouble_of(told, room, 24.0, NOW) == trouble
    assert bool(waits_of(told, room, trouble, NOW)) == bool(trouble)
