"""One day's file as readers see it: it stands still for a question, and what of it is damaged is told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from hmi.store.block import blocks_of
from hmi.store.cache import Cache
from hmi.store.days import Days, last_of
from hmi.store.dayview import DID
from hmi.store.dayviews import DayViews
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of


def seal(days: Days, start: int, *values: float, seq: int = 1) -> None:
    slab = slab_of((1, [start + n * SECOND for n in range(len(values))], values))
    hour = start // HOUR * HOUR
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
