"""Pens: their scale and what their table says."""

import math

import pytest

from hmi.client.trends.pens import MAXIMUM, MINIMUM, QUALITY, SCALE, UNIT, VALUE, Pen, PenTable, can_be_drawn, scale_of
from hmi.core.batch import Batch
from hmi.core.tags import Tag, TagTable

S = 1_000_000_000
T0 = 1_772_000_000 * S


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


def test_the_table_reads_at_a_moment(window):
    pen = Pen(tag(low=0, high=100, unit="%"), 1)
    table = TagTable([pen.tag])
    for second, value in enumerate((10.0, 90.0, 50.0)):
        table.apply(Batch.of([0], [value], T0 + second * S, T0))
        pen.series.listen(table, T0 + second * S)
    pen.draw((T0 - S, T0 + 10 * S), T0 + 5 * S, 500, False)
    model = PenTable(window.shell.desk)
    model.put([pen])
    model.read(T0 + S + S // 2)
    cells = [model.data(model.index(0, column)) for column in (VALUE, MINIMUM, MAXIMUM, UNIT, SCALE, QUALITY)]
    assert cells == ["90.0", "10.0", "90.0", "%", "0.0 to 100.0", "Good"]
    model.read(T0 + 60 * S)
    assert model.data(model.index(0, VALUE)) == "–"
    assert model.data(model.index(0, QUALITY)) == "Nothing recorded"
