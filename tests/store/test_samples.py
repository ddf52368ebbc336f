"""Samples put in order: late ones, ones fetched twice, and several stretches made one."""

from __future__ import annotations

import numpy as np

from hmi.core.batch import FLAG_BACKFILLED
from hmi.core.history import Samples
from hmi.store.samples import in_order, joined, picked, told_once
from tests.store.made import bits, slab_of, texts_of


def stretch(times: list[int], values: list[float], flags: int = 0) -> Samples:
    found = slab_of((0, times, values)).samples("a", slice(0, len(times)))
    return Samples.of(
        "a",
        {
            **{n: getattr(found, n) for n in ("time", "received", "value", "raw", "quality")},
            "flags": np.full(len(times), flags, np.uint32),
        },
    )


def test_late_ones_go_to_their_time_and_those_of_one_moment_stay_as_they_came() -> None:
    slab = slab_of((0, [5, 3, 5, 4, 3], [1, 2, 3, 4, 5]))
    samples = in_order(
        Samples("a", slab.at, slab.at, slab.value, *(slab.column(n) for n in ("raw", "quality", "flags")))
    )
    assert samples.value.tolist() == [2, 5, 4, 1, 3]


def test_what_a_device_tells_twice_is_there_once() -> None:
    live, again = stretch([1, 2, 3], [1, 2, 3]), stretch([2, 3, 4], [2, 3.5, 4], FLAG_BACKFILLED)
    whole = joined("a", [live, again])
    assert whole is not None
    assert list(zip(whole.received.tolist(), whole.value.tolist(), strict=True)) == [
        (1, 1),
        (2, 2),
        (3, 3),
        (3, 3.5),
        (4, 4),
    ]
    assert told_once(whole) is whole


def test_nan_told_twice_is_one_and_minus_zero_is_not_zero() -> None:
    whole = joined("a", [stretch([1, 2], [np.nan, 0.0]), stretch([1, 2], [np.nan, -0.0])])
    assert whole is not None
    assert [row[4] for row in bits(whole)] == [
        *np.array([np.nan, 0.0, -0.0]).view(np.int64).tolist(),
    ]


def test_texts_of_several_stretches_are_compared_as_texts() -> None:
    parts = []
    for texts in (["on", "off"], ["off", "jam"]):
        batch = texts_of(0, [len(parts) + 1, len(parts) + 2], texts)
        parts.append(
            Samples.of(
                "a", {n: batch.rows[n] for n in ("time", "received", "value", "raw", "quality", "flags")}, batch.texts
            )
        )
    whole = joined("a", parts)
    assert whole is not None
    assert [whole.text(row) for row in range(len(whole))] == ["on", "off", "jam"]


def test_nothing_and_one_stretch() -> None:
    one = stretch([1], [1])
    assert (joined("a", []), joined("a", [one])) == (None, one)
    assert picked(one, slice(0, 0)).value.tolist() == []
