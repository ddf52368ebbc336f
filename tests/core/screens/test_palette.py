"""The colours of displays, held against those that the window really paints."""

from __future__ import annotations

import pytest

from hmi.client.theme import ALARM_ROLES, ROLES, Theme, day, night
from hmi.core.screens import palette

THEMES = (day(), night())
TEXTS = sorted(palette.READS_ON)
SURFACES = sorted(ROLES - ALARM_ROLES - {role for role in ROLES if role.startswith("on_")} - set(TEXTS))


def colour(theme: Theme, role: str) -> str:
    return str(getattr(theme, role))


@pytest.mark.parametrize("role", TEXTS)
def test_the_table_of_contrasts_is_what_the_themes_have(role: str) -> None:
    reads = {
        surface
        for surface in SURFACES
        if all(palette.contrast(colour(theme, role), colour(theme, surface)) >= 4.5 for theme in THEMES)
    }
    assert {surface for surface in SURFACES if palette.reads_on(role, surface)} == reads


def test_roles_with_a_hue_are_those_of_the_themes() -> None:
    def is_hued(role: str) -> bool:
        found = [palette.colour_of(colour(theme, role)) for theme in THEMES]
        return any(one is not None and palette.chroma(one) >= palette.HUE for one in found)

    plain = {role for role in ROLES - ALARM_ROLES if not role.startswith("on_priority")}
    assert {role for role in plain if is_hued(role)} == palette.HUED


def test_alarm_colours_are_those_of_the_themes() -> None:
    wanted = {colour(theme, f"priority{number}").upper(): number for theme in THEMES for number in (1, 2, 3, 4)}
    assert wanted == palette.ALARM_COLOURS


@pytest.mark.parametrize(
    ("text", "rgb"),
    [
        ("#F00", (255, 0, 0)),
        ("#ff800080", (255, 128, 0)),
        (" Red ", (255, 0, 0)),
        ("rgb(1, 2,300)", (1, 2, 255)),
        ("rgb(100%, 0%, 50%)", (255, 0, 127)),
        ("rgba(1 2 3 / 50%)", (1, 2, 3)),
        ("hsl(120, 100%, 50%)", (0, 255, 0)),
        ("none", None),
        ("grey", None),
        ("url(#a)", None),
        ("rgb(1.2.3, 2, 3)", None),
        ("#12", None),
        ("", None),
    ],
)
def test_colours_are_read_as_drawings_write_them(text: str, rgb: tuple[int, int, int] | None) -> None:
    assert palette.colour_of(text) == rgb


@pytest.mark.parametrize(
    ("text", "priority"), [("#e00000", 1), ("red", 1), ("#fd0", 2), ("#ff8000", 3), ("#a0a0a0", 0)]
)
def test_what_could_be_taken_for_an_alarm_is_told(text: str, priority: int) -> None:
    found = palette.colour_of(text)
    assert found is not None and palette.alarm_of(found) == priority


def test_grounds_are_those_of_the_themes() -> None:
    for theme in THEMES:
        assert palette.GROUNDS[theme.name] == (theme.background, theme.panel, theme.raised)


@pytest.mark.parametrize(
    ("text", "priority"),
    [("#7A0000", 1), ("#4A4200", 2), ("#6B3A00", 3), ("#6A006A", 4), ("#5C0022", 1), ("#1D674C", 0), ("#484440", 0)],
)
def test_a_shade_of_an_alarms_hue_is_told_and_a_grey_has_none(text: str, priority: int) -> None:
    found = palette.colour_of(text)
    assert found is not None and palette.hue_of_alarm(found) == priority


def test_contrast_is_that_of_the_standard() -> None:
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
