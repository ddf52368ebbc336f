"""Bars on their own ranges, sparklines and trend strips: where the line is, and where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from hmi.client.mimic import rich_lines
from hmi.client.mimic.compile import Drawn, Scale
from hmi.client.mimic.recent import COLUMN_NS, recent_of
from hmi.client.theme import Theme, day, night
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic import gallery
from tests.client.mimic.alone import drawn_by, put
from tests.client.mimic.conftest import Glass

COLUMN_S = COLUMN_NS / 1e9
BOX = {"x": 0, "y": 0, "w": 100, "h": 60}


@pytest.fixture
def glass(plant: Plant, qapp: Any) -> Glass:
    """A mirror in which all is good and running, and ten minutes have been seen."""
    made = gallery.glass_of(plant)
    gallery.stand(made, gallery.Pose())
    return made


def where(image: QImage, colour: str) -> tuple[Any, Any]:
    """Rows and columns of the pixels of exactly one colour."""
    level = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) & 0xFFFFFF
    return np.nonzero(level == int(colour[1:], 16))


@pytest.mark.parametrize(("value", "share"), [(2.5, 0.25), (10.0, 1.0), (40.0, 1.0)])
def test_a_meter_is_filled_by_the_range_of_its_own_tag(
    glass: Glass, sheet: dict[str, Drawn], value: float, share: float
) -> None:
    put(glass, "g.output", value)
    columns = where(drawn_by(glass, rich_lines.meter, sheet["pid"], {**BOX, "bind": "output"}), day().contents)[1]
    assert columns.max() - columns.min() == pytest.approx(100 * share, abs=4)


def test_a_meter_without_a_value_is_empty_and_without_a_sure_set_point_has_no_mark(
    glass: Glass, sheet: dict[str, Drawn]
) -> None:
    options = {**BOX, "bind": "value", "setpoint": "setpoint"}
    marked = where(drawn_by(glass, rich_lines.meter, sheet["pid"], options), day().accent)[1]
    assert np.median(marked) == pytest.approx(sheet["pid"].element.x + 66, abs=2)
    put(glass, "g.asked", 66.0, q.BAD)
    assert not len(where(drawn_by(glass, rich_lines.meter, sheet["pid"], options), day().accent)[1])
    put(glass, "g.level", 62.0, q.BAD)
    assert not len(where(drawn_by(glass, rich_lines.meter, sheet["pid"], options), day().contents)[1])


def step(glass: Glass, values: list[float], quality: int = q.GOOD) -> None:
    """A column of time with each value."""
    for value in values:
        glass.clock.advance(COLUMN_S)
        put(glass, "g.level", value, quality)
        recent_of(glass.table).beat(glass.now_ns())


def test_a_sparkline_is_broken_where_the_value_was_bad_and_ends_with_a_dot_only_where_it_is_known(
    glass: Glass, sheet: dict[str, Drawn]
) -> None:
    spark, options = sheet["kpi_trend"], {"x": 0, "y": 0, "w": 150, "h": 40, "bind": "value"}
    step(glass, [60.0] * 160)
    whole = where(drawn_by(glass, rich_lines.spark, spark, options), day().text)[1]
    step(glass, [60.0] * 60, q.BAD)
    ended = where(drawn_by(glass, rich_lines.spark, spark, options), day().text)[1]
    assert whole.max() - ended.max() == pytest.approx(60, abs=6)
    step(glass, [60.0] * 30)
    columns = np.unique(where(drawn_by(glass, rich_lines.spark, spark, options), day().text)[1])
    assert np.diff(columns).max() == pytest.approx(59, abs=4)


def test_a_sparkline_of_what_hardly_moves_is_flat(glass: Glass, sheet: dict[str, Drawn]) -> None:
    spark, options = sheet["kpi_trend"], {"x": 0, "y": 0, "w": 150, "h": 100, "bind": "value"}
    free = replace(spark, scale=Scale(0, 100))  # no normal band
    step(glass, [60.0, 60.02] * 80)
    rows = where(drawn_by(glass, rich_lines.spark, free, options), day().text)[0]
    assert rows.max() - rows.min() <= 9  # the dot at its end
    step(glass, [50.0, 70.0] * 80)
    rows = where(drawn_by(glass, rich_lines.spark, free, options), day().text)[0]
    assert rows.max() - rows.min() > 80


def test_a_slow_swing_is_drawn_as_one(glass: Glass, sheet: dict[str, Drawn]) -> None:
    spark, options = sheet["kpi_trend"], {"x": 0, "y": 0, "w": 600, "h": 40, "bind": "value"}
    step(glass, [60 + 10 * np.sin(place / 155 * np.pi) for place in range(155)])  # less than half a pixel a column
    rows, columns = where(drawn_by(glass, rich_lines.spark, replace(spark, scale=Scale(0, 100)), options), day().text)
    middle = rows[np.abs(columns - columns.mean()) < 50]
    assert np.ptp(rows) > 30
    assert middle.max() - rows.min() <= 4


def test_a_sparkline_shows_as_much_of_the_past_as_it_is_asked_for(glass: Glass, sheet: dict[str, Drawn]) -> None:
    spark, options = sheet["kpi_trend"], {"x": 0, "y": 0, "w": 120, "h": 100, "bind": "value"}
    step(glass, [20.0] + [60.0] * 45)  # a minute and a half ago
    bottoms = []
    for minutes in (1, 2):
        asked = replace(spark, element=replace(spark.element, options={"minutes": minutes}), scale=Scale(0, 100))
        rows = where(drawn_by(glass, rich_lines.spark, asked, options), day().text)[0]
        bottoms.append(int(rows.max() - rows.min()))
    assert bottoms[0] <= 9 < 80 < bottoms[1]


def test_the_first_look_at_a_value_draws_nothing_that_was_not_seen(plant: Plant, sheet: dict[str, Drawn]) -> None:
    fresh = Glass(plant, gallery.HandClock())
    put(fresh, "g.level", 60.0)
    recent_of(fresh.table).beat(fresh.now_ns())
    options = {"x": 0, "y": 0, "w": 150, "h": 40, "bind": "value"}
    columns = where(drawn_by(fresh, rich_lines.spark, sheet["kpi_trend"], options), day().text)[1]
    assert columns.min() >= sheet["kpi_trend"].element.x + 140


@pytest.mark.parametrize("theme", [day(), night()], ids=lambda theme: theme.name)
def test_the_pens_of_a_strip_are_told_apart_by_dashes_and_by_name(
    glass: Glass, sheet: dict[str, Drawn], theme: Theme
) -> None:
    strip = sheet["trend"]
    options = {"x": 0, "y": 0, "pens": ["pen1", "pen2", "pen3", "pen4"]}
    image = drawn_by(glass, rich_lines.strip, strip, options, theme)
    widths = []
    for place in range(3):
        rows, columns = where(image, theme.pens[place])
        sample = columns[columns > strip.element.x + 305]  # the key, right of the plot
        assert len(rows), place
        widths.append(len(np.unique(sample)))
    assert widths[0] > widths[1] > widths[2] > 0
    assert not len(where(image, theme.pens[3])[0])  # not bound


def test_every_pen_has_the_range_of_its_own_tag(glass: Glass, sheet: dict[str, Drawn]) -> None:
    strip = sheet["trend"]
    for _ in range(300):
        glass.clock.advance(COLUMN_S)
        put(glass, "g.asked", 25.0)
        put(glass, "g.output", 7.5)
        recent_of(glass.table).beat(glass.now_ns())
    image = drawn_by(glass, rich_lines.strip, strip, {"x": 0, "y": 0, "pens": ["pen1", "pen2", "pen3"]})
    height = strip.element.height - 1.3 * 18
    for place, share in ((1, 0.25), (2, 0.75)):
        rows, columns = where(image, day().pens[place])
        rows = rows[columns < strip.element.x + 290]
        assert np.median(rows) == pytest.approx(strip.element.y + (1 - share) * height, abs=2)
