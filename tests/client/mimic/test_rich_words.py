"""Figures in their own units, words for numbers, choices side by side, tables of tags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from hmi.client.language import speak, texts_of
from hmi.client.mimic import rich_words
from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.ink import Ink
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from hmi.core.screens.vocabulary import MODES
from tests.client.mimic import gallery
from tests.client.mimic.alone import put
from tests.client.mimic.conftest import Glass

BOX = {"x": 0, "y": 0, "w": 200, "h": 40}


@pytest.fixture
def glass(plant: Plant, qapp: Any) -> Glass:
    """A mirror in which all is good and running."""
    made = gallery.glass_of(plant)
    gallery.stand(made, gallery.Pose())
    return made


class Told(Ink):
    """An ink that remembers what was written."""

    def __init__(self, ink: Ink) -> None:
        super().__init__(ink.painter, ink.theme, ink.scale, ink.origin, ink.table)
        self.words: list[tuple[str, str]] = []

    def write(self, area: Any, text: str, px: float, role: str, align: str = "left", bold: bool = False) -> float:
        self.words.append((text, role))
        return super().write(area, text, px, role, align, bold)


def told(glass: Glass, painter: Any, drawn: Drawn, options: dict[str, Any]) -> list[tuple[str, str]]:
    """The words that a shape writes, each with its colour role."""
    with gallery.easel(glass) as (ink, _):
        remembering = Told(ink)
        painter(remembering, drawn, options)
    return remembering.words


def with_options(drawn: Drawn, **options: Any) -> Drawn:
    return replace(drawn, element=replace(drawn.element, options={**drawn.element.options, **options}))


def test_a_figure_has_the_unit_and_decimals_of_its_own_tag(glass: Glass, sheet: dict[str, Drawn]) -> None:
    pid = sheet["pid"]
    assert told(glass, rich_words.figure, pid, {**BOX, "bind": "value"}) == [("62.0", "value"), ("%", "muted")]
    assert told(glass, rich_words.figure, pid, {**BOX, "bind": "output"}) == [("5.50", "value"), ("bar", "muted")]
    assert told(glass, rich_words.figure, pid, {**BOX, "bind": "output", "unit": False}) == [("5.50", "value")]
    assert told(glass, rich_words.figure, pid, {**BOX, "bind": "nobody"}) == []


def test_a_figure_that_is_not_known_says_so(glass: Glass, sheet: dict[str, Drawn]) -> None:
    put(glass, "g.output", 5.5, q.BAD_SENSOR_FAILURE)
    assert told(glass, rich_words.figure, sheet["pid"], {**BOX, "bind": "output"})[0] == ("????", "bad")


@pytest.mark.parametrize(
    ("value", "quality", "words"),
    [(1, q.GOOD, ("Open", "value")), (0, q.GOOD, ("Closed", "value")), (1, q.BAD, ("????", "bad"))],
)
def test_a_yes_or_no_has_two_words(
    glass: Glass, sheet: dict[str, Drawn], value: float, quality: int, words: tuple[str, str]
) -> None:
    put(glass, "g.runs", value, quality)
    options = {**BOX, "bind": "state", "on": "Open", "off": "Closed"}
    assert told(glass, rich_words.word, sheet["door"], options) == [words]


def test_the_words_of_the_element_come_first(glass: Glass, sheet: dict[str, Drawn]) -> None:
    own = with_options(sheet["door"], words={"1": "Gate up"})
    options = {**BOX, "bind": "state", "on": "Open", "off": "Closed"}
    assert told(glass, rich_words.word, own, options) == [("Gate up", "value")]
    put(glass, "g.runs", 0)
    assert told(glass, rich_words.word, own, options) == [("Closed", "value")]


@pytest.mark.parametrize(("value", "word"), [(0, "Manual"), (1, "Auto"), (2, "Maintenance"), (3, "Manual"), (8, "8")])
def test_modes_are_packmls_unless_the_element_has_its_own(
    glass: Glass, sheet: dict[str, Drawn], value: float, word: str
) -> None:
    put(glass, "o.mode", value)
    assert told(glass, rich_words.mode, sheet["status"], {**BOX, "bind": "mode"}) == [(word, "value")]
    own = with_options(sheet["status"], modes={f"{value}": "Cascade"})
    assert told(glass, rich_words.mode, own, {**BOX, "bind": "mode"}) == [("Cascade", "value")]


@pytest.mark.parametrize(
    ("value", "quality", "words"),
    [
        (0, q.GOOD, ("No fault", "muted")),
        (17, q.GOOD, ("Drive overload", "text")),
        (18, q.GOOD, ("Fault 18", "text")),
        (0, q.BAD, ("????", "bad")),
    ],
)
def test_a_fault_is_told_in_words_and_silence_is_not_health(
    glass: Glass, sheet: dict[str, Drawn], value: float, quality: int, words: tuple[str, str]
) -> None:
    put(glass, "g.fault", value, quality)
    assert told(glass, rich_words.fault, sheet["status"], {**BOX, "bind": "fault"}) == [words]


def test_a_fault_may_be_the_machines_own_text(glass: Glass, sheet: dict[str, Drawn]) -> None:
    glass.table.text[glass.table.index["g.text"]] = "Cap chute empty"
    options = {**BOX, "bind": "value"}
    assert told(glass, rich_words.fault, sheet["words"], options) == [("Cap chute empty", "text")]
    glass.table.text[glass.table.index["g.text"]] = ""
    assert told(glass, rich_words.fault, sheet["words"], options) == [("No fault", "muted")]


@pytest.mark.parametrize(("value", "quality", "present"), [(1, q.GOOD, "Auto"), (7, q.GOOD, ""), (1, q.BAD, "")])
def test_the_present_choice_alone_is_set_off(
    glass: Glass, sheet: dict[str, Drawn], value: float, quality: int, present: str
) -> None:
    put(glass, "g.choice", value, quality)
    words = told(glass, rich_words.segments, sheet["selector"], {**BOX, "bind": "value"})
    assert [word for word, _ in words] == ["Off", "Auto", "Manual"]
    assert [word for word, role in words if role == "on_selection"] == ([present] if present else [])


def test_a_table_names_each_tag_with_its_value_unit_and_quality(glass: Glass, sheet: dict[str, Drawn]) -> None:
    put(glass, "g.output", 5.5, q.UNCERTAIN_LAST_USABLE)
    rows = {"rows": ["row1", "row2", "row3", "row4", "row9"], "x": 0, "y": 0}
    table = with_options(sheet["tags"], labels=["Level of the bowl"])
    words = told(glass, rich_words.table, table, rows)
    assert [word for word, _ in words[:2]] == ["Value", "Quality"]
    told_of = ["Level of the bowl", "62.0", "%", "good", "Supply pressure", "5.50", "bar", "stale", "Runs", "Yes", ""]
    assert [word for word, _ in words[2:]] == [*told_of, "good", "Recipe", "Lemonade", "", "good"]
    assert words[2 + told_of.index("stale")][1] == "bad"


def test_the_rows_of_a_table_stay_in_its_box(glass: Glass, sheet: dict[str, Drawn]) -> None:
    table = sheet["tags"]
    with gallery.easel(glass) as (ink, image):
        rich_words.table(ink, table, {"rows": ["row1", "row2", "row3", "row4"], "x": 0, "y": 0})
    assert_inside(image, table)


def assert_inside(image: QImage, drawn: Drawn) -> None:
    rows, columns = np.nonzero(gallery.levels(image) != gallery.levels_of_colour(day().background))
    left, top, width, height = drawn.box
    assert left - 2 <= columns.min() <= columns.max() <= left + width + 2
    assert top - 2 <= rows.min() <= rows.max() <= top + height + 2


@pytest.mark.parametrize("code", ["de", "zh"])
def test_every_word_of_a_symbol_is_known_in_every_language(code: str) -> None:
    shapes = [shape for symbol in gallery.symbols().values() for shape in symbol.shapes if shape.kind == "word"]
    words = {shape.options[side] for shape in shapes for side in ("on", "off")} | set(MODES.values())
    assert words - set(texts_of(code)) == set()
    assert {"MODE", "MAN", "MNT", "LCK", "OOS", "No picture", "No fault"} <= set(texts_of(code))


def test_words_follow_the_language_of_the_window(glass: Glass, sheet: dict[str, Drawn]) -> None:
    options = {**BOX, "bind": "state", "on": "Open", "off": "Closed"}
    try:
        speak("de")
        assert told(glass, rich_words.word, sheet["door"], options) == [("Offen", "value")]
        assert told(glass, rich_words.mode, sheet["status"], {**BOX, "bind": "mode"}) == [("Automatik", "value")]
    finally:
        speak("en")
