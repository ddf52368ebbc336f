"""Of a day's file every bit that matters is covered: what changed or is gone is told, and when it lay."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.store import proof
from hmi.store.block import blocks_of
from hmi.store.day import DayFile
from hmi.store.folder import is_damage
from hmi.store.query import Reader
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of

NUMBER = MIDNIGHT // DAY
TAGS = [(1, "a", "c", "float64", "%", ""), (2, "b", "c", "float64", "", "")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed day with four hours of two tags, one of which stands."""
    (tmp_path / "samples").mkdir()
    path = tmp_path / "samples" / "2026-02-16.db"
    day = DayFile(path, NUMBER, None)
    for hour in range(4):
        at = MIDNIGHT + hour * HOUR + np.arange(600) * 6 * SECOND
        slab = slab_of((1, at, np.random.default_rng(hour).normal(size=600)), (2, at, np.full(600, 5.0)))
        day.write(blocks_of([Second(hour, MIDNIGHT, slab)], {}, lambda: None), Mark(MIDNIGHT, hour), slab, TAGS)
    day.close(finished=True)
    return path


def change(path: Path, statement: str) -> None:
    path.chmod(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        assert file.execute(statement).rowcount


def doubt(path: Path, number: int = 1) -> proof.Doubt | None:
    with closing(sqlite3.connect(path)) as file:
        return proof.doubt(file, number, (MIDNIGHT, MIDNIGHT + 4 * HOUR - 1, 0))


def test_what_was_written_is_whole(path: Path) -> None:
    assert doubt(path, 1) is doubt(path, 2) is doubt(path, 3) is None
    with closing(sqlite3.connect(path)) as file:
        assert proof.damaged_tags(file) == set()
        found = proof.head(file)
    assert found.span == (MIDNIGHT, MIDNIGHT + 3 * HOUR + 599 * 6 * SECOND, 0)
    assert (found.tags, len(found.sealed)) == (TAGS, 4)


def test_every_column_of_a_row_is_covered(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        row = file.execute("SELECT * FROM block").fetchone()
    assert proof.is_whole(row)
    for place, column in enumerate(row):
        others = [None, "text", b"\xff", 7 if column is None else column + 1 if not isinstance(column, bytes) else b""]
        for other in others:
            if other != column:
                assert not proof.is_whole((*row[:place], other, *row[place + 1 :])), (place, other)


def test_numbers_come_back_as_they_were_signed(tmp_path: Path) -> None:
    """SQLite keeps minus zero as zero, and whole reals as integers."""
    sums = (-0.0, math.inf, 5, 1e300, None, -3, 0.0, 0, -2.5, 2**40)
    row = (1, 2, 3, 4, 5, 5, 2**32 - 1, 0, 0, *sums[:7], 0, sums[8], 9, None, 1, None, 7)
    with closing(DayFile(tmp_path / "d.db", NUMBER, None)) as day:
        day._connection.execute(f"INSERT INTO block VALUES ({'?, ' * 23}?)", (*row, proof.checksum(row)))  # noqa: S608
        [found] = day._connection.execute("SELECT * FROM block").fetchall()
    assert proof.is_whole(found)


def test_a_row_that_changed_is_told_and_lay_between_its_neighbours(path: Path) -> None:
    change(path, "UPDATE block SET vmax = 1e9 WHERE tag = 1 AND seq = 1")
    found = doubt(path)
    assert found is not None
    assert (len(found.rows), len(found.broken), found.is_short) == (3, 1, False)
    assert found.missing == [(MIDNIGHT + 599 * 6 * SECOND + 1, MIDNIGHT + 2 * HOUR)]
    assert doubt(path, 2) is None


def test_a_row_that_is_gone_is_told(path: Path) -> None:
    change(path, "DELETE FROM block WHERE tag = 1 AND seq = 1")
    found = doubt(path)
    assert found is not None
    assert (len(found.rows), found.broken, found.is_short) == (3, [], True)
    assert (MIDNIGHT + 599 * 6 * SECOND + 1, MIDNIGHT + 2 * HOUR) in found.missing
    with closing(sqlite3.connect(path)) as file:
        assert proof.damaged_tags(file) == {1}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tag SET name = 'x' WHERE id = 1",
        "DELETE FROM tag WHERE id = 2",
        "UPDATE sealed SET seq = 9 WHERE seq = 2",
        "DELETE FROM sealed WHERE seq = 2",
        "UPDATE span SET last = last - 1",
        "DELETE FROM span",
    ],
)
def test_what_a_file_says_of_itself_is_covered(path: Path, statement: str) -> None:
    change(path, statement)
    with closing(sqlite3.connect(path)) as file, pytest.raises(sqlite3.DatabaseError, match="is damaged") as raised:
        proof.head(file)
    assert is_damage(raised.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE block SET vmax = 1e9 WHERE tag = 1 AND seq = 1",
        "DELETE FROM block WHERE tag = 1 AND seq = 1",
        "UPDATE block SET did = 1 WHERE tag = 1 AND seq = 1",
    ],
)
def test_readers_show_the_rest_and_a_gap(path: Path, statement: str) -> None:
    change(path, statement)
    with closing(Reader(path.parent.parent)) as reader:
        for points in (24, 24 * 600):
            broken, other = reader.window(["a", "b"], MIDNIGHT, MIDNIGHT + DAY, points)
            assert not other.gaps
            assert any(
                gap.from_ns <= MIDNIGHT + HOUR + 9 and gap.to_ns >= MIDNIGHT + 2 * HOUR - 9 for gap in broken.gaps
            )
            assert all("some of its blocks are damaged" in gap.reason for gap in broken.gaps)
            assert int(broken.count.sum()) == 3 * 600
        assert len(reader.samples(["a"], MIDNIGHT + 2 * HOUR, MIDNIGHT + 3 * HOUR - 7 * SECOND)[0]) == 599


def test_values_of_another_block_are_not_taken_for_its_own(path: Path) -> None:
    """Two blobs that are whole, each under the number of the other."""
    change(path, "UPDATE data SET id = CASE id WHEN 1 THEN 102 WHEN 2 THEN 101 END WHERE id IN (1, 2)")
    change(path, "UPDATE data SET id = id - 100 WHERE id > 100")
    with closing(Reader(path.parent.parent)) as reader:
        [window] = reader.window(["a"], MIDNIGHT, MIDNIGHT + DAY, 24 * 3600)
    assert len(window.gaps) == 2
    assert all("those of another one" in gap.reason for gap in window.gaps)
