"""Questions to history and journal: the answers are what was stored, whole days, edges and damage included."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT, FLAG_TIME_SUSPECT, ROW, Batch, join
from hmi.core.errors import StoreError
from hmi.core.history import Samples, Window, window_of
from hmi.core.journal import Record
from hmi.core.tags import Tag
from hmi.store.query import Reader
from hmi.store.store import Store

TAGS = [Tag(0, "a.level", "filler", "x", "float64"), Tag(1, "a.state", "filler", "y", "string")]
SECOND = 1_000_000_000
DAY = 86_400 * SECOND
MIDNIGHT = 20_500 * DAY  # 2026-02-16


def assert_same(found: Window, expected: Window) -> None:
    for column in ("t0", "count", "vmin", "vmax", "first", "last", "worst"):
        np.testing.assert_array_equal(getattr(found, column), getattr(expected, column), column)


@pytest.fixture
def three_days(tmp_path: Path) -> Path:
    """Noise over three days, with bad values, NaN, a backfilled hour and a day on which nothing changed."""
    rng = np.random.default_rng(1)
    for day in range(4):
        clock = HandClock(MIDNIGHT + day * DAY)
        with closing(Store(tmp_path, TAGS, clock)) as store:
            count = 0 if day == 2 else 3000
            times = np.sort(rng.integers(day * DAY, (day + 1) * DAY, count)) + MIDNIGHT
            batch = Batch.of([0] * count, rng.normal(size=count), times, 0)
            batch.rows["received"] = times
            batch.rows["quality"][rng.random(count) < 0.05] = q.BAD_TIMEOUT
            batch.rows["value"][rng.random(count) < 0.05] = np.nan
            late = Batch.of([0] * 50, rng.normal(size=50), MIDNIGHT + 5 * 3600 * SECOND + np.arange(50), clock.now_ns())
            late.rows["flags"] = FLAG_BACKFILLED
            store.append(join([batch, late]) if day == 1 else batch)
    return tmp_path


@pytest.mark.parametrize(
    ("start", "stop", "points"),
    [
        (0, 4 * DAY, 500),
        (0, 4 * DAY, 1),
        (-DAY, 9 * DAY, 77),
        (DAY - 3600 * SECOND, DAY + 3600 * SECOND, 3),
        (2 * DAY, 3 * DAY, 100),
        (5 * 3600 * SECOND + 10, 5 * 3600 * SECOND + 40, 7),
        (8 * DAY, 9 * DAY, 10),
    ],
)
def test_a_window_is_what_its_samples_are(three_days: Path, start: int, stop: int, points: int) -> None:
    reader = Reader(three_days)
    [samples] = reader.samples(["a.level"], 0, MIDNIGHT + 99 * DAY)
    assert len(samples) == 9050
    assert (np.diff(samples.at) >= 0).all()
    [window] = reader.window(["a.level"], MIDNIGHT + start, MIDNIGHT + stop, points)
    assert_same(window, window_of(samples, MIDNIGHT + start, MIDNIGHT + stop, points))


def test_a_cut_of_samples_includes_both_ends(three_days: Path) -> None:
    reader = Reader(three_days)
    [samples] = reader.samples(["a.level"], MIDNIGHT, MIDNIGHT + DAY)
    first, last = int(samples.at[10]), int(samples.at[20])
    [cut] = reader.samples(["a.level"], first, last)
    assert cut.at.tolist() == samples.at[10:21].tolist()


def test_too_many_samples_are_refused_not_cut(three_days: Path) -> None:
    with pytest.raises(StoreError, match="more than 100 values"):
        Reader(three_days).samples(["a.level"], 0, MIDNIGHT + 99 * DAY, limit=100)


def test_the_gaps_stand_in_the_window(three_days: Path) -> None:
    [window] = Reader(three_days).window(["a.level"], MIDNIGHT, MIDNIGHT + 3 * DAY, 10)
    assert [gap.reason for gap in window.gaps] == ["the engine was not running (it was stopped)"] * 3


def test_at_tells_what_was_then(three_days: Path) -> None:
    reader = Reader(three_days)
    [samples] = reader.samples(["a.level"], 0, MIDNIGHT + 99 * DAY)
    for when in (MIDNIGHT + 7 * 3600 * SECOND, MIDNIGHT + DAY + 1, MIDNIGHT + 2 * DAY + 77, MIDNIGHT + 50 * DAY):
        place = int(np.searchsorted(samples.at, when, side="right")) - 1
        batch = reader.at(["unknown", "a.level", "a.state"], when)
        assert batch.rows["tag"].tolist() == [1]
        assert batch.rows["time"].tolist() == [samples.time[place]]
        np.testing.assert_array_equal(batch.rows["value"], samples.value[place : place + 1])
    assert len(reader.at(["a.level"], MIDNIGHT - 1)) == 0


def test_what_was_held_is_found_behind_a_day_without_changes(three_days: Path) -> None:
    reader = Reader(three_days)
    [samples] = reader.samples(["a.level"], 0, MIDNIGHT + 2 * DAY)
    [window] = reader.window(["a.level"], MIDNIGHT + 2 * DAY, MIDNIGHT + 2 * DAY + SECOND, 10)
    expected = samples.value[-1] if samples.quality[-1] < q.BAD else np.nan
    np.testing.assert_array_equal(window.first, [expected])


def test_an_empty_folder_answers_with_nothing(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    [samples], [window] = reader.samples(["a"], 0, 9), reader.window(["a"], 0, 9, 3)
    assert (len(samples), len(window), len(reader.at(["a"], 5))) == (0, 0, 0)
    assert (reader.gaps(0, 9), reader.journal(), reader.last_alarm_records()) == ([], [], {})
    assert reader.verify_journal()[0] is False


def test_text_and_suspect_times_come_back_as_they_were(tmp_path: Path) -> None:
    clock = HandClock(MIDNIGHT)
    rows = np.zeros(3, ROW)
    rows["tag"] = 1
    rows["value"] = np.nan
    rows["flags"] = [FLAG_TEXT, FLAG_TEXT | FLAG_TIME_SUSPECT, FLAG_TEXT]
    rows["raw"] = [1, 0, 1]
    rows["time"] = [MIDNIGHT, 5, MIDNIGHT + 2]
    rows["received"] = [MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + 2]
    with closing(Store(tmp_path, TAGS, clock)) as store:
        store.append(Batch(rows, ("läuft", "steht")))
    reader = Reader(tmp_path)
    [samples] = reader.samples(["a.state"], MIDNIGHT, MIDNIGHT + 9)
    assert [samples.text(row) for row in range(3)] == ["steht", "läuft", "steht"]
    assert samples.time.tolist() == [MIDNIGHT, 5, MIDNIGHT + 2]
    batch = reader.at(["a.state"], MIDNIGHT + 1)
    assert (batch.texts, batch.rows["raw"].tolist()) == (("läuft",), [0])


def test_a_damaged_day_is_told_and_hurts_no_other(three_days: Path) -> None:
    path = three_days / "samples" / "2026-02-17.db"
    path.write_bytes(b"\xff" * path.stat().st_size)
    reader = Reader(three_days)
    with pytest.raises(StoreError, match=r"2026-02-17.db cannot be read \(the file is damaged\)\. Move it away"):
        reader.samples(["a.level"], MIDNIGHT, MIDNIGHT + 3 * DAY)
    assert len(reader.samples(["a.level"], MIDNIGHT, MIDNIGHT + DAY - 1)[0]) == 3000
    [window] = reader.window(["a.level"], MIDNIGHT, MIDNIGHT + 4 * DAY, 100)
    [told] = [gap for gap in window.gaps if "damaged" in gap.reason]
    assert (told.from_ns, told.to_ns) == (MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)
    assert window.count.sum() > 5000


def test_reading_while_the_engine_writes(tmp_path: Path) -> None:
    clock = HandClock(MIDNIGHT)
    reader = Reader(tmp_path)

    def ask(_: int) -> int:
        return len(reader.samples(["a.level"], 0, MIDNIGHT + DAY)[0])

    with closing(Store(tmp_path, TAGS, clock)) as store, ThreadPoolExecutor(2) as pool:
        for number in range(30):
            clock.advance(1)
            store.append(Batch.of([0], [number], clock.now_ns(), clock.now_ns()))
            asked = pool.map(ask, range(2))
            store.flush().result(20)
            assert all(number <= count <= number + 1 for count in asked)
            assert ask(0) == number + 1


def test_a_read_leaves_nothing_beside_a_finished_file(three_days: Path) -> None:
    reader = Reader(three_days)
    before = sorted(three_days.rglob("*"))
    reader.window(["a.level"], MIDNIGHT, MIDNIGHT + 4 * DAY, 10)
    reader.journal()
    assert sorted(three_days.rglob("*")) == before


def test_a_reader_cannot_write(three_days: Path) -> None:
    from hmi.store.schema import open_to_read

    with closing(open_to_read(three_days / "journal.db")) as file, pytest.raises(sqlite3.OperationalError):
        file.execute("DELETE FROM gap")


# ------------------------------------------------------------------------------------------------ journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Reader]:
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path, TAGS, clock)) as store:
        for number in range(6):
            clock.advance(1)
            event = ("raised", "acknowledged", "returned")[number // 2]
            alarm = Record(time_ns=clock.now_ns(), category="alarm", event=event, subject=f"alarm.{number % 2}")
            store.record(alarm).result(20)
        write = Record(
            time_ns=clock.now_ns(), category="write", event="confirmed", subject="a.level", value=1.5, old="x"
        )
        store.record(write).result(20)
        yield Reader(tmp_path)


def test_records_by_time_category_and_number(journal: Reader) -> None:
    assert [number for number, _ in journal.journal()] == [7, 6, 5, 4, 3, 2, 1]
    assert [number for number, _ in journal.journal(limit=2, newest_first=False)] == [1, 2]
    assert [number for number, _ in journal.journal(category="write")] == [7]
    found = journal.journal(MIDNIGHT + 2 * SECOND, MIDNIGHT + 3 * SECOND)
    assert [number for number, _ in found] == [3, 2]
    [(_, record)] = journal.journal(category="write")
    assert (record.value, record.old) == (1.5, "x")


def test_the_last_record_of_each_alarm(journal: Reader) -> None:
    last = journal.last_alarm_records()
    assert {subject: record.event for subject, record in last.items()} == {"alarm.0": "returned", "alarm.1": "returned"}
    assert last["alarm.1"].time_ns == MIDNIGHT + 6 * SECOND


def test_a_whole_chain_is_told_whole(journal: Reader) -> None:
    well, count, text = journal.verify_journal()
    assert (well, count) == (True, 7)
    assert "7 records" in text


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        ("UPDATE record SET user = 'someone else' WHERE id = 4", "record 4 was changed"),
        ("UPDATE record SET value = NULL WHERE id = 7", "record 7 was changed"),
        ("DELETE FROM record WHERE id = 4", "record 4 is missing"),
        ("UPDATE record SET id = 99 WHERE id = 7", "record 7 is missing"),
    ],
)
def test_tampering_shows(journal: Reader, tmp_path: Path, tamper: str, found: str) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as file:
        with pytest.raises(sqlite3.IntegrityError, match="a journal record is never"):
            file.execute(tamper)
        file.execute("DROP TRIGGER record_changed")
        file.execute("DROP TRIGGER record_deleted")
        file.execute(tamper)
    well, _, text = journal.verify_journal()
    assert not well
    assert found in text


def test_a_damaged_journal_is_told(journal: Reader, tmp_path: Path) -> None:
    aside = tmp_path / "copy"
    aside.mkdir()
    (aside / "journal.db").write_bytes(b"no database at all" * 1000)
    reader = Reader(aside)
    for ask in (reader.journal, reader.verify_journal, reader.last_alarm_records):
        with pytest.raises(StoreError, match=r"journal.db cannot be read \(the file is damaged\)"):
            ask()


def test_samples_keep_an_empty_tag_apart_from_an_unknown_one(three_days: Path) -> None:
    known, unknown = Reader(three_days).samples(["a.state", "no.such"], 0, MIDNIGHT + 9 * DAY)
    assert (known.tag, unknown.tag) == ("a.state", "no.such")
    assert known.pack() == {**Samples.empty("a.state").pack()}
    assert len(unknown) == 0
