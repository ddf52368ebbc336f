"""A screen as columns."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.client.mimic.compile import Compiled, Reading, Scale, compile_screen, compiled_of, default_decimals
from hmi.core import quality as q
from hmi.core.plant import Plant
from hmi.core.tags import Tag, TagTable
from hmi.plantfiles.folder import find_plant, load_folder


def by_symbol(compiled: Compiled, symbol: str) -> int:
    return next(i for i, drawn in enumerate(compiled.drawn) if drawn.element.symbol == symbol)


def test_every_tag_and_expression_has_its_place_in_the_columns(detail: Compiled) -> None:
    assert detail.tags.tolist() == sorted({tag for drawn in detail.drawn for tag in drawn.tags})
    readings = [reading for drawn in detail.drawn for reading in drawn.reads.values()]
    for reading in readings:
        if reading.tag is not None:
            assert detail.tags[detail.place(reading)] == reading.tag
    expressions = [reading for reading in readings if reading.tag is None]
    assert [detail.place(reading) for reading in expressions] == [len(detail.tags) + i for i in range(len(expressions))]
    assert detail.places([0, 2]) == [0, 2]


def test_the_draw_list_of_a_screen_is_kept_for_the_next_time(small_plant: Plant) -> None:
    screen = small_plant.screens["detail"]
    assert compiled_of(screen, small_plant) is compiled_of(screen, small_plant)
    assert compiled_of(screen, small_plant) is not compiled_of(small_plant.screens["overview"], small_plant)


def test_series_and_expressions_are_watched_too(detail: Compiled) -> None:
    assert detail.drawn[by_symbol(detail, "heads")].series == (5, 6)
    assert detail.drawn[by_symbol(detail, "pipe")].tags == (0,)


def test_a_scale_takes_range_and_limits_from_tag_and_alarms(detail: Compiled) -> None:
    scale = detail.drawn[by_symbol(detail, "analog")].scale
    assert (scale.low, scale.high) == (0.0, 100.0)
    assert set(scale.limits) == {("level_hh", 90.0), ("level_h", 80.0)}
    assert scale.normal == (0.0, 80.0)
    assert [scale.fraction(value) for value in (-5, 25, 500)] == [0.0, 0.25, 1.0]
    assert Scale(5, 5).fraction(5) == 0.0


def test_an_element_without_bindings_is_not_live(detail: Compiled) -> None:
    assert not detail.drawn[by_symbol(detail, "group")].live


def test_a_navigation_button_gathers_the_alarms_of_its_screen(small_plant: Plant) -> None:
    compiled = compile_screen(small_plant.screens["overview"], small_plant)
    assert compiled.drawn[0].gathers
    assert set(compiled.drawn[0].rules) == {0, 1}
    assert compiled.by_rule == {0: [0], 1: [0]}


def test_the_set_point_does_not_decide_how_a_value_is_marked(detail: Compiled) -> None:
    analog = detail.drawn[by_symbol(detail, "analog")]
    assert analog.tags == (0, 1)
    assert analog.marked == (0,)


def test_a_reading_that_cannot_be_calculated_is_bad(small_plant: Plant) -> None:
    value, quality = Reading((0,), None).value(TagTable(small_plant.tags))
    assert np.isnan(value)
    assert quality == q.BAD_CONFIGURATION


@pytest.mark.parametrize(
    ("type_", "low", "high", "decimals"),
    [
        ("float64", 0, 27000, 0),
        ("float64", 0, 100, 1),
        ("float64", 0, 6, 2),
        ("int32", 0, 17, 0),
        ("bool", None, None, 0),
    ],
)
def test_decimals_follow_the_range(type_: str, low: float | None, high: float | None, decimals: int) -> None:
    tag = Tag(0, "a.b", "line", "x", type_, low=low, high=high)
    assert default_decimals(tag, Scale(low or 0, high or 100)) == decimals


def test_what_is_drawn_along_points_stands_where_they_lead(detail: Compiled) -> None:
    x, y, width, height = detail.drawn[by_symbol(detail, "pipe")].box
    assert (x, y, width, height) == (592.0, 62.0, 166.0, 206.0)


def test_every_alarm_of_the_demo_plant_shows_on_the_screen_that_it_names() -> None:
    plant = load_folder(find_plant("bottling"))
    shown = {
        name: {rule for drawn in compile_screen(screen, plant).drawn if not drawn.gathers for rule in drawn.rules}
        for name, screen in plant.screens.items()
    }
    assert [rule.id for rule in plant.rules if rule.screen and rule.index not in shown[rule.screen]] == []
