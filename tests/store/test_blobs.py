"""Packed values and times of many blocks at once; one that is missing is damage, and is not passed over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from hmi.store.blobs import listed, times_of, values_of
from hmi.store.codec_bytes import Damaged


@pytest.fixture
def file() -> Iterator[sqlite3.Connection]:
    """More values than a statement has places for, and a few times."""
    with closing(sqlite3.connect(":memory:")) as made:
        for table, count in (("data", 40_000), ("stamps", 3)):
            made.execute(f"CREATE TABLE {table}(id INTEGER PRIMARY KEY, b BLOB)")
            made.executemany(f"INSERT INTO {table} VALUES (?, ?)", ((n, b"%d" % n) for n in range(count)))  # noqa: S608
        yield made


def test_all_that_are_asked_for_each_once(file: sqlite3.Connection) -> None:
    assert values_of(file, range(40_000)) == {number: b"%d" % number for number in range(40_000)}
    assert times_of(file, [2, 0, 2]) == {0: b"0", 2: b"2"}
    assert values_of(file, []) == {}


def test_one_that_is_missing_is_damage(file: sqlite3.Connection) -> None:
    with pytest.raises(Damaged, match="not in the file"):
        times_of(file, [2, 3])
    with pytest.raises(Damaged, match="not in the file"):
        values_of(file, iter([40_000]))


def test_numbers_as_the_file_takes_them(file: sqlite3.Connection) -> None:
    told = file.execute("SELECT value FROM json_each(?)", (listed(iter([3, -1, 2**40])),)).fetchall()
    assert told == [(3,), (-1,), (2**40,)]
