import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.setting import Unacceptable, acceptable
from hmi.core.tags import TYPES, Tag


def tag(kind="float64", **more):
    return Tag(0, "a.b", "plc", "x", kind, **more)


@pytest.mark.parametrize(
    ("made", "wanted", "value"),
    [
        (tag(low=0, high=100), "50", 50.0),
        (tag(low=0, high=100), " 50,5 ", 50.5),
        (tag(), -3, -3.0),
        (tag("bool"), "on", 1.0),
        (tag("bool"), False, 0.0),
        (tag("uint16", low=0, high=500), "12", 12.0),
        (tag("uint16", scale=0.1), "1.5", 1.5),
        (tag("string", length=4), "LOT7", "LOT7"),
        (tag("string"), 7, "7"),
    ],
)
def test_what_a_tag_takes(made, wanted, value):
    assert acceptable(made, wanted) == value


@pytest.mark.parametrize(
    ("made", "wanted", "says"),
    [
        (tag(low=0, high=100, unit="%"), "101", r"101 % is out of range for a.b \(0 to 100 %\)"),
        (tag(low=0), "-1", "out of range"),
        (tag(), "nan", "cannot be written"),
        (tag(), "1e999", "cannot be written"),
        (tag(), "fast", "not a number"),
        (tag(), None, "not a number"),
        (tag("bool"), "2", "on or off"),
        (tag("int32"), "1.5", "whole numbers"),
        (tag("string", length=2), "äö", "holds 2 bytes, the text has 4"),
    ],
)
def test_what_it_does_not_take_is_said_with_the_reason(made, wanted, says):
    with pytest.raises(Unacceptable, match=says):
        acceptable(made, wanted)


@given(st.sampled_from(TYPES), st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.lists(st.integers())))
def test_whatever_is_asked_for_the_answer_is_a_value_in_range_or_a_reason(kind, wanted):
    made = tag(kind, low=-10, high=10)
    try:
        value = acceptable(made, wanted)
    except Unacceptable as why:
        assert str(why)
    else:
        assert isinstance(value, str) if made.is_text else math.isfinite(value) and -10 <= value <= 10
