"""How long values stood, against a second-by-second look at the same samples."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.held import held
from hmi.core.history import Gap
from tests.core.test_history import samples_of

ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(-5, 5), st.sampled_from([q.GOOD, q.GOOD, q.BAD_TIMEOUT])),
    max_size=20,
    unique_by=lambda row: row[0],
)
GAPS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 15)).map(lambda g: Gap(g[0], g[0] + g[1], "away")), max_size=3
)


def stood(rows, gaps, before, span, moment):
    """What stood at a moment, looked up in the plainest way."""
    if not span[0] <= moment < span[1]:
        return None
    known = [row for row in sorted(rows) if span[0] <= row[0] <= moment]
    time, value = (known[-1][0], known[-1][1] if known[-1][2] < q.BAD else None) if known else (span[0], before)
    if any(time <= gap.from_ns <= moment for gap in gaps):
        return None
    if not known and any(gap.from_ns < span[0] < gap.to_ns for gap in gaps):
        return None
    return value


@settings(deadline=None)
@given(ROWS, GAPS, st.none() | st.integers(-5, 5), st.tuples(st.integers(0, 30), st.integers(31, 70)))
def test_every_moment_is_as_it_stood(rows, gaps, before, span):
    found = held(samples_of(*rows), span, gaps, before)
    moments = np.arange(-3, 75)
    seen = [None if np.isnan(one) else int(one) for one in found.at(moments)]
    assert seen == [stood(rows, gaps, before, span, moment) for moment in moments.tolist()]
    assert (found.stop >= found.start).all()
    assert (found.start[1:] >= found.start[:-1]).all()
    assert (found.stop[:-1][found.joined[1:]] == found.start[1:][found.joined[1:]]).all()


def test_a_gap_ends_what_stood_and_is_no_neighbour():
    found = held(samples_of((0, 1.0, 0), (10, 2.0, 0)), (0, 20), [Gap(5, 10, "away")])
    assert found.stop.tolist() == [5, 20]
    assert found.joined.tolist() == [False, False]
    assert len(held(samples_of(), (0, 20))) == 0
