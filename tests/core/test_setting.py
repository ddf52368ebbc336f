import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.setting import Unacceptable, acceptable, exact_value, is_exact, is_writable, with_unit
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
        (tag("bool"), True, 1.0),
        (tag("bool"), " TRUE ", 1.0),
        (tag("bool"), "0", 0.0),
        (tag("bool"), 1, 1.0),
        (tag("bool"), 0.0, 0.0),
        (tag("uint16", low=0, high=500), "12", 12.0),
        (tag("uint16", scale=0.1), "1.5", 1.5),
        (tag("string", length=4), "LOT7", "LOT7"),
        (tag("string"), 7, "7"),
        (tag("int64"), "9007199254740993", 9007199254740993),
        (tag("int64"), " -9223372036854775808 ", -(2**63)),
        (tag("uint64"), "18446744073709551615", 2**64 - 1),
        (tag("uint64"), 2**64 - 1, 2**64 - 1),
        (tag("int64"), "1e3", 1000),
        (tag("int64"), 12.0, 12),
        (tag("int64", low=0, high=2.0**53), "9007199254740992", 2**53),
        (tag("int64", scale=0.1), "1.5", 1.5),
    ],
)
def test_what_a_tag_takes(made, wanted, value):
    assert acceptable(made, wanted) == value


@pytest.mark.parametrize(
    ("made", "wanted", "says"),
    [
        (tag(low=0, high=100, unit="%"), "101", r"101 % is out of range for a.b \(0 to 100 %\)"),
        (tag(low=0), "-1", r"out of range for a.b \(0 to any\)"),
        (tag(high=5, unit="1"), "6", r"^6 is out of range for a.b \(any to 5\)"),
        (tag(), "nan", "cannot be written"),
        (tag(), "1e999", "cannot be written"),
        (tag(), "fast", "not a number"),
        (tag(), None, "not a number"),
        (tag("bool"), "2", "a.b is on or off, not '2': write on or off .or 1, 0, true, false."),
        (tag("bool"), 2, "is on or off, not 2"),
        (tag("bool"), "1.0", "is on or off"),
        (tag("bool"), math.nan, "is on or off"),
        (tag("bool"), None, "is on or off"),
        (tag(), True, "^true is no number, and a.b is float64: write a number, such as 1$"),
        (tag(), " On ", "^On is no number"),
        (tag("int32"), False, "^false is no number"),
        (tag("int64"), True, "^true is no number"),
        (tag("uint16", scale=0.1), "off", "^off is no number"),
        (tag("string"), True, "^true is not a text"),
        (tag("int32"), "1.5", "whole numbers"),
        (tag("string", length=2), "äö", "holds 2 bytes, the text has 4"),
        (tag("string"), None, "None is not a text"),
        (tag("string"), ["a"], "is not a text"),
        (tag("int64"), "9223372036854775808", "9223372036854775808 does not fit a.b, which is int64"),
        (tag("uint64"), "-1", "does not fit"),
        (tag("uint64"), "18446744073709551616", "does not fit"),
        (tag("int64"), "1.5", "whole numbers"),
        (tag("int64"), "9" * 4000, "does not fit|not a number|cannot be written"),
        (tag("int64"), "1e300", "does not fit"),
        (tag("int64", low=0, high=2.0**53, unit="1"), str(2**53 + 1), r"^9007199254740993 is out of range for a.b \("),
        (tag(), "x" * 10_000, "^'x{79}… is not a number"),
    ],
)
def test_what_it_does_not_take_is_said_with_the_reason(made, wanted, says):
    with pytest.raises(Unacceptable, match=says):
        acceptable(made, wanted)


@pytest.mark.parametrize("kind", ["int64", "uint64"])
def test_whole_numbers_of_64_bits_are_ints_and_all_others_floats(kind):
    assert type(acceptable(tag(kind), "5")) is int
    assert type(acceptable(tag("int32"), "5")) is float
    assert is_exact(tag(kind)) and not is_exact(tag(kind, scale=0.1)) and not is_exact(tag(kind, offset=1))


@given(st.integers(-(2**63), 2**64 - 1))
def test_no_digit_is_lost_on_the_way(number):
    kind = "int64" if number < 2**63 else "uint64"
    assert acceptable(tag(kind), str(number)) == acceptable(tag(kind), number) == number
    raw = number if number < 2**63 else number - 2**64
    assert exact_value(tag(kind), raw) == number
    assert with_unit(tag(kind, unit="g"), number) == f"{number} g"


def test_methods_are_written_and_never_read():
    assert [is_writable(tag(access=access)) for access in ("r", "rw", "w")] == [False, True, True]


@given(st.sampled_from(TYPES), st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.lists(st.integers())))
def test_whatever_is_asked_for_the_answer_is_a_value_in_range_or_a_reason(kind, wanted):
    made = tag(kind, low=-10, high=10)
    try:
        value = acceptable(made, wanted)
    except Unacceptable as why:
        assert str(why)
    else:
        assert isinstance(value, str) if made.is_text else math.isfinite(value) and -10 <= value <= 10
