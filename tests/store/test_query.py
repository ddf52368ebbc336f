"""Questions to history and journal: the answers are what was stored, whole days, edges and damage included."""

from __future__ import annotations

import sqlite3
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
from hmi.core.tags import Tag
from hmi.store.query import Reader
from hmi.store.store import Store

TAGS = [Tag(0, "a.level", "filler", "x", "float64"), Tag(1, "a.state", "filler", "y", "string")]
SECOND = 1_000_000_000
DAY = 86_400 * SECOND
MIDNIGHT = 20_500 * DAY  # 2026-02-16


def assert_same(found: Window, expected: Window) -> None:
    for column in ("t0", "count", "vmin", "vmax", "first", "last", "worst", "backfilled"):
        np.testing.assert_array_equal(getattr(found, column), getattr(expected, column), column)


@pytest.fixture(params=["sealed", "committed", "both"])
def three_days(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
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
            store.flush().result(20)
            if request.param == "sealed" or (request.param == "both" and day < 2):
                store.seal().result(20)
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
    buckets = -(-(window.to_ns - window.from_ns) // window.width_ns)
    assert window.from_ns <= MIDNIGHT + start < MIDNIGHT + stop <= window.to_ns
    assert buckets <= points
    assert_same(window, window_of(samples, window.from_ns, window.to_ns, buckets))


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


@pytest.mark.parametrize("three_days", ["sealed"], indirect=True)
def test_a_damaged_day_is_told_and_hurts_no_other(three_days: Path) -> None:
    path = three_days / "samples" / "2026-02-17.db"
    path.chmod(0o600)
    path.write_bytes(b"\xff" * path.stat().st_size)
    reader = Reader(three_days)
    with pytest.raises(StoreError, match=r"2026-02-17.db cannot be read \(the file is damaged\)\. Move it away"):
        reader.samples(["a.level"], MIDNIGHT, MIDNIGHT + 3 * DAY)
    assert len(reader.samples(["a.level"], MIDNIGHT, MIDNIGHT + DAY - 1)[0]) == 3050  # those that came late, too
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
            if number % 10 == 5:
                store.seal().result(20)
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


def test_samples_keep_an_empty_tag_apart_from_an_unknown_one(three_days: Path) -> None:
    known, unknown = Reader(three_days).samples(["a.state", "no.such"], 0, MIDNIGHT + 9 * DAY)
    assert (known.tag, unknown.tag) == ("a.state", "no.such")
    assert known.pack() == {**Samples.empty("a.state").pack()}
    assert len(unknown) == 0
