"""Colours and fonts of the operator's glass: one calm family for day, one for night.

Colour roles, not colours, are what screens and widgets name. Alarm colours are used for alarms and nothing else, and
every text role reads at 4.5:1 or better on the surfaces it is meant for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Final

from PySide6.QtGui import QColor, QFont, QPalette

from hmi.core.plant.model import Branding

PRIORITIES: Final = (1, 2, 3, 4)
FAMILIES: Final = (
    *("DejaVu Sans", "Segoe UI", "Helvetica Neue", "Arial"),  # digits of one width in all of them
    *("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei"),  # for the letters of Chinese
)
_FAINT: Final = 0.55  # how much of a text colour is left in a disabled widget


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a display by role, as #rrggbb."""

    name: str
    background: str  # the screen itself
    panel: str  # a group of things that belong together; entry fields, tables
    raised: str  # buttons, header strips
    frame: str  # edges of panels and buttons
    grid: str  # lines of tables and trends, empty tracks of indicators
    line: str  # outlines of equipment
    text: str
    muted: str  # units, captions, descriptions
    stopped: str  # fill of equipment at rest
    running: str  # fill of equipment at work: always the brighter one
    on_stopped: str  # text on the stopped fill
    on_running: str  # text on the running fill
    contents: str  # what is in a vessel, the body of a bar
    value: str  # a live value
    normal: str  # band of the normal range
    beyond: str  # zones of a scale beyond its outer alarm limits
    selection: str  # fill of what is selected
    on_selection: str
    accent: str  # focus, set-points, links
    brand: str  # the line below the header: the plant's own accent, else that of edges
    priority1: str
    priority2: str
    priority3: str
    priority4: str
    on_priority1: str  # the number in the priority's shape
    on_priority2: str
    on_priority3: str
    on_priority4: str
    diagnostic: str
    shelved: str
    stale: str
    bad: str
    pens: tuple[str, ...]  # trend curves, told apart in greyscale too by their dash

    def colour(self, role: str) -> QColor:
        """The colour of a role; unknown roles are drawn in the text colour, so that a screen never fails on one."""
        return QColor(_colour(getattr(self, role) if role in ROLES else self.text))  # a copy: colours can be changed

    def priority(self, number: int) -> QColor:
        """The colour of alarm priority 1 to 4."""
        return self.colour(f"priority{number}" if number in PRIORITIES else "diagnostic")

    def on_priority(self, number: int) -> QColor:
        """The colour of the number inside a priority's shape."""
        return self.colour(f"on_priority{number if number in PRIORITIES else 4}")


ROLES: Final = frozenset(field.name for field in fields(Theme)) - {"name", "brand", "pens"}
ALARM_ROLES: Final = frozenset({"priority1", "priority2", "priority3", "priority4", "diagnostic"})


@cache
def _colour(text: str) -> QColor:
    return QColor(text)


@cache
def day() -> Theme:
    """Light neutral grey, for a lit control room."""
    return Theme(
        name="day",
        background="#D5D5D5",
        panel="#E6E6E6",
        raised="#F3F3F3",
        frame="#B4B4B4",
        grid="#C4C4C4",
        line="#4A4A4A",
        text="#1C1C1C",
        muted="#4D4D4D",
        stopped="#888888",
        running="#FFFFFF",
        on_stopped="#000000",
        on_running="#1C1C1C",
        contents="#8C9AA3",
        value="#00007F",
        normal="#BBE0E3",
        beyond="#A3A3A3",
        selection="#3E5C76",
        on_selection="#FFFFFF",
        accent="#33546F",
        brand="#B4B4B4",
        priority1="#E00000",
        priority2="#FFD800",
        priority3="#FF7A00",
        priority4="#B000B0",
        on_priority1="#FFFFFF",
        on_priority2="#000000",
        on_priority3="#000000",
        on_priority4="#FFFFFF",
        diagnostic="#B000B0",
        shelved="#6A6A6A",
        stale="#4D4D4D",
        bad="#9C1515",
        pens=("#00007F", "#1B6E5A", "#7A4A00", "#5A3A86", "#005C7A", "#6B1F3A", "#3F5B00", "#444444"),
    )


@cache
def night() -> Theme:
    """Dark neutral grey, for a darkened room: never black, and the running fill is still the brighter one."""
    return Theme(
        name="night",
        background="#2F3338",
        panel="#3A3F45",
        raised="#464C53",
        frame="#585F67",
        grid="#4D535A",
        line="#B9BEC4",
        text="#ECEEF0",
        muted="#C2C7CC",
        stopped="#6E757D",
        running="#E4E7EA",
        on_stopped="#FFFFFF",
        on_running="#15181B",
        contents="#7F8E99",
        value="#9CC4FF",
        normal="#3F676B",
        beyond="#6B7178",
        selection="#4A6A88",
        on_selection="#FFFFFF",
        accent="#A9C4DA",
        brand="#585F67",
        priority1="#FF5A5A",
        priority2="#FFD800",
        priority3="#FF8A1F",
        priority4="#E98BE9",
        on_priority1="#000000",
        on_priority2="#000000",
        on_priority3="#000000",
        on_priority4="#000000",
        diagnostic="#E98BE9",
        shelved="#A5ABB1",
        stale="#C2C7CC",
        bad="#FFB4AE",
        pens=("#9CC4FF", "#7FD1B9", "#E3B778", "#C3A6F0", "#7CCBE6", "#F0A3BC", "#B9D07A", "#D0D0D0"),
    )


@cache
def theme_of(name: str, branding: Branding | None = None) -> Theme:
    """The theme called `day` or `night`, day for any other name; with a plant's own accent where it has one."""
    theme = night() if name == "night" else day()
    if branding is None or not branding.accent_day:
        return theme
    own = branding.accent_night if name == "night" else branding.accent_day
    return replace(theme, accent=own, brand=own)


def font(px: float, bold: bool = False) -> QFont:
    """The one font family of the program at a height in pixels, with digits of one width."""
    made = QFont(list(FAMILIES))
    made.setStyleHint(QFont.StyleHint.SansSerif)
    made.setPixelSize(max(1, round(px)))
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def _mixed(colour: str, ground: str) -> QColor:
    one, other = QColor(colour), QColor(ground)
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return QColor(*(round(a * _FAINT + b * (1 - _FAINT)) for a, b in pairs))


def application_palette(theme: Theme) -> QPalette:
    """The palette that makes every plain widget (with the Fusion style) one family with the mimics."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.background,
        role.WindowText: theme.text,
        role.Base: theme.raised if theme.name == "day" else theme.panel,
        role.AlternateBase: theme.panel if theme.name == "day" else theme.background,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.text,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.on_selection,
        role.Accent: theme.selection,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.raised,
        role.Midlight: theme.panel,
        role.Mid: theme.frame,
        role.Dark: theme.frame,
        role.Shadow: theme.line,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, _mixed(theme.text, theme.background))
    return palette
