"""hot.db: commits, numbers of tags that stay, what is left after a crash."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.core.tags import Tag
from hmi.store.cache import Cache
from hmi.store.codec_bytes import Damaged
from hmi.store.hot import HotFile, Row, last_beat
from hmi.store.hotview import HotViews
from hmi.store.unsealed import Mark
from tests.store.made import HOUR, MIDNIGHT, TAGS, slab_of


def hot(folder: Path, tags: list[Tag] = TAGS, after: int = 0) -> HotFile:
    return HotFile(folder / "hot.db", tags, (), after)


def write(file: HotFile, *numbers: int, hour: int = MIDNIGHT) -> list[int]:
    slabs = [(hour, slab_of((1, [MIDNIGHT + n], [float(n)]))) for n in numbers]
    return [second.seq for second in file.write(slabs, MIDNIGHT + numbers[-1])]


def test_what_is_committed_is_found_again(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        assert write(file, 1, 2, 3) == [1, 2, 3]
        assert write(file, 4, hour=MIDNIGHT + HOUR) == [4]
    with closing(hot(tmp_path)) as file:
        found = [row.second() for row in file.rows()]
        assert [(second.seq, second.slab.value.tolist()) for second in found[2:]] == [(3, [3.0]), (4, [4.0])]
        assert last_beat(tmp_path) == MIDNIGHT + 4


def test_sealed_seconds_go_with_the_commits_that_follow_a_part_with_each(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, *range(450))
        file.forget(Mark(MIDNIGHT, 450))
        left = []
        for number in (451, 452, 453):
            write(file, number)
            left.append(len(list(file.rows())))
        assert left == [251, 52, 3]


def test_numbers_never_change_and_are_never_given_twice(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        before = dict(zip([tag.name for tag in TAGS], file.numbers.tolist(), strict=True))
    changed = [Tag(0, "new", "c", "x", "bool"), Tag(1, "a.state", "other", "y", "string", unit="kg")]
    with closing(hot(tmp_path, changed)) as file:
        assert file.numbers.tolist()[1] == before["a.state"]
        assert file.numbers.tolist()[0] not in before.values()
        assert {row[1]: row[2] for row in file.tags()}["a.state"] == "other"


def test_a_new_file_goes_on_with_the_numbers_that_the_days_know(tmp_path: Path) -> None:
    known = [(7, "a.level", "filler", "float64", "%", "")]
    with closing(HotFile(tmp_path / "hot.db", TAGS, known, 1000)) as file:
        assert file.numbers.tolist()[0] == 7
        assert write(file, 1) == [1001]  # 1 would be taken for one that is sealed
    with closing(HotFile(tmp_path / "hot.db", TAGS, known, 5)) as file:
        assert write(file, 1) == [1002]


def test_all_or_nothing(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        other = sqlite3.connect(tmp_path / "hot.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write(file, 1, 2)
        other.execute("ROLLBACK")
        other.close()
        write(file, 3)
        assert [row.second().slab.value.tolist() for row in file.rows()] == [[3.0]]


def test_the_log_is_brought_in_and_cut_back(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        noise = np.random.default_rng(1).normal(size=60_000)
        for _ in range(60):
            file.write([(MIDNIGHT, slab_of((1, range(60_000), noise)))], MIDNIGHT)
        assert file.log_bytes() < 20e6
        file.checkpoint()


def test_every_bit_of_a_second_is_told_from_another(tmp_path: Path) -> None:
    """Its hour, times and number, too: a second that lies about them is at a wrong place, or counts as sealed."""
    with closing(hot(tmp_path)) as file:
        write(file, 1)
        [row] = file.rows()
    assert row.is_whole
    for place, column in enumerate(row):
        other = column[:-1] + bytes([column[-1] ^ 1]) if isinstance(column, bytes) else column ^ 1
        changed = Row._make([*row[:place], other, *row[place + 1 :]])
        assert not changed.is_whole
        with pytest.raises(Damaged):
            changed.second()
    assert not Row._make([*row[:5], None, *row[6:]]).is_whole


def test_another_process_leaves_out_what_is_damaged(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2, 3)
    with closing(sqlite3.connect(tmp_path / "hot.db", isolation_level=None)) as raw:
        raw.execute("UPDATE second SET b = substr(b, 1, length(b) - 3) WHERE seq = 2")
    with closing(HotViews(tmp_path, Cache())) as views:
        assert [len(second.slab) for second in views.look().seconds] == [1, 0, 1]


def test_it_says_what_of_it_is_not_sealed(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2)
        write(file, 3, hour=MIDNIGHT + HOUR)
        assert file.left() == {MIDNIGHT: 2, MIDNIGHT + HOUR: 3}
        file.forget(Mark(MIDNIGHT, 3))
        assert file.left() == {MIDNIGHT + HOUR: 3}


def test_a_file_that_is_older_than_the_days_gives_no_number_that_they_have_sealed(tmp_path: Path) -> None:
    """As after a restore: a value under such a number would count as sealed, and be lost."""
    with closing(hot(tmp_path)) as file:
        assert write(file, 1, 2) == [1, 2]
    with closing(hot(tmp_path, after=70)) as file:
        assert write(file, 3) == [71]
    with closing(hot(tmp_path, after=60)) as file:
        assert write(file, 4) == [72]
