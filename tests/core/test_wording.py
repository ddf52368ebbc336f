"""Types and values in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from hmi.core import wording


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (float, "a number"),
        (int | None, "a whole number"),
        (bool, "true or false"),
        (Annotated[float, Meta(ge=0, le=10)], "a number, at least 0, at most 10"),
        (Annotated[float, Meta(gt=0)] | None, "a number, more than 0"),
        (Annotated[str, Meta(min_length=1)], "text, not empty"),
        (Annotated[str, Meta(pattern="x", description="a word")], "a word"),
        (Literal["big", "little"], 'one of "big", "little"'),
        (tuple[float, ...], "a list of numbers"),
        (list[str], "a list of texts"),
        (tuple[Annotated[int, Meta(le=4)], ...], "a list of whole numbers, at most 4"),
        (tuple[float, float], "[a number, a number]"),
        (float | bool, "a number or true or false"),
        (dt.date, "a date"),
        (Mapping[str, Any], "a table"),
    ],
)
def test_expected(kind: Any, words: str) -> None:
    assert wording.expected(kind) == words


@pytest.mark.parametrize(
    ("kind", "default", "text"),
    [
        (Annotated[float, Meta(examples=[92.0])], 1.0, "92.0"),
        (float, 250, "250"),
        (float, None, "1.0"),
        (str, "", '"text"'),
        (Literal["big", "little"], None, '"big"'),
        (tuple[float, float], None, "[1.0, 1.0]"),
        (tuple[str, ...], (), '["text"]'),
        (bool, False, "false"),
        (dt.date, None, "2026-03-01"),
    ],
)
def test_example(kind: Any, default: Any, text: str) -> None:
    assert wording.example(kind, default) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("high", 'text "high"'),
        ("x" * 50, f'text "{"x" * 40}…"'),
        (True, "true"),
        (3.5, "3.5"),
        ([], "an empty list"),
        ([1], "a list"),
        ({}, "a table"),
        (dt.date(2026, 3, 1), "a date or time (2026-03-01)"),
    ],
)
def test_found(value: Any, words: str) -> None:
    assert wording.found(value) == words


def test_as_number_takes_a_decimal_comma_but_nothing_endless() -> None:
    assert wording.as_number(" 92,5 ") == 92.5
    assert wording.as_number("high") is None
    assert wording.as_number("inf") is None


def test_what_would_steer_a_terminal_is_written_out() -> None:
    assert wording.visible("Füller 7 µm") == "Füller 7 µm"
    told = "\x1b[2Jred\x07 \u202eltr \u200b one\ntwo \x9b1m \ud800"
    assert wording.visible(told) == r"\x1b[2Jred\x07 \u202eltr \u200b one\ntwo \x9b1m \ud800"


def test_pinpoint_names_the_place_inside_a_list() -> None:
    assert wording.pinpoint("Expected `float`, got `str` - at `$[1]`", [1, "b"]) == ("[1]", "b")
    assert wording.pinpoint("Expected `float`, got `str` - at `$[1].x`", [1, {"x": 2}]) == ("[1].x", 2)
    assert wording.pinpoint("Expected `float`, got `str`", "b") == ("", "b")
    assert wording.pinpoint("odd - at `$[9]`", [1]) == ("", [1])
