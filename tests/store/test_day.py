"""A day's file: whole seals or nothing, marks with them, and what readers are told of late blocks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hmi.store.block import Block, blocks_of
from hmi.store.day import DayFile, known_tags, last_state, newest_marks
from hmi.store.folder import day_path
from hmi.store.hot import TagRow
from hmi.store.slab import Slab
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of

TAGS: list[TagRow] = [(1, "a.level", "filler", "float64", "%", "Bowl level")]
NUMBER = MIDNIGHT // DAY


def blocks(slab: Slab) -> list[Block]:
    return list(blocks_of([Second(1, MIDNIGHT, slab)], {}, lambda: None))


def values(start: int, count: int = 300) -> Slab:
    return slab_of((1, [start + n * SECOND for n in range(count)], [float(n) for n in range(count)]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "samples").mkdir()
    return day_path(tmp_path, NUMBER)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def test_a_seal_is_there_with_its_mark_and_state(path: Path, tmp_path: Path) -> None:
    slab = values(MIDNIGHT)
    with closing(DayFile(path, NUMBER, values(MIDNIGHT - DAY, 1))) as day:
        day.write(blocks(slab), Mark(MIDNIGHT, 5), slab, TAGS)
    assert newest_marks(tmp_path) == [Mark(MIDNIGHT, 5)]
    assert known_tags(tmp_path) == TAGS
    state = last_state(tmp_path)
    assert state is not None
    assert state.value.tolist() == slab.value.tolist()
    assert rows(path, "SELECT first, last, late FROM span") == [(MIDNIGHT, MIDNIGHT + 299 * SECOND, 0)]
    assert rows(path, "SELECT tag, samples, min, max, mean, unit FROM hours") == [("a.level", 300, 0, 299, 149.5, "%")]


def test_a_seal_that_fails_leaves_nothing_behind(path: Path) -> None:
    with closing(DayFile(path, NUMBER, None)) as day:
        first = blocks(values(MIDNIGHT))
        with pytest.raises(sqlite3.IntegrityError):
            day.write([*first, *first], Mark(MIDNIGHT, 5), values(MIDNIGHT, 1), TAGS)
        assert rows(path, "SELECT * FROM sealed") == []
        day.write(first, Mark(MIDNIGHT, 5), values(MIDNIGHT, 1), TAGS)
    assert rows(path, "SELECT count(*) FROM block") == rows(path, "SELECT count(*) FROM data") == [(1,)]


def test_blocks_that_overlap_or_are_of_other_days_are_counted_also_after_a_restart(path: Path) -> None:
    for number, start in enumerate((MIDNIGHT, MIDNIGHT + 100 * SECOND, MIDNIGHT + HOUR, MIDNIGHT - HOUR)):
        with closing(DayFile(path, NUMBER, None)) as day:
            day.write(blocks(values(start)), Mark(MIDNIGHT, number), values(start, 1), TAGS)
    assert rows(path, "SELECT first, late FROM span") == [(MIDNIGHT - HOUR, 2)]
    assert rows(path, "SELECT count(*), count(DISTINCT seq) FROM block") == [(4, 4)]


def test_a_finished_file_may_not_be_written_but_can_be_opened_again(path: Path) -> None:
    day = DayFile(path, NUMBER, None)
    day.write(blocks(values(MIDNIGHT)), Mark(MIDNIGHT, 5), values(MIDNIGHT, 1), TAGS)
    day.close(finished=True)
    assert not path.stat().st_mode & 0o222
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    with closing(DayFile(path, NUMBER, None)) as again:
        again.write(blocks(values(MIDNIGHT + HOUR)), Mark(MIDNIGHT, 6), values(MIDNIGHT, 1), TAGS)
    assert rows(path, "SELECT count(*) FROM block") == [(2,)]


def test_an_empty_or_damaged_folder_says_nothing(path: Path, tmp_path: Path) -> None:
    assert (newest_marks(tmp_path), known_tags(tmp_path), last_state(tmp_path)) == ([], [], None)
    path.write_bytes(b"\xff" * 9000)
    assert (newest_marks(tmp_path), known_tags(tmp_path), last_state(tmp_path)) == ([], [], None)
