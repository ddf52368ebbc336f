"""Pens: their scale and what their table says."""

import math

import pytest

from hmi.client.trends.pens import Pen, can_be_drawn, narrow_scales, scale_of, share_scales
from hmi.core.tags import Tag
from hmi.core.trends import TrendPen


def tag(**more):
    return Tag(**{"index": 0, "name": "a", "connection": "c", "address": "x", "type": "float64", **more})


@pytest.mark.parametrize(
    ("more", "values", "fit", "scale"),
    [
        ({"low": 0, "high": 100}, (20, 30), False, (0, 100)),
        ({"low": 0, "high": 100}, (20, 130), False, (11.2, 138.8)),
        ({"low": 0, "high": 100}, (20, 30), True, (19.2, 30.8)),
        ({}, (20, 30), False, (19.2, 30.8)),
        ({}, (math.nan, math.nan), False, (0, 1)),
        ({}, (5, 5), False, (4.75, 5.25)),
        ({"type": "bool"}, (0, 1), True, (-0.1, 1.1)),
    ],
)
def test_a_scale_is_the_range_where_values_keep_within_it(more, values, fit, scale):
    assert scale_of(tag(**more), *values, fit) == pytest.approx(scale)


def test_what_can_be_drawn():
    assert can_be_drawn(tag())
    assert not can_be_drawn(tag(type="string"))
    assert not can_be_drawn(tag(history="off"))


def drawn(*pens):
    for pen in pens:
        pen.draw((0, 10**9), 10**9, 100, False)
    return pens


def of(name, unit="%", low=0.0, high=100.0, **setting):
    made = tag(name=name, unit=unit, low=low, high=high)
    return Pen(made, 1, setting=TrendPen(name, **setting))


def test_a_fixed_scale_stays_whatever_the_values():
    (pen,) = drawn(Pen(tag(low=0, high=100), 1, setting=TrendPen("a", low=20.0, high=30.0)))
    assert (pen.low, pen.high) == (20.0, 30.0)
    pen.fix(0.0, 5.0)
    drawn(pen)
    assert (pen.low, pen.high) == (0.0, 5.0)


def test_pens_of_one_axis_share_a_scale_and_others_do_not():
    one, other, alone = drawn(of("a", axis="x"), of("b", axis="x", high=250.0), of("c", high=9.0))
    share_scales([one, other, alone])
    assert [(pen.low, pen.high) for pen in (one, other, alone)] == [(0.0, 250.0), (0.0, 250.0), (0.0, 9.0)]


def test_pens_of_one_unit_share_a_scale_when_asked():
    one, other, alone = drawn(of("a"), of("b", high=250.0), of("c", unit="bar", high=9.0))
    share_scales([one, other, alone], by_unit=True)
    assert [pen.high for pen in (one, other, alone)] == [250.0, 250.0, 9.0]


def test_a_box_narrows_the_scales_of_lines_and_not_of_lanes():
    line, lane = drawn(of("a"), Pen(tag(type="bool"), 2, {0: "off", 1: "on"}))
    narrow_scales([line, lane], (0.25, 0.5))
    assert (line.low, line.high) == (25.0, 50.0)
    assert (lane.low, lane.high) == (-0.1, 1.1)
