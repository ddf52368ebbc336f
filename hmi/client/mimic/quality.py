"""How quality, age and alarms are marked on every element: by shape and text first, by colour second.

No screen can turn these marks off. All coordinates are physical pixels.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QPainter, QPen, QPolygonF

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
_LIMITS: Final = {0x0100: "MIN", 0x0200: "MAX"}  # OPC UA Part 4, 7.39: the limit bits of a data value
_LIMIT_BITS: Final = 0x0300
_BADGES: Final = {"shelved": "S", "suppressed": "D", "out": "O"}


class Seen(Protocol):
    """What a mimic needs of the client's mirror of the plant."""

    table: TagTable
    alarms_version: int
    link_down: bool
    pending: set[int]

    @property
    def alarms(self) -> Mapping[int, AlarmRow]:
        """The alarms that are not normal, by rule."""

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


def marks_of(qualities: NDArray[np.uint32]) -> NDArray[np.int8]:
    """The marks of many qualities, as `mark_of` would say."""
    code = qualities & np.uint32(0xFFFF_0000)
    marks = np.zeros(len(qualities), np.int8)
    if not code.any():
        return marks
    marks[code == q.GOOD_LOCAL_OVERRIDE] = Mark.MANUAL
    marks[code >= q.UNCERTAIN] = Mark.UNCERTAIN
    marks[code == q.UNCERTAIN_LAST_USABLE] = Mark.STALE
    marks[code >= q.BAD] = Mark.BAD
    marks[np.isin(code, _NO_COMMUNICATION)] = Mark.COMM
    return marks


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


def alarm_mark(rules: Collection[int], alarms: Mapping[int, AlarmRow], plant_rules: Sequence[Rule]) -> AlarmMark | None:
    """The most urgent alarm among some rules; None when all is normal.

    What is shelved, suppressed or out of service comes after every alarm that is not.
    """
    standing = ((rule, alarms[rule]) for rule in rules if is_standing(alarms.get(rule)))
    marks = [
        _mark_of(row, row.condition.priority if row.condition else plant_rules[rule].priority) for rule, row in standing
    ]
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


def reach_of_mark(box: QRectF, scale: float) -> QRectF:
    """The rectangle that the outline of a quality is drawn on."""
    return box.adjusted(-3 * scale, -3 * scale, 3 * scale, 3 * scale)


def outline_pen(mark: Mark, theme: Theme, scale: float) -> QPen | None:
    """The line around a value that is not simply good; None where the badge is enough."""
    width = max(1.5, 2 * scale)
    if mark == Mark.COMM:
        return pen("stale", theme, width)
    if mark == Mark.BAD:
        return pen("bad", theme, width, Qt.PenStyle.DashLine)
    if mark == Mark.STALE:
        return pen("stale", theme, max(1.0, 1.2 * scale), Qt.PenStyle.DashLine)
    return pen("stale", theme, width, Qt.PenStyle.DotLine) if mark == Mark.UNCERTAIN else None


def draw_outlines(painter: QPainter, theme: Theme, areas: Sequence[QRectF], mark: Mark, scale: float) -> None:
    """Outline, and hatching where communication is lost, of everything with one mark."""
    how = outline_pen(mark, theme, scale)
    if how is None or not areas:
        return
    if mark == Mark.COMM:
        hatch = theme.colour("stale")
        hatch.setAlphaF(0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        painter.drawRects(list(areas))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(how)
    painter.drawRects(list(areas))


def draw_word(
    painter: QPainter, theme: Theme, box: QRectF, word: str, scale: float, gap: tuple[float, float] | None = None
) -> None:
    """The badge of a quality: where no text is, if told, else on the lower right corner."""
    around = reach_of_mark(box, scale)
    if gap is not None and gap[1] - gap[0] > badge_size(painter, word, scale)[0] + 6 * scale:
        draw_badge(painter, theme, QPointF((gap[0] + gap[1]) / 2, box.center().y()), word, scale)
    else:
        draw_badge(painter, theme, QPointF(around.right(), around.bottom()), word, scale, right=True)


def limit_text(quality: int) -> str:
    """The badge of a value that is held at a limit, because what was measured lies beyond it."""
    return _LIMITS.get(quality & _LIMIT_BITS, "LIM")


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
    letters, metrics = _letters(max(11, round(16 * scale)), False)
    painter.setFont(letters)
    return metrics.horizontalAdvance(text) + 8 * scale, metrics.ascent() + 2 * scale


@lru_cache(maxsize=64)
def _letters(px: int, bold: bool) -> tuple[QFont, QFontMetrics]:
    made = font(px, bold)
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias)
    return made, QFontMetrics(made)


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
    painter.setFont(_letters(max(1, round(radius * (1.35 if priority in (1, 2) else 1.2))), True)[0])
    painter.setPen(theme.colour("text") if hollow else theme.on_priority(priority))
    shift = {3: 0.25, 4: -0.25}.get(priority, 0.0) * radius
    area = QRectF(centre.x() - radius, centre.y() - radius + shift, 2 * radius, 2 * radius)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(priority))


def alarm_reach(box: QRectF, scale: float) -> QRectF:
    """The rectangle that an alarm's border is drawn on."""
    return box.adjusted(-4 * scale, -4 * scale, 4 * scale, 4 * scale)


def border_pen(theme: Theme, mark: AlarmMark, scale: float) -> QPen:
    """The line of an alarm's border."""
    if mark.badge:
        return pen("shelved", theme, max(1.5, 2 * scale), Qt.PenStyle.DashLine)
    style = Qt.PenStyle.SolidLine if mark.active else Qt.PenStyle.DashLine
    return QPen(theme.priority(mark.priority), max(2.0, 4 * scale), style)


def _edge_pen(theme: Theme, mark: AlarmMark, scale: float) -> QPen:
    """What shows on both sides of a border: yellow alone is not seen on grey by who sees no colour."""
    line = border_pen(theme, mark, scale)
    if mark.badge:
        return line
    width, breadth = line.widthF(), line.widthF() + 2.0
    edge = pen("line", theme, breadth)
    if not mark.active:
        edge.setDashPattern([4 * width / breadth, 2 * width / breadth])  # as long as the border's own
    return edge


def draw_borders(
    painter: QPainter, theme: Theme, marks: Sequence[tuple[QRectF, AlarmMark]], scale: float, blinking: bool
) -> None:
    """The borders of alarms: those that blink, until somebody acknowledges them, or those that stand still."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for box, mark in marks:
        if mark.blinks == blinking:
            for line in (_edge_pen(theme, mark, scale), border_pen(theme, mark, scale)):
                painter.setPen(line)
                painter.drawRect(alarm_reach(box, scale))


def draw_sign(painter: QPainter, theme: Theme, box: QRectF, mark: AlarmMark, scale: float) -> None:
    """The shape and number of an alarm, or the letter that says who keeps it from calling."""
    around, radius = alarm_reach(box, scale), max(8.0, 10 * scale)
    corner = QPointF(around.left(), around.top())
    if box.height() < ONE_LINE * scale:  # beside a line of text, not over its first letters
        corner = QPointF(around.left() - 0.6 * radius, box.center().y())
    if mark.badge:
        draw_badge(painter, theme, corner, mark.badge, scale, role="shelved")
    else:
        draw_priority(painter, theme, mark.priority, corner, radius, not mark.active)
