"""What is not sealed, as another process sees it: all of it each time, though only what is new is looked at."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from hmi.core.tags import Tag
from hmi.store.cache import Cache
from hmi.store.hot import HotFile
from hmi.store.hotview import HotViews
from hmi.store.unsealed import Mark
from tests.store.made import HOUR, MIDNIGHT, TAGS
from tests.store.test_hot import hot, write
from tests.store.test_opened import files_open


@pytest.fixture
def views(tmp_path: Path) -> Iterator[HotViews]:
    with closing(HotViews(tmp_path, Cache())) as made:
        yield made


def numbers(views: HotViews, *sealed: Mark) -> list[int]:
    """Those of a question, each with the values that it was given."""
    found = views.look().less(sealed)
    assert all(second.slab.value.tolist() == [float(second.span[0] - MIDNIGHT)] for second in found.seconds)
    views.leave(sealed)
    return [second.seq for second in found.seconds]


def test_it_stands_still_until_the_question_is_answered(views: HotViews, tmp_path: Path) -> None:
    assert len(views.look().seconds) == 0
    views.leave([])
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2)
        found = views.look()
        write(file, 3)
        assert [(second.seq, second.span, second.slab.value.tolist()) for second in found.seconds] == [
            (1, (MIDNIGHT + 1, MIDNIGHT + 1), [1.0]),
            (2, (MIDNIGHT + 2, MIDNIGHT + 2), [2.0]),
        ]
        assert found.tags["a.level"] == (int(file.numbers[0]), "filler")
        views.leave([])
        assert numbers(views) == [1, 2, 3]


def test_what_was_looked_at_is_known_and_its_values_are_not_kept(views: HotViews, tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2)
        first = views.look().seconds
        assert all(len(second.slab) for second in first)
        views.leave([])
        write(file, 3)
        again = views.look().seconds
        assert [*again[:2]] == [*first]
        assert [second._slab for second in first] == [None, None]
        views.leave([])


def test_what_is_sealed_is_left_out_and_forgotten(views: HotViews, tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2)
        write(file, 3, hour=MIDNIGHT + HOUR)
        mark = Mark(MIDNIGHT, 3)
        assert numbers(views) == [1, 2, 3]
        assert numbers(views, mark) == [3]
        assert numbers(views) == [3]
        file.forget(mark)
        write(file, 4, hour=MIDNIGHT + HOUR)
        assert numbers(views, mark) == [3, 4]
        assert [second.seq for second in HotViews(tmp_path, Cache()).look().seconds] == [3, 4]


def test_a_reader_that_was_away_while_it_was_sealed_does_not_show_what_is_gone(views: HotViews, tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2)
        assert numbers(views) == [1, 2]
        file.forget(Mark(MIDNIGHT, 2))
        write(file, 3)
        assert numbers(views) == [3]


def test_seconds_that_are_put_in_under_old_numbers_and_new_tags_are_seen(views: HotViews, tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2, 3)
        two = [row.second() for row in file.rows()][1]
        file.told([2])
        assert numbers(views) == [1, 3]
        file.restore([two], MIDNIGHT)
        assert numbers(views) == [1, 2, 3]
    more = [*TAGS, Tag(3, "c.new", "filler", "q", "float64")]
    with closing(HotFile(tmp_path / "hot.db", more)):
        assert "c.new" in views.look().tags
        views.leave([])


def test_several_files_are_one_and_one_that_is_gone_is_let_go(views: HotViews, tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, 1, 2)
    with closing(HotFile(tmp_path / "hot-1.db", TAGS, (), 2)) as file:
        write(file, 3)
        assert numbers(views) == [1, 2, 3]
        (tmp_path / "hot.db").unlink()
        assert numbers(views) == [3]
        assert files_open(tmp_path / "hot.db") == []


def test_questions_about_other_times_look_into_no_second(views: HotViews, tmp_path: Path) -> None:
    with closing(hot(tmp_path)) as file:
        write(file, *range(1, 200))
        found = views.look()
        assert found.samples("a.level", 0, MIDNIGHT) is None
        assert found.before("a.level", MIDNIGHT) is None
        assert found.first_ns == MIDNIGHT + 1
        values = found.samples("a.level", MIDNIGHT + 50, MIDNIGHT + 52)
        assert values is not None
        assert values.value.tolist() == [50.0, 51.0, 52.0]
        before = found.before("a.level", MIDNIGHT + 77)
        assert before is not None
        assert before.value.tolist() == [77.0]
        assert sum(second._slab is not None for second in found.seconds) == 4
        views.leave([])


def test_every_thread_has_its_own_and_nothing_stays_open(tmp_path: Path) -> None:
    gc.disable()
    try:
        with closing(hot(tmp_path)) as file:
            write(file, 1, 2)
            views = HotViews(tmp_path, Cache())
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(numbers, views).result(20) == numbers(views) == [1, 2]
        assert files_open(tmp_path / "hot.db") != []
        del views
        assert files_open(tmp_path / "hot.db") == []
    finally:
        gc.enable()
