"""The day files as their one writer sees them: midnight, restarts, late values, damage, retention, a short log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.core.batch import Batch
from hmi.core.tags import Tag
from hmi.store.folder import DAY_NS, day_path
from hmi.store.query import Reader
from hmi.store.rows import Row, rows_of
from hmi.store.samples import DayFile, SampleFiles, last_beat

TAGS = [Tag(0, "a.level", "filler", "x", "float64", unit="%"), Tag(1, "b", "filler", "y", "bool")]
DAY = 20_500
MIDNIGHT = DAY * DAY_NS


def rows(now: int, *values: float, tag: int = 0) -> list[Row]:
    times = now + np.arange(len(values))
    batch = Batch.of([tag] * len(values), values, times, 0)
    batch.rows["received"] = times
    return rows_of(batch)


def stored(folder: Path, name: str = "a.level") -> list[float]:
    values: list[float] = Reader(folder).samples([name], 0, MIDNIGHT + 99 * DAY_NS)[0].value.tolist()
    return values


@pytest.fixture
def files(tmp_path: Path) -> Iterator[SampleFiles]:
    files = SampleFiles(tmp_path, TAGS)
    files.open(MIDNIGHT)
    yield files
    files.close()


def test_midnight_starts_a_new_file_that_stands_alone(files: SampleFiles, tmp_path: Path) -> None:
    files.write(rows(MIDNIGHT, 1.0, 2.0), MIDNIGHT)
    files.write(rows(MIDNIGHT + DAY_NS, 3.0), MIDNIGHT + DAY_NS)
    assert sorted(path.name for path in (tmp_path / "samples").glob("*.db")) == ["2026-02-16.db", "2026-02-17.db"]
    day_path(tmp_path, DAY).unlink()
    batch = Reader(tmp_path).at(["a.level"], MIDNIGHT + DAY_NS - 1)
    assert batch.rows["value"].tolist() == [2.0]  # carried over midnight
    assert len(Reader(tmp_path).at(["a.level"], MIDNIGHT)) == 0
    batch = Reader(tmp_path).at(["a.level", "b"], MIDNIGHT + DAY_NS)
    assert batch.rows["value"].tolist() == [3.0]
    [window] = Reader(tmp_path).window(["a.level"], MIDNIGHT + DAY_NS, MIDNIGHT + 2 * DAY_NS, 4)
    assert (window.first.tolist(), window.last.tolist()) == ([2.0], [3.0])


def test_a_file_is_one_transaction_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "day.db"
    with closing(DayFile(path, TAGS, (), MIDNIGHT)) as day:
        day.write(rows(MIDNIGHT, 1.0), MIDNIGHT)
        unstorable = (0, MIDNIGHT + 20, 0, object(), 4.0, 0, 0, 0, None, None, None)
        with pytest.raises(sqlite3.Error):
            day.write([*rows(MIDNIGHT + 10, 2.0, 3.0), unstorable], MIDNIGHT)
        day.write(rows(MIDNIGHT + 30, 5.0), MIDNIGHT)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT value FROM sample").fetchall() == [(1.0,), (5.0,)]


def test_the_last_rows_are_known_after_a_restart(files: SampleFiles, tmp_path: Path) -> None:
    files.write(rows(MIDNIGHT, 1.0, 2.0), MIDNIGHT)
    files.write(rows(MIDNIGHT + 5, 1.0, tag=1), MIDNIGHT)
    files.close()
    swapped = [Tag(0, "b", "filler", "y", "bool"), Tag(1, "a.level", "filler", "x", "float64")]
    again = SampleFiles(tmp_path, swapped)
    again.open(MIDNIGHT + 3 * DAY_NS)
    assert {index: row[4] for index, row in again.last_rows.items()} == {0: 1.0, 1: 2.0}
    again.close()


def test_a_clock_that_steps_back_a_day_loses_nothing(files: SampleFiles, tmp_path: Path) -> None:
    files.write(rows(MIDNIGHT + DAY_NS, 1.0), MIDNIGHT + DAY_NS)
    files.write(rows(MIDNIGHT + 5, 2.0), MIDNIGHT + 5)
    files.write(rows(MIDNIGHT + DAY_NS + 5, 3.0), MIDNIGHT + DAY_NS + 5)
    assert stored(tmp_path) == [2.0, 1.0, 3.0]


def test_the_beat_tells_when_the_engine_last_lived(files: SampleFiles, tmp_path: Path) -> None:
    files.write(rows(MIDNIGHT, 1.0), MIDNIGHT + 7)
    assert last_beat(tmp_path) == MIDNIGHT + 7
    files.write((), MIDNIGHT + 9)
    assert last_beat(tmp_path) == MIDNIGHT + 9
    files.close()
    day_path(tmp_path, DAY).write_bytes(b"x" * 9000)
    assert last_beat(tmp_path) is None
    assert last_beat(tmp_path / "never") is None


@pytest.mark.expect_log("damaged and was set aside")
def test_a_damaged_day_is_set_aside_and_recording_goes_on(files: SampleFiles, tmp_path: Path) -> None:
    files.write(rows(MIDNIGHT, 1.0), MIDNIGHT)
    files.close()
    day_path(tmp_path, DAY).write_bytes(b"\xff" * 20_000)
    files.write(rows(MIDNIGHT + 5, 2.0), MIDNIGHT + 5)
    assert stored(tmp_path) == [2.0]
    [away] = files.damaged
    assert away.read_bytes() == b"\xff" * 20_000


@pytest.mark.expect_log("damaged and was set aside")
def test_damage_while_open_is_seen_and_set_aside(files: SampleFiles, tmp_path: Path) -> None:
    for start in range(0, 20_000, 1000):
        files.write(rows(MIDNIGHT + start, *np.arange(1000.0)), MIDNIGHT)
    files.checkpoint()
    path = day_path(tmp_path, DAY)
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xee" * 4096)
    files.close()
    files.write(rows(MIDNIGHT + 50_000, 7.0), MIDNIGHT)
    assert stored(tmp_path) == [7.0]
    assert len(files.damaged) == 1


def test_the_log_is_cut_back(files: SampleFiles, tmp_path: Path) -> None:
    log = day_path(tmp_path, DAY).with_name("2026-02-16.db-wal")
    longest = 0
    for start in range(0, 400_000, 20_000):
        files.write(rows(MIDNIGHT + start, *np.arange(20_000.0)), MIDNIGHT)
        longest = max(longest, log.stat().st_size)
        files.checkpoint()
    assert longest < 12_000_000
    assert log.stat().st_size < 9_000_000


def test_only_one_connection_checkpoints(files: SampleFiles, tmp_path: Path) -> None:
    """With automatic checkpoints on, any commit over 1000 pages would bring the log in by itself."""
    files.write(rows(MIDNIGHT, *np.arange(200_000.0)), MIDNIGHT)
    files.write(rows(MIDNIGHT + 200_000, 1.0), MIDNIGHT)
    path = day_path(tmp_path, DAY)
    assert path.stat().st_size < 200_000
    files.checkpoint()
    assert path.stat().st_size > 1_000_000


def test_days_too_old_go_but_not_all_at_once(files: SampleFiles, tmp_path: Path) -> None:
    for day in range(12):
        files.write(rows(MIDNIGHT + day * DAY_NS, 1.0), MIDNIGHT + day * DAY_NS)
    now = MIDNIGHT + 11 * DAY_NS
    assert files.retain(now, 400, 1e12) == []
    assert [path.stem for path in files.retain(now, 9, 1e12)] == ["2026-02-16", "2026-02-17"]
    far = now + 5000 * DAY_NS  # the battery of the clock was empty
    assert len(files.retain(far, 9, 1e12)) == 8
    assert len(list((tmp_path / "samples").glob("*.db"))) == 2


def test_too_much_drops_the_oldest_but_never_today(files: SampleFiles, tmp_path: Path) -> None:
    for day in range(4):
        files.write(rows(MIDNIGHT + day * DAY_NS, *np.arange(2000.0)), MIDNIGHT + day * DAY_NS)
    size = day_path(tmp_path, DAY).stat().st_size
    dropped = files.retain(MIDNIGHT + 3 * DAY_NS, 400, size * 2.9)
    assert [path.stem for path in dropped][:1] == ["2026-02-16"]
    files.retain(MIDNIGHT + 3 * DAY_NS, 400, 0)
    assert [path.stem for path in (tmp_path / "samples").glob("*.db")] == ["2026-02-19"]
    assert len(stored(tmp_path)) == 2000


def test_a_person_with_a_shell_can_read_it(files: SampleFiles, tmp_path: Path) -> None:
    files.write(rows(MIDNIGHT + 5_000_000, 1.5), MIDNIGHT)
    with closing(sqlite3.connect(day_path(tmp_path, DAY))) as file:
        [row] = file.execute("SELECT tag, time_utc, value, unit FROM readable").fetchall()
    assert row == ("a.level", "2026-02-16 00:00:00.005", 1.5, "%")
