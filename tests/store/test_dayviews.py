"""Day files as readers see them: kept open, found again, let go when the file is another one."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from hmi.store.cache import Cache
from hmi.store.days import Days
from hmi.store.dayviews import DayViews
from hmi.store.folder import HOT
from hmi.store.unsealed import Mark
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND
from tests.store.test_dayview import seal


def test_a_closed_day_is_opened_once_and_an_open_one_is_seen_to_grow(tmp_path: Path) -> None:
    views = DayViews(tmp_path, Cache())
    with closing(Days(tmp_path, None)) as days:
        seal(days, MIDNIGHT, 1.0, 2.0)
        seal(days, MIDNIGHT + DAY, 3.0)
        closed, growing = (views.view(span) for span in views.spans())
        assert (closed.closed, growing.closed) == (True, False)
        seal(days, MIDNIGHT + DAY + HOUR, 4.0, seq=2)
        assert [views.view(span) for span in views.spans()] == [closed, growing]
        assert views.spans()[-1].last == MIDNIGHT + DAY + HOUR
        growing.begin()
        assert (growing.last, growing.marks[-1]) == (MIDNIGHT + DAY + HOUR, Mark(MIDNIGHT + DAY + HOUR, 2))
        growing.end()
    views.close()


def test_a_file_put_in_its_place_is_another_file(tmp_path: Path) -> None:
    views = DayViews(tmp_path, Cache())
    for folder, value in ((tmp_path, 1.0), (tmp_path / "other", 2.0)):
        with closing(Days(folder, None)) as days:
            seal(days, MIDNIGHT, value)
    [span] = views.spans()
    view = views.view(span)
    assert view.samples(view.blocks("a", 0, 2**62)[0], "a").value.tolist() == [1.0]
    (tmp_path / "other" / "samples" / span.path.name).replace(span.path)
    view = views.view(views.spans()[0])
    assert view.samples(view.blocks("a", 0, 2**62)[0], "a").value.tolist() == [2.0]
    views.close()


def test_of_many_days_each_is_looked_at_after_a_few_questions(tmp_path: Path) -> None:
    views = DayViews(tmp_path, Cache())
    with closing(Days(tmp_path, None)) as days:
        for day in range(13):
            seal(days, MIDNIGHT + day * DAY, 1.0, seq=day + 1)
        (tmp_path / HOT).touch()
        later = (tmp_path / "samples").stat().st_mtime_ns + 10 * SECOND
        os.utime(tmp_path / HOT, ns=(later, later))
        known = [views.spans() for _ in range(3)]
        assert known[0] == known[1] == known[2]
        for path in [span.path for span in known[0][:-1]]:
            path.chmod(0o600)
            path.write_bytes(b"written over by somebody")  # which changes nothing about its folder
        found = [sum(span.last == span.stop_ns - 1 for span in views.spans()) for _ in range(7)]
        assert found == sorted(found)
        assert found[-1] == 12
    views.close()


def test_a_file_that_cannot_be_read_stands_for_its_own_day(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "2026-02-16.db").write_bytes(b"\xff" * 9000)
    [span] = DayViews(tmp_path, Cache()).spans()
    assert (span.first, span.last) == (MIDNIGHT, MIDNIGHT + DAY - 1)
    with pytest.raises(sqlite3.DatabaseError):
        DayViews(tmp_path, Cache()).view(span)


def test_closing_closes_what_every_thread_has_open_and_it_can_go_on(tmp_path: Path) -> None:
    views = DayViews(tmp_path, Cache())
    with closing(Days(tmp_path, None)) as days:
        seal(days, MIDNIGHT, 1.0)
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(lambda: views.view(views.spans()[0])).result(20)
        here = views.view(views.spans()[0])
        views.close()
        for view in (there, here):
            with pytest.raises(sqlite3.ProgrammingError):
                view.state("begin")
        assert len(pool.submit(lambda: views.view(views.spans()[0]).blocks("a", 0, 2**62)).result(20)) == 1
    assert len(views.view(views.spans()[0]).blocks("a", 0, 2**62)) == 1
    views.close()
