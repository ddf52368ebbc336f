"""When history runs out of room: said early, said once, and never at the cost of the journal."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.store import keeping
from hmi.store.keeping import Room, RoomWatch, look, room_of
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of
from tests.store.test_store import until

GB = 1_000_000_000
MUCH = 1e15


def sizes(*each: float, first: int = 100) -> dict[int, int]:
    return {first + number: round(size * GB) for number, size in enumerate(each)}


def test_the_rate_is_that_of_whole_days_the_newest_is_not_over() -> None:
    room = room_of(sizes(0.3, 0.1, 0.2, 0.01), History(400, 20), MUCH)
    assert room.per_day == pytest.approx(0.2 * GB)
    assert room.days_left == pytest.approx((20 - 0.61) / 0.2)
    assert room.text == "610 MB in 4 days, 200 MB a day: at this rate full in 97 days (max_gb)"
    assert room.warning == ""


def test_only_the_last_week_tells_and_days_without_the_engine_count() -> None:
    assert room_of(sizes(9, 1, 1, 1, 1, 1, 1, 1, 0), History(), MUCH).per_day == pytest.approx(GB)
    assert room_of({100: GB, 110: 0}, History(), MUCH).per_day == pytest.approx(GB / 10)


def test_without_a_whole_day_there_is_no_forecast() -> None:
    assert room_of({}, History(), MUCH).text == "0 B in 0 days, no forecast yet"
    room = room_of(sizes(0.5), History(), MUCH)
    assert math.isnan(room.days_left)
    assert (room.text, room.warning) == ("500 MB in 1 day, no forecast yet", "")
    assert "fills 90 % of max_gb (1.0 GB): then the oldest" in room_of(sizes(0.9), History(400, 1), MUCH).warning


def test_what_keep_days_bounds_never_gets_full() -> None:
    room = room_of(sizes(*[0.09] * 101), History(100, 10), MUCH)
    assert room.days_left == math.inf
    assert room.text.endswith("90.0 MB a day: room for all 100 days")
    assert room.warning == ""  # more than 80 %, and it stays there


@pytest.mark.parametrize(
    ("used", "free", "history", "words"),
    [
        (15.9, MUCH, History(400, 20), ""),
        (
            16.2,
            MUCH,
            History(400, 20),
            "fills 81 % of max_gb (20.0 GB): in 38 days the oldest days are dropped before keep",
        ),
        (20.05, MUCH, History(400, 20), "fills 100 % of max_gb (20.0 GB): from now on the oldest days are dropped"),
        (1.0, 3 * GB, History(400, 20), ""),
        (8.1, 2 * GB, History(400, 20), "fills 80 % of the room that the disk has for it: in 20 days no values can be"),
        (1.0, 0.65 * GB, History(400, 20), "room that the disk has for it: in 6 days no values"),
        (1.0, -GB, History(400, 20), "fills 100 % of the room that the disk has for it: from now on no values"),
    ],
)
@pytest.mark.cr("2.9")
def test_from_80_percent_on_it_is_said_aloud(used: float, free: float, history: History, words: str) -> None:
    room = Room(used * GB, 9, 0.1 * GB, *_limit(used, free, history), history.keep_days)
    assert (words in room.warning) if words else room.warning == ""
    assert not words or "plant.toml" in room.warning


def _limit(used: float, free: float, history: History) -> tuple[float, str]:
    room = room_of({1: round(used * GB)}, history, free)
    return room.limit, room.by


def test_a_full_one_says_so() -> None:
    assert Room(GB, 3, GB, GB, "disk", 400).text == "1.0 GB in 3 days, 1.0 GB a day: full (disk)"


def test_the_watch_journals_each_change_once() -> None:
    told: list[Record] = []
    watch = RoomWatch(told.append, HandClock(MIDNIGHT))
    short, enough = Room(GB, 3, GB, GB, "disk", 400), Room(0, 3, 1.0, GB, "disk", 4)
    for room in (enough, short, short, enough, enough, short):
        watch.look(room)
    assert [record.event for record in told] == ["warning", "cleared", "warning"]
    assert told[0].result == short.warning
    assert (told[0].category, told[0].subject, told[0].time_ns) == ("system", "history", MIDNIGHT)


def test_a_folder_is_looked_at_with_its_logs(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    for name, size in (("2026-02-16.db", 3000), ("2026-02-17.db", 50), ("2026-02-17.db-wal", 7), ("notes.db", 999)):
        (tmp_path / "samples" / name).write_bytes(bytes(size))
    room = look(tmp_path, History(400, 1e9), 50)
    assert (room.used, room.days, room.per_day, room.by) == (3057, 2, 3000, "disk")


# ------------------------------------------------------------------------------------------ in the store


def test_the_store_tells_journals_once_and_forgets_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [100.0 * GB]
    monkeypatch.setattr(keeping.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free[0], "total": 1e12}))
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path, TAGS, clock)) as store:
        until(lambda: store.room.keep_days)
        assert store.room.warning == ""
        for _ in range(3):
            store.append(batch_of(0, [clock.now_ns()], [1.0]))
            store.flush().result(20)
            store.seal().result(20)
            clock.step_wall(DAY / SECOND)
        free[0] = 51e6  # a megabyte more than the journal's reserve
        clock.advance(601)
        until(lambda: store.room.days == 3 and store.room.by == "disk")
        assert "a day" in store.room.text
        free[0] = 50.01e6
        clock.advance(601)
        until(lambda: store.room.warning)
        assert store.fault == ""  # nothing is lost yet
        until(lambda: len(Reader(tmp_path).journal()) == 1)
        free[0] = 100.0 * GB
        clock.advance(601)
        until(lambda: len(Reader(tmp_path).journal()) == 2)
    assert [record.event for _, record in Reader(tmp_path).journal()] == ["cleared", "warning"]


@pytest.mark.expect_log("the disk is nearly full")
@pytest.mark.cr("2.9")
def test_sealing_leaves_the_journal_its_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path, TAGS, clock)) as store:
        store.append(batch_of(0, [clock.now_ns()], [1.0]))
        store.flush().result(20)
        with monkeypatch.context() as full:
            full.setattr(keeping.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 49e6, "total": 1e12}))
            with pytest.raises(StoreError, match="nearly full"):
                store.seal().result(20)
            clock.advance(HOUR / SECOND + 60)
            until(lambda: "nearly full" in store._writer.sealer.fault)
            record = Record(time_ns=1, category="alarm", event="raised", subject="x")
            assert store.record(record).result(20) == 1
            assert not list(tmp_path.glob("samples/*.db"))
        clock.advance(120)
        until(lambda: list(tmp_path.glob("samples/*.db")))
        until(lambda: not store._writer.sealer.fault)
    assert len(Reader(tmp_path).samples(["a.level"], 0, 2**62)[0]) == 1


def test_the_rules_of_samples_never_touch_the_journal(tmp_path: Path) -> None:
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path, TAGS, clock, History(keep_days=1, max_gb=1e-9))) as store:
        for day in range(4):
            store.append(batch_of(0, [clock.now_ns()], [1.0]))
            store.record(Record(time_ns=day, category="write", event="confirmed", subject="x")).result(20)
            store.flush().result(20)
            store.seal().result(20)
            clock.step_wall(DAY / SECOND)
        store.retain(clock.now_ns()).result(20)
    assert len(list(tmp_path.glob("samples/*.db"))) == 1
    reader = Reader(tmp_path)
    assert [record.time_ns for _, record in reader.journal(category="write")] == [3, 2, 1, 0]
    assert reader.verify_journal()[0]
