"""Of damaged files what can be read is saved, and what is missing is told."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.store.folder import is_damage
from hmi.store.hot import HotFile
from hmi.store.hotsalvage import lost, salvage
from hmi.store.unsealed import Mark
from tests.store.made import MIDNIGHT, TAGS, slab_of

SPAN = (MIDNIGHT, MIDNIGHT + 99)
ALL = 2**63 - 1


def made(path: Path, numbers: range, after: int = 0) -> bytes:
    noise = np.random.default_rng(1).normal(size=3000)
    with closing(HotFile(path, TAGS, (), after)) as file:
        for number in numbers:
            file.write([(MIDNIGHT, slab_of((1, range(3000), noise + number)))], MIDNIGHT + number)
    return path.read_bytes()


def test_of_a_damaged_file_what_can_be_read_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "hot.db"
    whole = made(path, range(50))
    middle = len(whole) // 2 // 8192 * 8192
    path.write_bytes(whole[:middle] + b"\xff" * 8192 + whole[middle + 8192 :])
    saved = salvage([path], [], [], *SPAN)
    assert 30 <= len(saved.seconds) < 50
    assert [second.seq for second in saved.seconds] == sorted(second.seq for second in saved.seconds)
    assert [tag[1] for tag in saved.tags] == [tag.name for tag in TAGS]
    assert len(saved.lost) == 2  # where it is broken, and what may have come after the last one
    path.write_bytes(b"\xff" * len(whole))
    assert salvage([path], [], [], *SPAN) == ([], [], [SPAN])


def test_a_tag_of_which_the_file_says_two_names_is_that_of_the_days_or_nobodys(tmp_path: Path) -> None:
    """A bit turned over in a name: its values would stand under a tag that there never was, and nobody miss them."""
    path = tmp_path / "hot.db"
    name = TAGS[0].name.encode()
    whole = made(path, range(3))
    places = [found.start() for found in re.finditer(re.escape(name), whole)]
    assert len(places) == 2  # in the table, and in its index
    known = [(1, *(getattr(TAGS[0], column) for column in ("name", "connection", "type", "unit", "description")))]
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(sqlite3.DatabaseError, match="list of tags has changed") as found:
            HotFile(path, TAGS)
        assert is_damage(found.value)
        saved = salvage([path], [], known, *SPAN)
        assert [second.seq for second in saved.seconds] == [1, 2, 3]
        assert [row[:2] for row in saved.tags] == [(number, tag.name) for number, tag in enumerate(TAGS, 1)]
        alone = salvage([path], [], [], *SPAN)
        assert alone.seconds == [] and alone.lost == [SPAN]
        assert 1 not in [row[0] for row in alone.tags]


def test_of_several_files_each_second_counts_once(tmp_path: Path) -> None:
    made(tmp_path / "hot.db", range(3))
    made(tmp_path / "hot-1.db", range(1), after=2)
    saved = salvage([tmp_path / "hot.db", tmp_path / "hot-1.db"], [Mark(MIDNIGHT, 1)], [], *SPAN)
    assert [second.seq for second in saved.seconds] == [2, 3]


def test_what_is_missing_is_told_by_its_numbers() -> None:
    second = 1_000_000_000
    at = {3: 30 * second, 4: 40 * second, 7: 70 * second}

    def told(damaged: list[int], floor: int, last: int) -> list[tuple[float, float]]:
        found = lost(at, damaged, floor, last, (5 * second, 99 * second))
        return [(first / second, stop / second) for first, stop in found]

    assert told([], 0, 7) == [(5, 30), (29, 70)]
    assert told([], 2, 7) == [(29, 70)]
    assert told([], 6, 7) == []  # sealed, and deleted
    assert told([5], 6, 7) == [(29, 70)]  # there, and damaged
    assert told([8], 6, 7) == [(39, 99)]
    assert told([], 6, 9) == [(39, 99)]  # its end is missing
    at = {}
    assert told([], 4, 4) == []
    assert told([], 4, 5) == [(5, 99)]
    at = {9: 3 * second}  # a clock that went back
    assert told([], 0, ALL) == [(3, 5), (4, 99)]


def test_one_commit_may_have_several_seconds() -> None:
    """What is missing came in before that commit, and after the one before it."""
    at = {1: 10**10, 2: 2 * 10**10, 4: 3 * 10**10}
    assert lost(at, [3], 9, 4, (0, 10**11)) == [(9 * 10**9, 3 * 10**10)]
    at = {1: 10**10, 2: 2 * 10**10, 4: 2 * 10**10, 5: 3 * 10**10}
    assert lost(at, [3], 9, 5, (0, 10**11)) == [(9 * 10**9, 2 * 10**10)]
