"""hot.db: commits, numbers of tags that stay, what is left after a crash, what can be saved from damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.core.tags import Tag
from hmi.store.hot import HotFile, HotView, last_beat, salvage
from hmi.store.unsealed import Mark
from tests.store.made import HOUR, MIDNIGHT, TAGS, slab_of


def hot(folder: Path, tags: list[Tag] = TAGS, after: int = 0) -> HotFile:
    return HotFile(folder / "hot.db", tags, (), after)


def write(file: HotFile, *numbers: int, hour: int = MIDNIGHT) -> list[int]:
    slabs = [(hour, slab_of((1, [MIDNIGHT + n], [float(n)]))) for n in numbers]
    return [second.seq for second in file.write(slabs, MIDNIGHT + numbers[-1])]


def test_what_is_committed_is_replayed_less_what_is_sealed(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        assert write(file, 1, 2, 3) == [1, 2, 3]
        assert write(file, 4, hour=MIDNIGHT + HOUR) == [4]
    with closing(hot(tmp_path)) as file:
        left, _ = file.replay([Mark(MIDNIGHT, 2)])
        assert [(second.seq, second.slab.value.tolist()) for second in left] == [(3, [3.0]), (4, [4.0])]
        assert last_beat(tmp_path) == MIDNIGHT + 4


def test_sealed_seconds_go_with_the_commits_that_follow_a_part_with_each(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, *range(450))
        file.forget(Mark(MIDNIGHT, 450))
        left = []
        for number in (451, 452, 453):
            write(file, number)
            left.append(len(file.replay([])[0]))
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


def test_another_process_reads_what_is_committed(tmp_path: Path) -> None:
    with closing(HotView(tmp_path)) as nothing:
        assert nothing.committed.seconds == ()
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2)
        with closing(HotView(tmp_path)) as view:
            write(file, 3)
            found = view.committed
            assert [(second.seq, second.span, second.slab.value.tolist()) for second in found.seconds] == [
                (1, (MIDNIGHT + 1, MIDNIGHT + 1), [1.0]),
                (2, (MIDNIGHT + 2, MIDNIGHT + 2), [2.0]),
            ]
            assert found.tags["a.level"] == (int(file.numbers[0]), "filler")


def test_all_or_nothing(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        other = sqlite3.connect(tmp_path / "hot.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write(file, 1, 2)
        other.execute("ROLLBACK")
        other.close()
        write(file, 3)
        assert [second.slab.value.tolist() for second in file.replay([])[0]] == [[3.0]]


def test_the_log_is_brought_in_and_cut_back(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        noise = np.random.default_rng(1).normal(size=60_000)
        for _ in range(60):
            file.write([(MIDNIGHT, slab_of((1, range(60_000), noise)))], MIDNIGHT)
        assert file.log_bytes() < 20e6
        file.checkpoint()


@pytest.mark.expect_log("damaged and cannot be read")
def test_a_damaged_second_costs_itself_only(tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2, 3)
    with closing(sqlite3.connect(tmp_path / "hot.db", isolation_level=None)) as raw:
        raw.execute("UPDATE second SET b = substr(b, 1, length(b) - 3) WHERE seq = 2")
    with closing(hot(tmp_path)) as file:
        seconds, lost = file.replay([])
        assert ([second.seq for second in seconds], len(lost)) == ([1, 3], 1)
    with closing(HotView(tmp_path)) as view:
        assert [len(second.slab) for second in view.committed.seconds] == [1, 0, 1]


def test_of_a_damaged_file_what_can_be_read_is_saved(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(size=3000)
    with closing(hot(tmp_path)) as file:
        for number in range(50):
            file.write([(MIDNIGHT, slab_of((1, range(3000), noise + number)))], MIDNIGHT)
    path = tmp_path / "hot.db"
    whole = path.read_bytes()
    middle = len(whole) // 2 // 8192 * 8192
    path.write_bytes(whole[:middle] + b"\xff" * 8192 + whole[middle + 8192 :])
    saved = salvage(path, [], [], MIDNIGHT, MIDNIGHT + 99)
    assert 30 <= len(saved.seconds) < 50
    assert [second.seq for second in saved.seconds] == sorted(second.seq for second in saved.seconds)
    assert [tag[1] for tag in saved.tags] == [tag.name for tag in TAGS]
    assert len(saved.lost) == 2  # where it is broken, and what may have come after the last one
    path.write_bytes(b"\xff" * len(whole))
    assert salvage(path, [], [], MIDNIGHT, MIDNIGHT + 99) == ([], [], [(MIDNIGHT, MIDNIGHT + 99)])


def test_a_file_that_is_older_than_the_days_gives_no_number_that_they_have_sealed(tmp_path: Path) -> None:
    """As after a restore: a value under such a number would count as sealed, and be lost."""
    with closing(hot(tmp_path)) as file:
        assert write(file, 1, 2) == [1, 2]
    with closing(hot(tmp_path, after=70)) as file:
        assert write(file, 3) == [71]
    with closing(hot(tmp_path, after=60)) as file:
        assert write(file, 4) == [72]
