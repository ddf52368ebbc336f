"""Two tags joined by time with hold, against a look at every moment."""

import numpy as np
from hypothesis import given, settings

from hmi.core.held import held
from hmi.core.history import Gap
from hmi.core.pairing import paired
from tests.core.test_held import GAPS, ROWS, stood
from tests.core.test_history import samples_of


@settings(deadline=None)
@given(ROWS, ROWS, GAPS, GAPS)
def test_each_point_is_what_both_were_and_no_change_is_missed(first, second, gaps, others):
    span = (0, 62)
    pairs = paired(held(samples_of(*first), span, gaps), held(samples_of(*second), span, others))
    points = {}
    for time, x, y in zip(pairs.time.tolist(), pairs.x.tolist(), pairs.y.tolist(), strict=True):
        both = (stood(first, gaps, None, span, time), stood(second, others, None, span, time))
        points[time] = None if None in both else both
        assert (x, y) == both if points[time] else (np.isnan(x) and np.isnan(y))
    wanted, last = [], "nothing yet"
    for moment in range(62):
        both = (stood(first, gaps, None, span, moment), stood(second, others, None, span, moment))
        both = None if None in both else both
        if both != last and not (both is None and last in (None, "nothing yet")):
            wanted.append(both)
        last = both
    changes = list(points.values())
    merged = [one for place, one in enumerate(changes) if place == 0 or one != changes[place - 1]]
    if merged and merged[0] is None:
        merged = merged[1:]
    if merged and merged[-1] is None and (not wanted or wanted[-1] is not None):
        merged = merged[:-1]  # the end of sight
    assert merged == wanted


def test_a_gap_breaks_the_line():
    x = held(samples_of((0, 1.0, 0), (20, 2.0, 0)), (0, 30), [Gap(5, 10, "away")])
    y = held(samples_of((0, 7.0, 0)), (0, 30))
    pairs = paired(x, y)
    assert pairs.time.tolist() == [0, 5, 20, 30]
    assert pairs.known.tolist() == [True, False, True, False]
    assert pairs.x[[0, 2]].tolist() == [1.0, 2.0]
    assert len(paired(held(samples_of(), (0, 9)), y).known) == 1
