"""Boxes that share ground, against the plain comparison of each with each."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.client.mimic.overlap import clusters, pairs, ranks

PIXEL = st.integers(-20, 300)
BOXES = st.lists(st.tuples(PIXEL, PIXEL, st.integers(0, 120), st.integers(0, 200)), max_size=25).map(
    lambda rows: np.array([(x, y, x + w, y + h) for x, y, w, h in rows], np.int64).reshape(-1, 4)
)


@settings(deadline=None)
@given(BOXES)
def test_every_two_boxes_that_share_a_pixel_are_found_once(boxes: np.ndarray) -> None:
    low, high = pairs(boxes)
    wanted = [
        (i, j)
        for (i, a), (j, b) in combinations(enumerate(boxes.tolist()), 2)
        if a[0] < a[2] and a[1] < a[3] and b[0] < b[2] and b[1] < b[3]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert sorted(zip(low.tolist(), high.tolist(), strict=True)) == wanted


@settings(deadline=None)
@given(BOXES)
def test_boxes_that_are_drawn_together_are_those_that_hang_together(boxes: np.ndarray) -> None:
    low, high = pairs(boxes)
    cluster, count = clusters(len(boxes), low, high)
    wanted = list(range(len(boxes)))
    for _ in boxes:
        for one, other in zip(low.tolist(), high.tolist(), strict=True):
            wanted[one] = wanted[other] = min(wanted[one], wanted[other])
    same = [[wanted[i] == wanted[j] for j in range(len(boxes))] for i in range(len(boxes))]
    assert (cluster[:, None] == cluster[None, :]).tolist() == same
    assert count == len(set(wanted))


def test_a_box_over_one_of_a_later_kind_waits_for_the_next_round() -> None:
    low, high = np.array([0, 1, 2]), np.array([1, 2, 3])
    assert ranks(np.array([0, 2, 6, 2], np.int8), low, high).tolist() == [0, 0, 0, 1]
    assert ranks(np.array([6, 4, 2, 0], np.int8), low, high).tolist() == [0, 1, 2, 3]
    assert ranks(np.array([2, 2, 1, 1], np.int8), low, high).tolist() == [0, 0, 1, 2]  # of fills no order is kept


def test_no_boxes_no_pairs() -> None:
    low, high = pairs(np.empty((0, 4)))
    assert len(low) == len(high) == 0
    assert clusters(0, low, high)[1] == 0
