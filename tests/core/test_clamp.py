"""Clamping: what is beyond the range is put to it, flagged, and no longer called good."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_CLAMPED, Batch
from hmi.core.clamp import ABOVE, BELOW, Clamp
from hmi.core.tags import Tag

TAGS = (
    Tag(0, "a.plain", "plc", "x", "float64", low=0, high=10),
    Tag(1, "a.both", "plc", "x", "float64", low=0, high=10, clamp="both"),
    Tag(2, "a.low", "plc", "x", "float64", low=0, high=10, clamp="low"),
    Tag(3, "a.high", "plc", "x", "float64", high=10, clamp="high"),
    Tag(4, "a.whole", "plc", "x", "int16", low=-5, high=5, scale=0.1, offset=1, clamp="both"),
    Tag(5, "a.huge", "plc", "x", "uint64", low=0, high=2.0**63, clamp="both"),
)
CLAMP = Clamp(TAGS)


def clamped(tag, value, quality=q.GOOD, flags=0, raw=0):
    batch = Batch.of([tag], [value], 1, 2, quality, flags)
    batch.rows["raw"] = raw
    row = CLAMP.apply(batch).rows[0]
    return row["value"], int(row["quality"]), int(row["flags"])


def test_only_tags_that_ask_for_it_and_only_at_their_side():
    assert clamped(0, 99.0) == (99.0, q.GOOD, 0)
    assert clamped(1, 99.0) == (10.0, ABOVE, FLAG_CLAMPED)
    assert clamped(1, -1.0) == (0.0, BELOW, FLAG_CLAMPED)
    assert clamped(2, 99.0) == (99.0, q.GOOD, 0)
    assert clamped(2, -0.1) == (0.0, BELOW, FLAG_CLAMPED)
    assert clamped(3, -99.0) == (-99.0, q.GOOD, 0)


def test_the_limits_themselves_are_good():
    assert clamped(1, 10.0) == (10.0, q.GOOD, 0)
    assert clamped(1, 0.0) == (0.0, q.GOOD, 0)


def test_infinities_are_clamped_and_no_number_stays_none():
    assert clamped(1, np.inf) == (10.0, ABOVE, FLAG_CLAMPED)
    assert clamped(1, -np.inf) == (0.0, BELOW, FLAG_CLAMPED)
    assert np.isnan(clamped(1, np.nan)[0])


def test_its_quality_is_said_as_opc_ua_says_it():
    assert (ABOVE, BELOW) == (0x40940600, 0x40940500)
    assert q.word(ABOVE) == "uncertain"
    assert q.reason(BELOW) == q.reason(q.UNCERTAIN_UNITS_EXCEEDED)


def test_a_bad_value_stays_and_an_uncertain_one_keeps_its_reason():
    assert clamped(1, 99.0, q.BAD_SENSOR_FAILURE) == (99.0, q.BAD_SENSOR_FAILURE, 0)
    assert clamped(1, 99.0, q.UNCERTAIN_LAST_USABLE) == (10.0, q.UNCERTAIN_LAST_USABLE, FLAG_CLAMPED)


def test_other_flags_stay():
    assert clamped(1, 99.0, flags=FLAG_BACKFILLED)[2] == FLAG_BACKFILLED | FLAG_CLAMPED


def test_raw_is_what_the_device_would_have_sent_for_the_limit():
    for tag, value, raw in ((4, 9.0, 40), (4, -9.0, -60), (5, 2.0**64 - 1, -(2**63))):
        batch = Batch.of([tag], [value], 1, 2)
        assert CLAMP.apply(batch).rows["raw"].tolist() == [raw]


def test_the_drivers_own_rows_are_left_alone_and_not_copied_for_nothing():
    batch = Batch.of([0, 1, 1], [99.0, 99.0, 5.0], 1, 2)
    assert CLAMP.apply(batch).rows["value"].tolist() == [99.0, 10.0, 5.0]
    assert batch.rows["value"].tolist() == [99.0, 99.0, 5.0]
    inside = Batch.of([0, 1, 1], [99.0, 9.0, 5.0], 1, 2)
    assert CLAMP.apply(inside) is inside
    assert Clamp(TAGS[:1]).apply(batch) is batch


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(), st.sampled_from([0, q.UNCERTAIN, q.BAD])), max_size=20))
def test_no_usable_value_is_beyond_a_clamped_limit_and_no_other_value_changes(found):
    tags, values, codes = (list(column) for column in zip(*found, strict=True)) if found else ([], [], [])
    batch = Batch.of(tags, values, 1, 2, np.array(codes, np.uint32))
    rows = CLAMP.apply(batch).rows
    for before, after in zip(batch.rows, rows, strict=True):
        tag, value = TAGS[after["tag"]], after["value"]
        if after["flags"] & FLAG_CLAMPED:
            assert after["quality"] >= q.UNCERTAIN and value in (tag.low, tag.high)
        else:
            assert after.tobytes() == before.tobytes()
            assert before["quality"] >= q.BAD or not (tag.clamp in ("low", "both") and value < tag.low)
            assert before["quality"] >= q.BAD or not (tag.clamp in ("high", "both") and value > tag.high)
