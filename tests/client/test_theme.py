"""Contrast and palette of the two themes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPalette

from hmi.client.theme import (
    ALARM_ROLES,
    PRIORITIES,
    ROLES,
    Theme,
    application_palette,
    day,
    font,
    night,
    theme_of,
)
from hmi.core.plant.model import Branding
from hmi.core.screens.palette import contrast, luminance

THEMES = (day(), night())
SURFACES = ("background", "panel", "raised")
TEXTS = ("text", "muted", "value", "bad", "stale", "accent")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("role", TEXTS)
def test_text_reads_on_every_surface(theme: Theme, surface: str, role: str) -> None:
    assert contrast(getattr(theme, role), getattr(theme, surface)) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_reads_on_fills_selection_and_priorities(theme: Theme) -> None:
    pairs = [("on_stopped", "stopped"), ("on_running", "running"), ("on_selection", "selection")]
    pairs += [(f"on_priority{number}", f"priority{number}") for number in PRIORITIES]
    for text, ground in pairs:
        assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5, (text, ground)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_running_is_the_brighter_fill_and_told_apart_in_grey(theme: Theme) -> None:
    assert luminance(theme.running) > luminance(theme.stopped)
    assert contrast(theme.running, theme.stopped) >= 3.0


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_trend_pens_stand_out_from_their_ground(theme: Theme) -> None:
    assert len(set(theme.pens)) == 8
    assert min(contrast(pen, theme.raised) for pen in theme.pens) >= 3.0


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_background_is_neutral_and_neither_black_nor_white(theme: Theme) -> None:
    colour = QColor(theme.background)
    assert colour.hslSaturationF() < 0.1
    assert 0.02 < luminance(theme.background) < 0.8


def test_alarm_colours_are_used_for_nothing_else() -> None:
    for theme in THEMES:
        alarm = {getattr(theme, role) for role in ALARM_ROLES}
        others = {getattr(theme, role) for role in ROLES - ALARM_ROLES}
        assert not alarm & others


def test_an_unknown_role_is_drawn_as_text_rather_than_failing() -> None:
    assert day().colour("nonsense") == QColor(day().text)
    assert day().priority(9) == QColor(day().diagnostic)


def test_theme_by_name() -> None:
    assert theme_of("night") is night()
    assert theme_of("day") is day()
    assert theme_of("?") is day()


def test_digits_have_one_width(qapp: object) -> None:
    metrics = QFontMetricsF(font(20))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
    assert QFontInfo(font(20, bold=True)).bold()


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_palette_texts_read_on_their_grounds(theme: Theme, qapp: object) -> None:
    palette = application_palette(theme)
    role = QPalette.ColorRole
    pairs = [
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.HighlightedText, role.Highlight),
        (role.ToolTipText, role.ToolTipBase),
    ]
    for text, ground in pairs:
        assert contrast(palette.color(text).name(), palette.color(ground).name()) >= 4.5


def test_a_plants_accent_takes_the_place_of_the_themes_and_nothing_else_does() -> None:
    own = Branding("#1D674C", "#8FD8B8")
    for theme, colour in zip(THEMES, ("#1D674C", "#8FD8B8"), strict=True):
        assert theme_of(theme.name, own) == replace(theme, accent=colour, brand=colour)
        assert theme_of(theme.name, Branding()) == theme
        assert theme.brand == theme.frame
