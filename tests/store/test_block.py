"""Blocks out of seconds: one a tag and clock hour, with everything that was committed and nothing twice."""

from __future__ import annotations

import numpy as np

from hmi.core.history import Samples
from hmi.store.block import Block, blocks_of
from hmi.store.codec import constant, decode, decode_times
from hmi.store.minutes import is_odd
from hmi.store.slab import Slab
from hmi.store.summary import summarise
from hmi.store.unsealed import Second
from tests.store.made import HOUR, MIDNIGHT, SECOND, bits, rows_of, slab_of


def opened(block: Block) -> Samples:
    at = decode_times(block.stamps, block.summary.n)
    if block.data is None:
        assert block.summary.first is not None
        return constant("", at, block.summary.first)
    return decode(block.data, at, "")


def made(*seconds: Second) -> list[Block]:
    return list(blocks_of(seconds, {}, lambda: None))


def test_one_block_a_tag_and_hour_with_all_that_was_committed() -> None:
    rng = np.random.default_rng(1)
    times = np.sort(rng.integers(MIDNIGHT, MIDNIGHT + 3 * HOUR, 5000))
    owner, values = rng.integers(0, 3, 5000), rng.normal(size=5000)
    seconds = []
    for start in range(0, 5000, 100):
        part = slice(start, start + 100)
        tagged = [(tag, times[part][owner[part] == tag], values[part][owner[part] == tag]) for tag in range(3)]
        seconds.append(Second(start, MIDNIGHT, slab_of(*tagged)))
    blocks = made(*seconds)
    assert [(block.tag, block.t0 // HOUR) for block in blocks] == [
        (tag, MIDNIGHT // HOUR + hour) for tag in range(3) for hour in range(3)
    ]
    for block in blocks:
        own = (owner == block.tag) & (times // HOUR == block.t0 // HOUR)
        samples = opened(block)
        np.testing.assert_array_equal(samples.received, times[own])
        np.testing.assert_array_equal(samples.value, values[own])
        assert block.summary == summarise(samples)
        assert (block.t0, block.t1) == (times[own][0], times[own][-1])


def test_tags_that_are_read_together_share_their_times() -> None:
    times = MIDNIGHT + np.arange(100) * SECOND
    blocks = made(
        Second(
            1, MIDNIGHT, slab_of((1, times, np.arange(100)), (2, times, np.zeros(100)), (3, times + 1, np.zeros(100)))
        )
    )
    assert blocks[0].stamps is blocks[1].stamps
    assert blocks[0].stamps != blocks[2].stamps
    assert blocks[1].data is None


def test_late_and_double_values_are_put_in_order_and_told_once() -> None:
    first = slab_of((1, [MIDNIGHT + 5, MIDNIGHT + 3], [5.0, 3.0]))
    again = slab_of((1, [MIDNIGHT + 3, MIDNIGHT + 4], [3.0, 4.0]))
    [block] = made(Second(1, MIDNIGHT, first), Second(2, MIDNIGHT, again))
    assert [row[1] - MIDNIGHT for row in bits(opened(block))] == [3, 4, 5]


def test_nothing_makes_nothing() -> None:
    assert made() == []


def test_many_tags_are_worked_on_a_part_at_a_time() -> None:
    count = 700
    slabs = [
        Second(n, MIDNIGHT, slab_of(*((tag, range(n * 400, n * 400 + 400), np.full(400, tag)) for tag in range(count))))
        for n in range(2)
    ]
    pauses: list[None] = []
    blocks = list(blocks_of(slabs, {}, lambda: pauses.append(None)))
    assert [block.tag for block in blocks] == list(range(count))
    assert sum(block.summary.n for block in blocks) == 2 * 400 * count
    assert len(pauses) > 1


def test_tidy_tags_and_those_that_are_not_beside_each_other() -> None:
    """Good and in order, bad, out of order, told twice, over the end of an hour: each as if it were alone."""
    times = MIDNIGHT + np.arange(1200) * 3 * SECOND
    rng = np.random.default_rng(3)
    rows = [rows_of(tag, times + tag, rng.integers(1, 90, 1200) / 10) for tag in range(6)]
    rows[1]["quality"][7:9] = 0x80000000
    rows[2]["time"][[3, 4]] = rows[2]["received"][[3, 4]] = times[[4, 3]]
    rows[3][10] = rows[3][9]
    for name in ("time", "received"):
        rows[4][name] += HOUR // 2
    rows[5]["value"][5] = np.nan
    together = np.concatenate(rows)
    blocks = made(Second(1, MIDNIGHT, Slab.of(together["tag"], together)))
    alone = [block for own in rows for block in made(Second(1, MIDNIGHT, Slab.of(own["tag"], own)))]
    assert blocks == alone
    assert [block.tag for block in blocks] == [0, 1, 2, 3, 4, 4, 5]
    for block in blocks:
        assert block.summary == summarise(opened(block))
        assert is_odd(block.mini or b"") == (block.tag in (1, 5))
        assert block.mini is not None
