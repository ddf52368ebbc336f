"""One day's file as readers see it: it stands still for a question, and what of it is damaged is told."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hmi.store.block import blocks_of
from hmi.store.cache import Cache
from hmi.store.days import Days, last_of
from hmi.store.dayview import DID, MINI, T0, T1
from hmi.store.dayviews import DayViews
from hmi.store.slab import Slab
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of


def seal(days: Days, start: int, *values: float, seq: int = 1) -> None:
    put(days, slab_of((1, [start + n * SECOND for n in range(len(values))], values)), start // HOUR * HOUR, seq)


def put(days: Days, slab: Slab, hour: int, seq: int) -> None:
    blocks = blocks_of([Second(seq, hour, slab)], {}, lambda: None)
    days.write(blocks, Mark(hour, seq), last_of(slab), [(1, "a", "c", "float64", "", "")])


def test_until_the_question_is_answered_a_file_stands_still(tmp_path: Path) -> None:
    views = DayViews(tmp_path, Cache())
    with closing(Days(tmp_path, None)) as days:
        seal(days, MIDNIGHT, 1.0)
        [span] = views.spans()
        view = views.view(span)
        view.begin()
        seal(days, MIDNIGHT + HOUR, 2.0, seq=2)
        assert len(view.blocks("a", 0, 2**62)) == 1
        view.end()
        view.begin()
        assert len(view.blocks("a", 0, 2**62)) == 2
        view.end()
    views.close()


def test_the_newest_value_before_a_moment_is_found_under_blocks_that_overlap(tmp_path: Path) -> None:
    views = DayViews(tmp_path, Cache())
    with closing(Days(tmp_path, last_of(slab_of((1, [MIDNIGHT - DAY], [9.0]))))) as days:
        seal(days, MIDNIGHT + 10 * SECOND, *[1.0] * 100)
        seal(days, MIDNIGHT + 50 * SECOND, 5.0, seq=2)
        view = views.view(views.spans()[0])
        view.begin()
        found = {when: view.before("a", MIDNIGHT + when * SECOND) for when in (5, 50, 80)}
        assert {when: sample and sample.value.tolist() for when, sample in found.items()} == {
            5: [9.0],
            50: [5.0],
            80: [1.0],
        }
        assert view.before("a", MIDNIGHT - 2 * DAY) is None
        assert view.before("no.such", MIDNIGHT) is None
        view.end()
    views.close()


def test_values_that_are_missing_from_a_file_are_damage(tmp_path: Path) -> None:
    with closing(Days(tmp_path, None)) as days:
        seal(days, MIDNIGHT, 1.0, 2.0)
    views = DayViews(tmp_path, Cache())
    view = views.view(views.spans()[0])
    [row] = view.blocks("a", 0, 2**62)
    assert len(view.samples((*row[:DID], 99, *row[DID + 1 :]), "a")) == 0
    [gap] = view.unread("a")
    assert (gap.from_ns, gap.to_ns) == (row[0], row[1] + 1)
    assert "not in the file" in gap.reason
    views.close()


@pytest.mark.parametrize("late", [False, True])
def test_what_was_held_is_told_as_the_newest_sample_says_it(tmp_path: Path, late: bool) -> None:
    """At any moment, whether a block's row says it or its samples must: also of a bad one, a hole and a zero."""
    views = DayViews(tmp_path, Cache())
    bad = slab_of((1, [MIDNIGHT + 2 * HOUR + n * SECOND for n in range(4)], [7.0, 8.0, 9.0, 10.0]))
    with closing(Days(tmp_path, last_of(slab_of((1, [MIDNIGHT - DAY], [9.0]))))) as days:
        seal(days, MIDNIGHT, 1.0, 2.0, -0.0)
        seal(days, MIDNIGHT + HOUR, 3.0, float("nan"), seq=2)
        quality = np.array([0, 0x80000000, 0, 0x40000000], np.uint32)
        put(days, replace(bad, quality=quality), MIDNIGHT + 2 * HOUR, 3)
        seal(days, MIDNIGHT + 3 * HOUR, 4.0, 4.0, 4.0, seq=4)
        if late:
            seal(days, MIDNIGHT + 1 * SECOND, 6.0, seq=5)
        view = views.view(views.spans()[0])
        view.begin()
        assert bool(view.late) == late
        for hour in (-30, 0, 1, 2, 3, 4):
            for second in (-1, 0, 1, 2, 3, 4):
                when = MIDNIGHT + hour * HOUR + second * SECOND
                held, sample = view.held("a", when), view.before("a", when)
                assert (held is None) == (sample is None)
                if held is not None and sample is not None:
                    assert (held.at[-1], held.quality[-1]) == (sample.at[-1], sample.quality[-1])
                    assert held.value[-1:].tobytes() == sample.value[-1:].tobytes() or np.isnan(sample.value[-1])
        assert view.held("no.such", MIDNIGHT) is None
        view.end()
    views.close()


def test_outlines_are_the_first_columns_of_blocks(tmp_path: Path) -> None:
    views = DayViews(tmp_path, Cache())
    with closing(Days(tmp_path, None)) as days:
        seal(days, MIDNIGHT, *[1.5] * 3600)
        view = views.view(views.spans()[0])
        for _ in range(2):  # read, then as they are kept
            [row], [outline] = (view.blocks("a", 0, 2**62, outlines=outlines) for outlines in (False, True))
            assert [outline[which] for which in (T0, T1, MINI)] == [row[which] for which in (T0, T1, MINI)]
            assert outline[MINI] is not None
        seal(days, MIDNIGHT + HOUR, 1.0, 2.0, seq=2)  # too few for minutes
        view.begin()
        both = [view.blocks("a", 0, 2**62, outlines=outlines) for outlines in (True, False)]
        assert [row[: MINI + 1] for row in both[0]] == [row[: MINI + 1] for row in both[1]]
        assert [row[MINI] is None for row in both[0]] == [False, True]
        view.end()
    views.close()
