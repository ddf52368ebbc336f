"""What equipment is doing is told by shape, and what keeps it from doing it by a word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.client.mimic import rich_marks
from hmi.client.mimic.compile import Drawn
from hmi.client.theme import night
from hmi.core import quality as q
from hmi.core.plant import Plant
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
    ("when", "value", "quality"), [("running", 1, q.GOOD), ("stopped", 0, q.GOOD), ("unknown", 1, q.BAD)]
)
def test_a_glyph_is_drawn_in_its_state_and_in_no_other(
    glass: Glass, pump: Drawn, when: str, value: float, quality: int
) -> None:
    put(glass, "g.runs", value, quality)
    seen = {
        state: inked(drawn_by(glass, rich_marks.glyph, pump, {"d": "M 0 0 L 40 40", "by": "state", "when": state}))
        for state in ("running", "stopped", "unknown")
    }
    assert {state for state, ink in seen.items() if ink} == {when}


def test_a_solid_glyph_is_filled_in_the_colour_that_it_names(glass: Glass, pump: Drawn) -> None:
    path = {"d": "M 0 0 L 40 0 L 40 40 L 0 40 Z", "by": "state", "when": "running"}
    hollow, solid = (inked(drawn_by(glass, rich_marks.glyph, pump, {**path, "solid": on})) for on in (False, True))
    assert solid > 3 * hollow
    image = drawn_by(glass, rich_marks.glyph, pump, {**path, "solid": True, "line": "text"}, night())
    x, y = int(pump.element.x) + 20, int(pump.element.y) + 20
    assert image.pixelColor(x, y).name().upper() == night().text


def test_the_run_mark_has_a_shape_for_each_state_and_none_for_what_is_not_bound(glass: Glass, pump: Drawn) -> None:
    pictures = []
    for value, quality in ((1, q.GOOD), (0, q.GOOD), (1, q.BAD)):
        put(glass, "g.runs", value, quality)
        pictures.append(gallery.levels(drawn_by(glass, rich_marks.runmark, pump, {**BOX, "bind": "state"})) < 100)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.count_nonzero(pictures[one] != pictures[other]) > 50
    assert not inked(drawn_by(glass, rich_marks.runmark, pump, {**BOX, "bind": "nobody"}))


def test_a_question_mark_stands_where_nothing_is_known(glass: Glass, pump: Drawn) -> None:
    assert not inked(drawn_by(glass, rich_marks.unknown, pump, {**BOX, "bind": "state"}))
    put(glass, "g.runs", 1, q.BAD)
    assert inked(drawn_by(glass, rich_marks.unknown, pump, {**BOX, "bind": "state"}))
