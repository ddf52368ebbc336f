"""Files that follow each other: a cursor costs so much and no more, nothing is lost or counted twice on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.store import hot, hotfiles
from hmi.store.cache import Cache
from hmi.store.folder import hot_files, next_hot_file
from hmi.store.hot import last_beat
from hmi.store.hotfiles import HotFiles
from hmi.store.hotview import HotViews
from hmi.store.unsealed import Mark
from tests.store.made import HOUR, MIDNIGHT, SECOND, TAGS, slab_of

LAG = SECOND  # of what is missing, so long before a commit some may have been made
SPAN = (MIDNIGHT, MIDNIGHT + HOUR)
NOISE = np.random.default_rng(1).normal(size=3000)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs that are long at once."""
    monkeypatch.setattr(hot, "LOG_HELD", 200_000)
    monkeypatch.setattr(hot, "_LOG_LIMIT", 50_000)
    monkeypatch.setattr(hot, "_LOG_FULL", 50_000)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[HotFiles]:
    made = HotFiles(tmp_path, TAGS)
    yield made
    made.close()


def write(files: HotFiles, count: int, hour: int = MIDNIGHT) -> list[int]:
    slabs = [(hour, slab_of((1, range(3000), NOISE)))]
    return [files.write(slabs, hour + n)[0].seq for n in range(count)]


def held(path: Path) -> sqlite3.Connection:
    """A cursor, as a shell holds it."""
    shell = sqlite3.connect(path, isolation_level=None)
    shell.execute("BEGIN")
    shell.execute("SELECT count(*) FROM second").fetchone()
    return shell


def names(folder: Path) -> list[str]:
    return [path.name for path in hot_files(folder)]


def numbers(folder: Path) -> list[int]:
    """As another process sees them."""
    with closing(HotViews(folder, Cache())) as views:
        found = views.look().seconds
        assert all(len(second.slab) for second in found)
        return [second.seq for second in found]


def replayed(folder: Path, *sealed: Mark) -> list[int]:
    """As the next start sees them."""
    with closing(HotFiles(folder, TAGS)) as again:
        found = again.replay(sealed, SPAN)
        assert found[1:] == ([], [])
        return [second.seq for second in found.seconds]


@pytest.mark.expect_log("keeps reading")
def test_a_held_log_is_left_and_removed_when_it_is_sealed(files: HotFiles, tmp_path: Path) -> None:
    first = write(files, 5)
    shell = held(tmp_path / "hot.db")
    second = write(files, 20)
    assert names(tmp_path) == ["hot.db", "hot-1.db"]
    assert files.path.name == "hot-1.db"
    assert (tmp_path / "hot.db-wal").stat().st_size < 300_000
    assert numbers(tmp_path) == first + second == list(range(1, 26))
    assert replayed(tmp_path) == list(range(1, 26))
    assert replayed(tmp_path, Mark(MIDNIGHT, 5)) == list(range(6, 26))
    assert shell.execute("SELECT count(*) FROM second").fetchone() == (5,)
    files.forget(Mark(MIDNIGHT, 5))
    files.checkpoint()
    assert names(tmp_path) == ["hot.db", "hot-1.db"]
    files.forget(Mark(MIDNIGHT, 24))
    files.checkpoint()
    assert [path.name for path in tmp_path.glob("hot*") if "hot-1" not in path.name] == []
    shell.close()
    assert numbers(tmp_path)[-1] == 25
    assert last_beat(tmp_path) == MIDNIGHT + 19


@pytest.mark.expect_log("keeps reading")
def test_every_file_that_is_held_is_left(files: HotFiles, tmp_path: Path) -> None:
    write(files, 1)
    shells = []
    for _ in range(3):
        shells.append(held(files.path))
        write(files, 12)
    assert names(tmp_path) == ["hot.db", "hot-1.db", "hot-2.db", "hot-3.db"]
    assert all(path.stat().st_size < 300_000 for path in tmp_path.glob("hot*-wal"))
    assert replayed(tmp_path) == list(range(1, 38))
    files.forget(Mark(MIDNIGHT, 37))
    files.checkpoint()
    assert names(tmp_path) == ["hot-3.db"]
    for shell in shells:
        shell.close()


