"""Bars in columns, against the gauge the painter fills."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.gauges import Bars
from hmi.client.mimic.indicators import filled_part, frame_of
from hmi.client.mimic.layout import Layout
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic.conftest import HEAD1, HEAD2, Glass


@pytest.fixture
def bars(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> Bars:
    return Layout(detail, small_plant, glass.table, day(), (800, 400)).bars


def look(bars: Bars, detail: Compiled, glass: Glass) -> Any:
    columns = Columns(detail)
    columns.take(glass.table)
    return bars.look(columns)


@pytest.mark.parametrize("value", [480.0, 490.0, 503.7, 520.0, 700.0, -5.0])
def test_a_bar_is_as_long_as_the_painter_makes_it(
    canvas: Any, bars: Bars, detail: Compiled, glass: Glass, value: float
) -> None:
    glass.set(HEAD1, value)
    now = look(bars, detail, glass)
    heads = next(drawn for drawn in detail.drawn if drawn.element.symbol == "heads")
    ink, _ = canvas()
    slot = frame_of(ink, heads, next(s.options for s in heads.symbol.shapes if s.kind == "heads"))[1]
    wanted = filled_part(slot, True, heads.scale.fraction(value)).height()
    inside = 490 <= value <= 510
    role = bars.roles.index("contents" if inside else "text")
    boxes = bars.boxes(now, np.array([0]), role)
    assert boxes[0, 3] == wanted
    assert boxes[0, 1] + boxes[0, 3] == slot.top() + slot.height()
    assert len(bars.boxes(now, np.array([0]), 1 - role)) == 0


def test_what_is_not_known_is_crossed_out(bars: Bars, detail: Compiled, glass: Glass) -> None:
    glass.set(HEAD2, 505, q.BAD_SENSOR_FAILURE)
    now = look(bars, detail, glass)
    both = np.array([0, 1])
    assert now[1] < 0 <= now[0]
    x, *_ = bars.crosses(now, both)
    assert x.tolist() == [bars.box[1, 0] - 2]
    assert sum(len(bars.boxes(now, both, role)) for role in range(len(bars.roles))) == 1
