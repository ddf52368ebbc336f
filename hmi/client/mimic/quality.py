"""How quality, age and alarms are marked on every element: by shape and text first, by colour second.

No screen can turn these marks off. All coordinates are physical pixels.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF

from hmi.client.theme import Theme, font
from hmi.core import quality as q
from hmi.core.alarms.rules import Rule
from hmi.core.tags import TagTable
from hmi.link.messages import AlarmRow

NO_VALUE: Final = "????"
ONE_LINE: Final = 46.0  # design units: lower elements are one line of text, their marks go between and beside the words
_NO_COMMUNICATION: Final = (
    q.BAD_COMMUNICATION,
    q.BAD_TIMEOUT,
    q.BAD_NO_COMMUNICATION,
    q.BAD_NOT_CONNECTED,
)
_BADGES: Final = {"shelved": "S", "suppressed": "D", "out": "O"}


class Seen(Protocol):
    """What a mimic needs of the client's mirror of the plant."""

    table: TagTable
    alarms: dict[int, AlarmRow]
    alarms_version: int
    link_down: bool
    pending: set[int]

    def age_s(self, tag: int) -> float:
        """Seconds since a tag's value came in; infinite when it never did."""

    def now_ns(self) -> int:
        """The engine's wall clock, ns UTC."""


class Mark(IntEnum):
    """How a value is marked, from harmless to worst."""

    GOOD = 0
    MANUAL = 1
    UNCERTAIN = 2
    STALE = 3
    BAD = 4
    COMM = 5


def mark_of(quality: int) -> Mark:
    """The mark that a quality is drawn with."""
    code = quality & 0xFFFF_0000
    if code in _NO_COMMUNICATION:
        return Mark.COMM
    if quality >= q.BAD:
        return Mark.BAD
    if code == q.UNCERTAIN_LAST_USABLE:
        return Mark.STALE
    if quality >= q.UNCERTAIN:
        return Mark.UNCERTAIN
    return Mark.MANUAL if code == q.GOOD_LOCAL_OVERRIDE else Mark.GOOD


def worst_mark(qualities: Collection[int]) -> Mark:
    """The worst mark of several qualities."""
    return max(map(mark_of, qualities), default=Mark.GOOD)


def age_text(seconds: float) -> str:
    """An age as short as it can be read: 12 s, 3 min, 5 h."""
    if not math.isfinite(seconds):
        return "never"
    if seconds < 100:
        return f"{int(seconds)} s"
    return f"{int(seconds / 60)} min" if seconds < 6000 else f"{int(seconds / 3600)} h"


@dataclass(frozen=True, slots=True)
class AlarmMark:
    """The alarm an element shows: the most urgent one that stands, and how it stands."""

    priority: int
    unacknowledged: bool
    active: bool
    badge: str = ""  # S, D or O when it is shelved, suppressed or out of service

    @property
    def blinks(self) -> bool:
        """Only what an operator has not yet acknowledged blinks."""
        return self.unacknowledged and not self.badge


def alarm_mark(
    rules: Collection[int], alarms: Mapping[int, AlarmRow], plant_rules: tuple[Rule, ...]
) -> AlarmMark | None:
    """The most urgent alarm among some rules; None when all is normal.

    What is shelved, suppressed or out of service comes after every alarm that is not.
    """
    marks = [_mark_of(alarms[rule], plant_rules[rule].priority) for rule in rules if is_standing(alarms.get(rule))]
    return min(marks, key=lambda mark: (bool(mark.badge), mark.priority, not mark.unacknowledged), default=None)


def is_standing(row: AlarmRow | None) -> bool:
    """Whether an alarm is anything but normal."""
    return row is not None and row.state != "normal"


def is_hidden(row: AlarmRow) -> bool:
    """Whether somebody or something keeps an alarm from calling: shelved, suppressed, out of service."""
    return any(row.state.startswith(word) for word in _BADGES)


def _mark_of(row: AlarmRow, priority: int) -> AlarmMark:
    badge = next((sign for word, sign in _BADGES.items() if row.state.startswith(word)), "")
    return AlarmMark(priority, row.state.endswith("unacknowledged"), not row.state.startswith("returned"), badge)


