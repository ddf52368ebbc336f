from __future__ import annotations

import math

import pytest

from hmi.core.properties import Properties, completed, difference, of_tag
from hmi.core.tags import Tag


def tag(kind: str = "float64", **columns) -> Tag:
    return Tag(0, "line1.level", "plc", "ns=2;s=A", kind, **columns)


def test_a_device_fills_what_the_file_leaves_empty():
    told = of_tag(tag(), (0.0, 250.0), "l")
    assert told == Properties(0.0, 250.0, "l")
    filled = completed(tag(), told)
    assert (filled.low, filled.high, filled.unit) == (0.0, 250.0, "l")
    assert completed(tag(), None) == tag()


def test_what_the_file_says_stays_and_the_difference_is_told():
    told = Properties(0.0, 250.0, "l")
    ours = tag(low=0.0, high=100.0, unit="%")
    assert completed(ours, told) == ours
    expected = "the tag list says range 0 to 100, the device 0 to 250 and unit %, the device l: the tag list is used"
    assert difference(ours, told) == expected
    half = tag(high=250.0, unit="l")
    assert completed(half, told) == half  # half a range of ours and half of theirs could be none at all
    assert difference(half, told) == difference(tag(), told) == ""


def test_a_range_is_told_in_the_tag_s_own_units_and_a_raw_unit_not_at_all():
    assert of_tag(tag("int16", scale=-0.5, offset=10.0), (0.0, 100.0), "mA") == Properties(-40.0, 10.0)


@pytest.mark.parametrize("span", [(0.0, 0.0), (5.0, 1.0), (-math.inf, 5.0), (0.0, math.nan), None])
def test_what_is_no_range_says_nothing(span):
    assert of_tag(tag(), span, "") is None


def test_names_are_for_numbers_that_stand_for_states():
    names = {0: "off", 1: "on"}
    for kind in ("bool", "uint16", "string"):
        assert of_tag(tag(kind), (0.0, 9.0) if kind != "uint16" else None, "l" if kind == "bool" else "", names) == (
            Properties(names=names)
        )
    assert of_tag(tag("float64"), None, "", names) is None
    assert of_tag(tag("uint16", scale=2.0), None, "", names) is None