@pytest.mark.expect_log("keeps reading")
def test_tags_and_numbers_go_on_in_the_file_that_follows(files: HotFiles, tmp_path: Path) -> None:
    write(files, 1)
    with closing(held(tmp_path / "hot.db")):
        write(files, 12)
    before = files.tags()
    for path in hot_files(tmp_path)[:-1]:
        hotfiles._remove(path)
    with closing(HotFiles(tmp_path, TAGS[::-1])) as again:
        assert again.tags() == before
        assert again.numbers.tolist() == files.numbers.tolist()[::-1]
        assert again.write([], MIDNIGHT) == []
    with closing(HotFiles(tmp_path, TAGS)) as again:
        assert write(again, 1) == [14]


def test_a_file_that_was_closed_and_is_held_by_somebody_is_left_to_him(tmp_path: Path) -> None:
    """Closed in good order it is no log that a reader could go on with: he would keep the next start from writing."""
    with closing(HotFiles(tmp_path, TAGS)) as first:
        write(first, 3)
    with closing(held(tmp_path / "hot.db")), closing(HotFiles(tmp_path, TAGS)) as second:
        assert [second.seq for second in second.replay([], SPAN).seconds] == [1, 2, 3]
        assert write(second, 1) == [4]
        assert names(tmp_path) == ["hot.db", "hot-1.db"]
        assert numbers(tmp_path) == [1, 2, 3, 4]
    assert replayed(tmp_path, Mark(MIDNIGHT, 3)) == [4]
    assert names(tmp_path) == ["hot-1.db"]


@pytest.mark.parametrize("tails", [("",), ("", "-wal"), ("", "-wal", "-shm")])
@pytest.mark.expect_log("keeps reading")
def test_a_kill_while_a_file_is_removed_leaves_nothing_behind(
    files: HotFiles, tmp_path: Path, tails: tuple[str, ...]
) -> None:
    write(files, 1)
    with closing(held(tmp_path / "hot.db")):
        write(files, 12)
        for tail in tails:
            (tmp_path / f"hot.db{tail}").unlink()
        assert next_hot_file(tmp_path).name == "hot-2.db"
        left = numbers(tmp_path)
        assert replayed(tmp_path, Mark(MIDNIGHT, left[0] - 1)) == left
    assert not list(tmp_path.glob("hot.db*"))


@pytest.mark.expect_log("keeps reading")
def test_a_second_that_stands_in_two_files_counts_once(files: HotFiles, tmp_path: Path) -> None:
    """As when what was saved of a damaged file was saved, and the file itself could not be put aside any more."""
    write(files, 3)
    seconds = files.replay([], SPAN).seconds
    following = hot.HotFile(next_hot_file(tmp_path), TAGS, files.tags(), 3)
    with closing(following):
        following.restore(seconds[1:], MIDNIGHT)
    assert numbers(tmp_path) == replayed(tmp_path) == [1, 2, 3]


@pytest.mark.expect_log("damaged and cannot be read")
def test_a_damaged_second_costs_itself_only_and_is_declared_once(files: HotFiles, tmp_path: Path) -> None:
    write(files, 5)
    with closing(sqlite3.connect(tmp_path / "hot.db", isolation_level=None)) as raw:
        raw.execute("UPDATE second SET at = 0 WHERE seq = 3")
    found = files.replay([], SPAN)
    assert [second.seq for second in found.seconds] == [1, 2, 4, 5]
    assert found[1:] == ([(MIDNIGHT - LAG, MIDNIGHT + 3)], [3])
    files.told(found.damaged)
    assert replayed(tmp_path) == [1, 2, 4, 5]


@pytest.mark.expect_log("damaged and cannot be read")
def test_seconds_that_are_not_there_are_told(files: HotFiles, tmp_path: Path) -> None:
    write(files, 5)
    with closing(sqlite3.connect(tmp_path / "hot.db", isolation_level=None)) as raw:
        raw.execute("DELETE FROM second WHERE seq IN (1, 2, 4)")
    assert files.replay([], SPAN).lost == [(MIDNIGHT, MIDNIGHT + 2), (MIDNIGHT - LAG, MIDNIGHT + 4)]
    assert files.replay([Mark(MIDNIGHT, 2)], SPAN).lost == [(MIDNIGHT - LAG, MIDNIGHT + 4)]
    files.close(MIDNIGHT + 5)
    with closing(sqlite3.connect(tmp_path / "hot.db", isolation_level=None)) as raw:
        raw.execute("DELETE FROM second WHERE seq = 5")
    with closing(HotFiles(tmp_path, TAGS)) as again:
        assert again.replay([Mark(MIDNIGHT, 4)], SPAN).lost == [(MIDNIGHT - LAG, MIDNIGHT + HOUR)]
