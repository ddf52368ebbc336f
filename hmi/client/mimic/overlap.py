"""Which boxes of a screen share ground: so that what must be drawn anew together is, and nothing else."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.distinct import distinct

STRIP: Final = 64  # pixels: boxes are compared only with those of the same strip

Places = NDArray[np.intp]


def pairs(boxes: NDArray[Any]) -> tuple[Places, Places]:
    """Every two boxes (left, top, right, bottom) that share a pixel, the lower number first, in rising order."""
    boxes = np.asarray(boxes, np.int64).reshape(-1, 4)
    some = np.flatnonzero((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
    if len(some) < 2:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    first, last = boxes[some, 1] // STRIP, (boxes[some, 3] - 1) // STRIP
    count = last - first + 1
    which = np.repeat(some, count)
    strip = np.repeat(first, count) + _within(count)
    left, span = int(boxes[some, 0].min()), int(boxes[some, 2].max() - boxes[some, 0].min()) + 1
    start, stop = strip * span + boxes[which, 0] - left, strip * span + boxes[which, 2] - left
    order = np.argsort(start, kind="stable")
    which, start, stop = which[order], start[order], stop[order]
    reach = np.searchsorted(start, stop) - np.arange(len(start)) - 1
    one = np.repeat(which, reach)
    other = which[np.repeat(np.arange(len(which)), reach) + 1 + _within(reach)]
    shared = (boxes[one, 1] < boxes[other, 3]) & (boxes[other, 1] < boxes[one, 3])
    low, high = np.minimum(one, other)[shared], np.maximum(one, other)[shared]
    unique = distinct(high * len(boxes) + low)
    return unique % len(boxes), unique // len(boxes)


def _within(counts: NDArray[Any]) -> NDArray[Any]:
    """0 .. count-1 for each count, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)


def clusters(count: int, low: Places, high: Places) -> tuple[Places, int]:
    """The cluster of each of so many boxes, given the pairs that share ground, and how many clusters there are."""
    label = np.arange(count)
    while True:
        before = label.copy()
        least = np.minimum(label[low], label[high])
        np.minimum.at(label, low, least)
        np.minimum.at(label, high, least)
        label = label[label]
        if (label == before).all():
            break
    leads = np.zeros(count, bool)
    leads[label] = True
    return (np.cumsum(leads) - 1)[label], int(np.count_nonzero(leads))


def ranks(order: NDArray[np.int8], low: Places, high: Places) -> NDArray[np.intp]:
    """The round in which each box is drawn, when a round draws boxes by rising `order`: over every one below it.

    Boxes of one order are drawn in their own sequence, but for odd orders, whose sequence is not kept.
    """
    rank = np.zeros(len(order), np.intp)
    late = (order[low] > order[high]) | ((order[low] == order[high]) & (order[low] % 2 == 1))
    step = late.astype(np.intp)
    while True:  # each pass settles at least one more layer
        before = rank.copy()
        np.maximum.at(rank, high, rank[low] + step)
        if (rank == before).all():
            return rank
