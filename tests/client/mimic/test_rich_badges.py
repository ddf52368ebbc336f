"""Badges say what is not as usual, and hide no number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from hmi.client.mimic import rich_badges
from hmi.client.mimic.compile import Drawn, compile_screen
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from hmi.core.screens.model import Shape
from tests.client.mimic import gallery
from tests.client.mimic.alone import drawn_by, inked, put
from tests.client.mimic.conftest import Glass

BOX = {"x": 0, "y": 0, "w": 60, "h": 60}


@pytest.fixture
def glass(plant: Plant, qapp: Any) -> Glass:
    """Its mirror, all good and running."""
    made = gallery.glass_of(plant)
    gallery.stand(made, gallery.Pose())
    return made


@pytest.mark.parametrize(
    ("name", "tag", "value", "quality", "sign"),
    [
        ("mode", "o.mode", 1, q.GOOD, ""),
        ("mode", "o.mode", 0, q.GOOD, "MAN"),
        ("mode", "o.mode", 2, q.GOOD, "MNT"),
        ("mode", "o.mode", 3, q.GOOD, "MAN"),
        ("mode", "o.mode", 9, q.GOOD, "9"),
        ("mode", "o.mode", 1, q.BAD_NO_COMMUNICATION, "MODE?"),
        ("interlock", "o.lock", 0, q.GOOD, ""),
        ("interlock", "o.lock", 1, q.GOOD, "LCK"),
        ("interlock", "o.lock", 0, q.BAD, "LCK?"),
        ("oos", "o.out", 1, q.GOOD, "OOS"),
        ("oos", "o.out", 0, q.BAD, "OOS?"),
    ],
)
def test_a_badge_says_what_is_not_as_usual(
    glass: Glass, pump: Drawn, name: str, tag: str, value: float, quality: int, sign: str
) -> None:
    put(glass, tag, value, quality)
    with gallery.easel(glass) as (ink, _):
        assert rich_badges.badge_sign(ink, pump, name) == sign


def test_an_element_names_its_own_modes_and_which_need_no_badge(glass: Glass, pump: Drawn) -> None:
    options = {"modes": {"4": "Cascade", "5": "Local"}, "automatic": [1, 4]}
    own = replace(pump, element=replace(pump.element, options=options))
    signs = []
    for value in (4, 5):
        put(glass, "o.mode", value)
        with gallery.easel(glass) as (ink, _):
            signs.append(rich_badges.badge_sign(ink, own, "mode"))
    assert signs == ["", "LOC"]


def test_badges_stand_inside_what_is_drawn_anew_for_the_element(glass: Glass, plant: Plant) -> None:
    for name, value in (("o.mode", 3), ("o.lock", 1), ("o.out", 1)):
        put(glass, name, value)
    wearing = [drawn for drawn in compile_screen(plant.screens["sheet"], plant).drawn if "interlock" in drawn.reads]
    with gallery.easel(glass) as (ink, image):
        for drawn in wearing:
            rich_badges.badges(ink, drawn, {"shows": ["mode", "interlock", "oos"]})
    outside = gallery.levels(image) != gallery.levels_of_colour(day().background)
    for drawn in wearing:
        left, top, width, height = (int(side) for side in drawn.box)
        around = outside[top - 4 : top + height + 4, left - 4 : left + width + 4]
        assert np.count_nonzero(around) > 200, drawn.element.symbol
        around[:] = False
    assert not outside.any()


@pytest.mark.parametrize(
    ("name", "most"),  # of the ink of a number: what the edge of a badge may touch, and what three of them must
    [("manual", 0.02), ("interlocked", 0.02), ("manual, interlocked, out of service", 0.1)],
)
def test_no_badge_hides_a_number(glass: Glass, plant: Plant, name: str, most: float) -> None:
    sheet = gallery.hang(plant, glass, day())
    before = gallery.shoot(sheet)
    gallery.stand(glass, gallery.poses()[name])
    after = gallery.shoot(sheet)
    sheet.deleteLater()
    hidden = {}
    for drawn in compile_screen(plant.screens["sheet"], plant).drawn:
        kinds = {shape.kind for shape in drawn.symbol.shapes}
        if kinds & {"value", "figure"} and "mode" not in kinds and "interlock" in drawn.reads:
            box = QRect(*(int(side) for side in drawn.box))
            one, other = (colours(picture.copy(box)) for picture in (before, after))
            digits = one == int(day().value[1:], 16)
            hidden[drawn.element.symbol] = float(np.mean(one[digits] != other[digits]))
    assert len(hidden) > 20
    assert {symbol: share for symbol, share in hidden.items() if share > most} == {}


def colours(image: QImage) -> Any:
    """The colours of a picture as numbers, by row and column."""
    made = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(made.constBits(), np.uint32).reshape(made.height(), made.width()) & 0xFFFFFF


def test_badges_do_not_lie_over_each_other(glass: Glass, plant: Plant) -> None:
    for name, value in (("o.mode", 3), ("o.lock", 1), ("o.out", 1)):
        put(glass, name, value)
    drawn_of = {drawn.element.symbol: drawn for drawn in compile_screen(plant.screens["sheet"], plant).drawn}
    for symbol in ("valve", "pump", "instrument", "agitator", "row", "machine"):
        with gallery.easel(glass) as (ink, image):
            rich_badges.badges(ink, drawn_of[symbol], {"shows": ["mode", "interlock", "oos"]})
        edges = np.count_nonzero(colours(image) == int(day().shelved[1:], 16))
        alone = 0
        for one in ("mode", "interlock", "oos"):
            with gallery.easel(glass) as (ink, image):
                rich_badges.badges(ink, drawn_of[symbol], {"shows": [one]})
            alone += np.count_nonzero(colours(image) == int(day().shelved[1:], 16))
        assert edges == pytest.approx(alone, rel=0.1), symbol


def test_badges_of_an_element_that_is_as_usual_leave_no_ink(glass: Glass, pump: Drawn) -> None:
    assert Shape("badges", {"shows": ["mode", "interlock", "oos"]}) in pump.symbol.shapes
    assert not inked(drawn_by(glass, rich_badges.badges, pump, {"shows": ["mode", "interlock", "oos"]}))
