"""Hours out of the files they are in: summaries where they say enough, samples where blocks overlap."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hmi.store.hours import both, exact_hour, files_of, hours_of, read_day
from hmi.store.summary import Summary, summarise
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of
from tests.store.test_rollup import DAY_NUMBER, sealed

TIMES = MIDNIGHT + np.arange(600) * 5 * SECOND
VALUES = np.random.default_rng(1).normal(size=600)


def part(t0: int, t1: int, n: int) -> tuple[float, ...]:
    return (1, 0, t0, t1, *Summary(n, n, 0, 0, 0, 1.0, 1.0, float(n), 0.0, 1.0, 1.0, 0.0, 0, 0.0, t1 - t0))  # type: ignore[return-value]


def test_exact_where_blocks_overlap_and_only_there(tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []
    later = TIMES + HOUR
    path = sealed(
        tmp_path, slab_of((1, TIMES, VALUES)), slab_of((1, TIMES[::9] + 1, VALUES[::9])), slab_of((1, later, VALUES))
    )
    _, rows = read_day(path)
    found = hours_of(rows, lambda tag, hour: asked.append((tag, hour)))  # type: ignore[func-returns-value]
    assert asked == [(1, MIDNIGHT)]
    assert [hour[:5] for hour in found] == [(1, MIDNIGHT + HOUR, later[0], later[-1], 600)]
    assert hours_of([], lambda tag, hour: None) == []


def test_exact_is_what_all_samples_of_several_files_come_to(tmp_path: Path) -> None:
    first = sealed(tmp_path, slab_of((1, TIMES[::2], VALUES[::2])))
    second = sealed(tmp_path, slab_of((1, TIMES[1::2], VALUES[1::2])), day=DAY_NUMBER + 1)
    third = sealed(tmp_path, slab_of((1, TIMES + 2 * DAY, VALUES)), day=DAY_NUMBER + 2)
    assert files_of(tmp_path, MIDNIGHT) == [first, second]
    assert files_of(tmp_path, MIDNIGHT + 2 * DAY) == [third]
    slab = slab_of((1, TIMES, VALUES))
    expected = summarise(slab.samples("a", slice(0, 600)))
    assert exact_hour([first, second], 7, "a", MIDNIGHT) == (7, MIDNIGHT, TIMES[0], TIMES[-1], *expected)
    assert exact_hour([first], 7, "nobody", MIDNIGHT) is None
    assert exact_hour([first], 7, "a", MIDNIGHT + HOUR) is None


def test_two_parts_are_one_only_where_they_follow_each_other() -> None:
    one = both(part(60, 70, 3), part(10, 50, 5))
    assert one is not None
    assert one[:5] == (1, 0, 10, 70, 8)
    assert both(part(10, 50, 5), part(50, 70, 3)) is None
