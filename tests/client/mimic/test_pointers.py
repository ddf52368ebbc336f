"""Pointers in columns: where value and set-point stand, and what is asked about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.indicators import stand, track_of
from hmi.client.mimic.layout import Layout
from hmi.client.mimic.pointers import UNKNOWN, Pointers
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic.conftest import LEVEL, LEVEL_SP, Glass


@pytest.fixture
def pointers(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> Pointers:
    return Layout(detail, small_plant, glass.table, day(), (800, 400)).pointers


def look(pointers: Pointers, detail: Compiled, glass: Glass) -> tuple[int, int]:
    columns = Columns(detail)
    columns.take(glass.table)
    setpoint, value = pointers.look(columns)
    return int(setpoint[0]), int(value[0])


@pytest.mark.parametrize("value", [-10.0, 0.0, 33.3, 99.99, 250.0])
def test_a_pointer_stands_where_the_painter_puts_it(
    canvas: Any, pointers: Pointers, detail: Compiled, glass: Glass, value: float
) -> None:
    glass.set(LEVEL, value)
    glass.set(LEVEL_SP, 100 - value)
    analog = next(drawn for drawn in detail.drawn if drawn.element.symbol == "analog")
    ink, _ = canvas()
    track, upward, _ = track_of(ink, analog, next(s.options for s in analog.symbol.shapes if s.kind == "scale"))
    wanted = [stand(track, upward, analog.scale.fraction(one)) for one in (100 - value, value)]
    assert look(pointers, detail, glass) == tuple(wanted)


def test_an_unsure_set_point_is_asked_about_and_a_bad_value_has_no_pointer(
    pointers: Pointers, detail: Compiled, glass: Glass
) -> None:
    glass.set(LEVEL_SP, 50, q.UNCERTAIN)
    glass.set(LEVEL, 50, q.BAD)
    assert look(pointers, detail, glass) == (UNKNOWN, UNKNOWN)
    columns = Columns(detail)
    columns.take(glass.table)
    setpoints, questions, values = pointers.tables(pointers.look(columns), np.array([0]))
    assert [len(table[0]) for table in (setpoints, questions, values)] == [0, 1, 0]
