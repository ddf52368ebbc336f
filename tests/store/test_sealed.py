"""What of hot.db is sealed already is not known while a day cannot be read: then nothing is said to be missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.store.day import newest_marks
from hmi.store.folder import day_path
from hmi.store.query import Reader
from hmi.store.sealed import Sealed
from hmi.store.store import Store
from hmi.store.unsealed import Mark
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of

PATH = ("samples", "2026-02-16.db")


@contextmanager
def unreadable(folder: Path) -> Iterator[None]:
    """The day's file cannot be opened for a while, as when the disk has no room for what opening it takes."""
    path = day_path(folder, MIDNIGHT // DAY)
    away = path.with_suffix(".away")
    path.rename(away)
    path.mkdir()
    yield
    path.rmdir()
    away.rename(path)


def recorded(folder: Path, seconds: range, seal: bool) -> None:
    """A run that records, and seals or not."""
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT + HOUR + seconds.start * SECOND))) as store:
        for number in seconds:
            store.append(batch_of(0, [MIDNIGHT + HOUR + number * SECOND], [float(number)]))
            store.flush().result(20)
        if seal:
            store.seal().result(20)


def found(folder: Path) -> tuple[list[float], list[str]]:
    """The values there are, and why some are missing."""
    with closing(Reader(folder)) as reader:
        [samples] = reader.samples(["a.level"], 0, 2**62)
        return samples.value.tolist(), [gap.reason for gap in reader.gaps(0, 2**62)]


def test_marks_that_say_less_than_others_need_not_be_kept(tmp_path: Path) -> None:
    sealed = Sealed(tmp_path)
    assert sealed.look() == ()
    for mark in (Mark(HOUR, 5), Mark(2 * HOUR, 9), Mark(HOUR, 12)):
        sealed.add(mark)
    assert [*sealed.look()] == [Mark(2 * HOUR, 9), Mark(HOUR, 12)]
    assert [*sealed.fresh] == [Mark(HOUR, 5), Mark(2 * HOUR, 9), Mark(HOUR, 12)]
    assert sealed.recall() == ()


def test_what_could_not_be_read_is_asked_for_until_it_can(tmp_path: Path) -> None:
    recorded(tmp_path, range(5), seal=True)
    sealed = Sealed(tmp_path)
    with unreadable(tmp_path):
        assert sealed.look() == ()
        assert sealed.unread is not None
        with pytest.raises(sqlite3.OperationalError):
            sealed.recall()
    assert [*sealed.recall()] == newest_marks(tmp_path) != []
    assert sealed.unread is None
    assert [*sealed.look()] == newest_marks(tmp_path)


@pytest.mark.expect_log("history cannot be sealed")
def test_a_day_that_cannot_be_read_at_the_start_costs_no_false_gap_and_nothing_is_sealed_twice(tmp_path: Path) -> None:
    recorded(tmp_path, range(5), seal=True)  # that run ends before hot.db is rid of what it has sealed
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT + HOUR + 9 * SECOND))) as store:
        store.append(batch_of(0, [MIDNIGHT + HOUR + 5 * SECOND], [5.0]))
        store.flush().result(20)  # and now it is
    with unreadable(tmp_path), closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT + HOUR + 20 * SECOND))) as store:
        store.append(batch_of(0, [MIDNIGHT + HOUR + 6 * SECOND], [6.0]))
        store.flush().result(20)
        with pytest.raises(StoreError, match="cannot be opened"):
            store.seal().result(20)
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT + HOUR + 30 * SECOND))) as store:
        store.seal().result(20)
    values, gaps = found(tmp_path)
    assert values == [float(number) for number in range(7)]
    assert {gap for gap in gaps if "damaged" in gap} == set()
    with closing(sqlite3.connect(tmp_path.joinpath(*PATH))) as file:
        assert file.execute("SELECT sum(n) FROM block").fetchone() == (7,)


@pytest.mark.expect_log("history cannot be sealed")
def test_what_was_sealed_and_not_deleted_yet_is_left_out_once_that_is_known(tmp_path: Path) -> None:
    recorded(tmp_path, range(5), seal=True)  # hot.db still has it all
    with unreadable(tmp_path):
        store = Store(tmp_path, TAGS, HandClock(MIDNIGHT + HOUR + 20 * SECOND))
        with pytest.raises(StoreError, match="cannot be opened"):
            store.seal().result(20)
    with closing(store):
        store.append(batch_of(0, [MIDNIGHT + HOUR + 5 * SECOND], [5.0]))
        store.flush().result(20)
        store.seal().result(20)
    assert found(tmp_path)[0] == [float(number) for number in range(6)]
    with closing(sqlite3.connect(tmp_path.joinpath(*PATH))) as file:
        assert file.execute("SELECT count(*), sum(n) FROM block").fetchone() == (2, 6)


def test_without_hot_db_nothing_is_numbered_before_the_marks_are_known(tmp_path: Path) -> None:
    recorded(tmp_path, range(5), seal=True)
    (tmp_path / "hot.db").unlink()
    with unreadable(tmp_path), pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path, TAGS, HandClock(MIDNIGHT + HOUR + 20 * SECOND))
    recorded(tmp_path, range(5, 8), seal=False)
    assert found(tmp_path)[0] == [float(number) for number in range(8)]
