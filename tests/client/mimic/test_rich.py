"""Every symbol of the library in every state: told apart without colour, readable, and inside its own margin."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from hmi.client.mimic import rich
from hmi.client.theme import day, night
from hmi.core.screens.model import Element
from hmi.core.screens.palette import contrast
from hmi.core.screens.vocabulary import BADGE_BINDS, LIVE, SHAPES
from tests.client.mimic import gallery

READ_ON = {
    "text": ("background", "panel", "raised"),
    "value": ("background", "panel", "raised"),
    "muted": ("background", "panel", "raised"),
    "bad": ("background", "panel", "raised"),
    "accent": ("background", "panel"),
    "on_stopped": ("stopped",),
    "on_running": ("running",),
    "on_selection": ("selection",),
}
OF_MACHINES = ("manual", "interlocked", "out of service", "manual, interlocked, out of service")  # not of a pipe
LEAST_CONTRAST = 4.5
SEEN = 24  # of 255: a step of grey that the eye finds beside another
LEAST_PIXELS = 8  # that two states differ in: a letter in a badge is the least there is
Pictures = dict[str, Any]  # by state: grey levels, height and width


@pytest.fixture(scope="module")
def sheets(qapp: Any) -> dict[str, Pictures]:
    """The whole library in every state, in grey, by theme."""
    made = gallery.plant()
    glass = gallery.glass_of(made)
    walls = {theme.name: gallery.hang(made, glass, theme) for theme in (day(), night())}
    shot: dict[str, Pictures] = {theme: {} for theme in walls}
    for name, pose in gallery.poses().items():
        gallery.stand(glass, pose)
        for theme, mimic in walls.items():
            shot[theme][name] = gallery.levels(gallery.shoot(mimic))
    for mimic in walls.values():
        mimic.deleteLater()
    return shot


def outer(element: Element) -> tuple[slice, slice]:
    """Where an element and its marks may have ink."""
    left, top, right, bottom = gallery.MARGIN
    x, y = int(element.x), int(element.y)
    return (
        slice(y - top, y + int(element.height) + bottom),
        slice(x - left, x + int(element.width) + right),
    )


ELEMENTS = gallery.plant().screens["sheet"].elements
PLACED = {element.symbol: element for element in ELEMENTS}
STATEFUL = sorted(name for name in PLACED if name not in gallery.ASIDE)


def test_the_sheet_shows_every_symbol_of_the_library() -> None:
    assert sorted(PLACED) == sorted(gallery.symbols())


def test_whatever_is_bound_but_a_pipe_can_be_in_manual_interlocked_and_out_of_service() -> None:
    without = {
        symbol.id for symbol in gallery.symbols().values() if symbol.binds and not set(BADGE_BINDS) <= set(symbol.binds)
    }
    assert without == {"pipe"}


def test_every_kind_of_shape_has_a_painter_and_what_changes_is_live() -> None:
    assert set(rich.PAINTERS) <= set(SHAPES)
    assert set(rich.PAINTERS) - {"picture"} <= LIVE
    assert set(rich.PAINTERS) >= rich.STATE_KINDS | rich.HISTORY_KINDS


@pytest.mark.parametrize("name", STATEFUL)
@pytest.mark.parametrize("theme", ["day", "night"])
def test_states_are_told_apart_in_grey(sheets: dict[str, Pictures], name: str, theme: str) -> None:
    where = outer(PLACED[name])
    states = [state for state in sheets[theme] if "oos" in PLACED[name].binds or state not in OF_MACHINES]
    cut = np.stack([sheets[theme][state][where].ravel() for state in states])
    cut = cut[:, np.ptp(cut, axis=0) > SEEN]  # what is the same in all states tells none apart
    alike = [
        f"{states[one]} and {states[other]}"
        for one, other in combinations(range(len(states)), 2)
        if np.count_nonzero(np.abs(cut[one] - cut[other]) > SEEN) < LEAST_PIXELS
    ]
    assert alike == []


@pytest.mark.parametrize("name", sorted(set(PLACED) - set(STATEFUL)))
def test_what_shows_no_value_looks_the_same_whatever_the_values_are(sheets: dict[str, Pictures], name: str) -> None:
    where = outer(PLACED[name])
    assert np.array_equal(sheets["day"]["running"][where], sheets["day"]["bad"][where])
    assert np.ptp(sheets["day"]["running"][where]) > SEEN  # and there is something to be seen


@pytest.mark.parametrize("theme", [day(), night()], ids=lambda theme: theme.name)
def test_nothing_is_drawn_outside_its_margin(sheets: dict[str, Pictures], theme: Any) -> None:
    ground = gallery.levels_of_colour(theme.background)
    for state, sheet in sheets[theme.name].items():
        outside = np.ones(sheet.shape, bool)
        for element in ELEMENTS:
            outside[outer(element)] = False
        assert np.all(sheet[outside] == ground), state


@pytest.mark.parametrize("theme", [day(), night()], ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", READ_ON)
def test_words_read_on_what_they_stand_on(theme: Any, role: str) -> None:
    for ground in READ_ON[role]:
        assert contrast(getattr(theme, role), getattr(theme, ground)) >= LEAST_CONTRAST, ground


def test_words_of_symbols_use_the_colours_that_were_measured() -> None:
    for symbol in gallery.symbols().values():
        for shape in symbol.shapes:
            colour = shape.options.get("colour")
            assert colour is None or colour in READ_ON, f"{symbol.id}: {colour}"


def test_lines_and_letters_of_the_family_have_few_sizes() -> None:
    shapes = [shape for symbol in gallery.symbols().values() for shape in symbol.shapes]
    widths = {
        shape.options["width"]
        for shape in shapes
        if shape.kind in ("rect", "ellipse", "path", "glyph") and "width" in shape.options
    }
    assert widths <= {1.5, 2, 2.5, 3, 4, 5}
    sizes = {shape.options["size"] for shape in shapes if "size" in shape.options}
    assert sizes <= {18, 20, 22, 24, 26, 38, 42}