def pen(colour: str, theme: Theme, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen of a colour role."""
    return QPen(theme.colour(colour), width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)


def draw_quality(
    painter: QPainter,
    theme: Theme,
    box: QRectF,
    mark: Mark,
    age: str,
    scale: float,
    gap: tuple[float, float] | None = None,
) -> None:
    """The outline, hatching and badge of a value that is not simply good; the badge goes where no text is, if told."""
    width = max(1.5, 2 * scale)
    around = box.adjusted(-3 * scale, -3 * scale, 3 * scale, 3 * scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark == Mark.COMM:
        hatch = theme.colour("stale")
        hatch.setAlphaF(0.45)
        painter.fillRect(around, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        painter.setPen(pen("stale", theme, width))
        painter.drawRect(around)
    elif mark == Mark.BAD:
        painter.setPen(pen("bad", theme, width, Qt.PenStyle.DashLine))
        painter.drawRect(around)
    elif mark == Mark.STALE:
        painter.setPen(pen("stale", theme, max(1.0, 1.2 * scale), Qt.PenStyle.DashLine))
        painter.drawRect(around)
    elif mark == Mark.UNCERTAIN:
        painter.setPen(pen("stale", theme, width, Qt.PenStyle.DotLine))
        painter.drawRect(around)
    word = badge_text(mark, age)
    if not word:
        return
    if gap is not None and gap[1] - gap[0] > badge_size(painter, word, scale)[0] + 6 * scale:
        draw_badge(painter, theme, QPointF((gap[0] + gap[1]) / 2, box.center().y()), word, scale)
    else:
        draw_badge(painter, theme, QPointF(around.right(), around.bottom()), word, scale, right=True)


def widest_gap(box: QRectF, spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The widest stretch of a line of text that nothing is written on."""
    ordered = sorted(spans)
    reached = ordered[0][1] if ordered else box.left()  # what stands before the first word is a lamp or a sign
    best = (reached, reached)
    for left, right in (*ordered, (box.right(), box.right())):
        if left - reached > best[1] - best[0]:
            best = (reached, left)
        reached = max(reached, right)
    return best


def badge_size(painter: QPainter, text: str, scale: float) -> tuple[float, float]:
    """Width and height of a badge; sets the painter's font to the badge's."""
    painter.setFont(font(max(11.0, 16 * scale)))
    metrics = painter.fontMetrics()
    return metrics.horizontalAdvance(text) + 8 * scale, metrics.ascent() + 2 * scale


def badge_text(mark: Mark, age: str) -> str:
    """The few letters that tell a mark apart without colour."""
    return {Mark.COMM: "COMM", Mark.STALE: age, Mark.UNCERTAIN: "?", Mark.MANUAL: "M", Mark.BAD: ""}.get(mark, "")


def draw_badge(
    painter: QPainter,
    theme: Theme,
    at: QPointF,
    text: str,
    scale: float,
    right: bool = False,
    role: str = "stale",
    fill: str = "background",
) -> None:
    """A small label on the edge of an element, centred on `at` (or ending there)."""
    width, height = badge_size(painter, text, scale)
    left = at.x() - width if right else at.x() - width / 2
    area = QRectF(left, at.y() - height / 2, width, height)
    painter.setPen(pen(role, theme, 1.0))
    painter.setBrush(theme.colour(fill))
    painter.drawRect(area)
    painter.setPen(theme.colour(role if fill == "background" else "on_selection"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def priority_shape(priority: int, centre: QPointF, radius: float) -> QPolygonF:
    """Diamond, square, triangle up, triangle down for priorities 1 to 4: read without colour."""
    x, y, r = centre.x(), centre.y(), radius
    corners = {
        1: ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        2: ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
        3: ((0, -1.45), (1.5, 1.0), (-1.5, 1.0)),
        4: ((0, 1.45), (1.5, -1.0), (-1.5, -1.0)),
    }[priority if priority in (1, 2, 3, 4) else 4]
    return QPolygonF([QPointF(x + dx * r, y + dy * r) for dx, dy in corners])


def draw_priority(painter: QPainter, theme: Theme, priority: int, centre: QPointF, radius: float, hollow: bool) -> None:
    """A priority's shape with its number; hollow when the condition has gone but nobody has acknowledged it."""
    colour = theme.priority(priority)
    painter.setPen(QPen(theme.colour("line") if not hollow else colour, max(1.0, radius / 8)))
    painter.setBrush(theme.colour("background") if hollow else colour)
    painter.drawPolygon(priority_shape(priority, centre, radius))
    painter.setFont(font(radius * (1.35 if priority in (1, 2) else 1.2), bold=True))
    painter.setPen(theme.colour("text") if hollow else theme.on_priority(priority))
    shift = {3: 0.25, 4: -0.25}.get(priority, 0.0) * radius
    area = QRectF(centre.x() - radius, centre.y() - radius + shift, 2 * radius, 2 * radius)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(priority))


def draw_alarm(painter: QPainter, theme: Theme, box: QRectF, mark: AlarmMark, phase: bool, scale: float) -> None:
    """Border, shape and number of the alarm on an element; the border alone blinks, at 1 Hz, until acknowledged."""
    around = box.adjusted(-4 * scale, -4 * scale, 4 * scale, 4 * scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = max(8.0, 10 * scale)
    corner = QPointF(around.left(), around.top())
    if box.height() < ONE_LINE * scale:  # beside a line of text, not over its first letters
        corner = QPointF(around.left() - 0.6 * radius, box.center().y())
    if mark.badge:
        painter.setPen(pen("shelved", theme, max(1.5, 2 * scale), Qt.PenStyle.DashLine))
        painter.drawRect(around)
        draw_badge(painter, theme, corner, mark.badge, scale, role="shelved")
        return
    style = Qt.PenStyle.SolidLine if mark.active else Qt.PenStyle.DashLine
    if phase or not mark.blinks:
        painter.setPen(QPen(theme.priority(mark.priority), max(2.0, 4 * scale), style))
        painter.drawRect(around)
    draw_priority(painter, theme, mark.priority, corner, radius, not mark.active)
