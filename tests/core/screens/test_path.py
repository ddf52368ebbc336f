"""Outlines as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.screens.path import parse_path


def test_absolute_and_relative_steps() -> None:
    assert parse_path("M 1 2 L 3 4 h 2 v -1 H 0 V 0 Z") == (
        ("M", (1, 2)),
        ("L", (3, 4)),
        ("L", (5, 4)),
        ("L", (5, 3)),
        ("L", (0, 3)),
        ("L", (0, 0)),
        ("Z", ()),
    )


def test_curves_and_repeated_pairs() -> None:
    assert parse_path("m1,1 2,2c1 0 2 1 3 3Q0 0 9 9") == (
        ("M", (1, 1)),
        ("L", (3, 3)),
        ("C", (4, 3, 5, 4, 6, 6)),
        ("Q", (0, 0, 9, 9)),
    )


def test_a_closed_part_goes_on_from_its_start() -> None:
    assert parse_path("M 5 5 l 1 0 Z l 0 1")[-1] == ("L", (5, 6))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("L 1 1", "starts with M"),
        ("M 1", "needs 2 numbers"),
        ("M 1 1 L 2 Z", "needs 2 numbers"),
        ("M 0 0 A 1 1 0 0 1 2 2", "not a path command"),
        ("M 0 0 Z 4", "command is missing"),
        ("5 5", "command is missing"),
        ("M 0 0 L ; 1", "does not belong"),
        ("M 0 0 L 1e999 1", "too big"),
    ],
)
def test_what_cannot_be_drawn_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_path(text)


@given(st.text(max_size=60))
def test_any_text_is_a_path_or_a_value_error(text: str) -> None:
    try:
        steps = parse_path(text)
    except ValueError:
        return
    assert all(command in "MLCQZ" for command, _ in steps)
