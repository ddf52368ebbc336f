"""What an element says in words."""

from __future__ import annotations

import pytest

from hmi.client.mimic import words
from hmi.client.mimic.compile import Compiled, Drawn, compile_screen
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic.conftest import DOUBLE, LEVEL, NAME, STATE, Glass


def drawn_of(compiled: Compiled, symbol: str) -> Drawn:
    return next(drawn for drawn in compiled.drawn if drawn.element.symbol == symbol)


def test_a_tooltip_tells_all_the_facts(detail: Compiled, small_plant: Plant, glass: Glass) -> None:
    glass.clock.advance(3)
    lines = words.tooltip(drawn_of(detail, "setpoint"), small_plant, glass).splitlines()
    assert lines == [
        "Bowl level set-point",
        "Tag: t.level_sp",
        "Value: 50.0 %",
        "Quality: good (good)",
        "Age: 3 s",
        "Source time: 2026-02-25 06:13:20.000 UTC",
        "Click to command t.level_sp",
    ]


def test_a_button_says_where_it_leads(small_plant: Plant, glass: Glass) -> None:
    nav = compile_screen(small_plant.screens["overview"], small_plant).drawn[0]
    assert words.tooltip(nav, small_plant, glass) == "Click to open Detail"
    assert words.name_of(nav, small_plant, glass) == "Detail, opens Detail"


def test_values_are_said_as_they_are_shown(detail: Compiled, small_plant: Plant, glass: Glass) -> None:
    tags = small_plant.tags
    assert words.value_in_words(tags[STATE], drawn_of(detail, "state"), glass) == "Execute"
    assert words.value_in_words(tags[NAME], drawn_of(detail, "textrow"), glass) == "Lemonade"
    assert words.name_of(drawn_of(detail, "pump"), small_plant, glass) == "P-1, yes"
    glass.set(LEVEL, 1, q.BAD_SENSOR_FAILURE)
    assert words.value_in_words(tags[LEVEL], drawn_of(detail, "analog"), glass) == "???? %"
    assert words.name_of(drawn_of(detail, "analog"), small_plant, glass) == "Level, ???? %, sensor failure"


@pytest.mark.parametrize(
    ("quality", "start", "inside"),
    [
        (q.GOOD, "The value is good", ""),
        (q.BAD_NO_COMMUNICATION, "Network or controller", "opc.tcp://127.0.0.1:4840"),
        (q.UNCERTAIN_LAST_USABLE, "Network or controller", "7 s"),
        (q.BAD_SENSOR_FAILURE, "Tag: sensor failure", "ns=2;s=Level"),
        (q.GOOD_LOCAL_OVERRIDE, "Controller: set by hand", "line"),
    ],
)
def test_why_a_value_is_grey(small_plant: Plant, glass: Glass, quality: int, start: str, inside: str) -> None:
    glass.set(LEVEL, 1, quality)
    glass.clock.advance(7)
    text = words.why(small_plant.tags[LEVEL], small_plant, glass)
    assert text.startswith(start)
    assert inside in text


def test_why_a_calculated_value_is_grey_and_what_a_lost_link_means(small_plant: Plant, glass: Glass) -> None:
    glass.set(DOUBLE, 1, q.BAD_OUT_OF_RANGE)
    assert words.why(small_plant.tags[DOUBLE], small_plant, glass).startswith("Calculated from other tags")
    glass.link_down = True
    assert "no link to the engine" in words.why(small_plant.tags[LEVEL], small_plant, glass)


def test_a_value_that_never_came_has_no_source_time(small_plant: Plant, glass: Glass) -> None:
    glass.table.time[LEVEL] = 0
    assert words.source_time(small_plant.tags[LEVEL], glass) == "-"
