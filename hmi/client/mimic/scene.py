"""The picture of a screen: a backdrop that never changes and a back buffer in which only what changed is drawn anew."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import cast

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from hmi.client.mimic.compile import EDGE, Compiled, Drawn
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.paint import draw_shapes
from hmi.client.mimic.quality import (
    ONE_LINE,
    AlarmMark,
    Mark,
    Seen,
    age_text,
    alarm_mark,
    badge_text,
    draw_alarm,
    draw_badge,
    draw_quality,
    is_hidden,
    is_standing,
    mark_of,
    widest_gap,
    worst_mark,
)
from hmi.client.theme import Theme
from hmi.core.alarms.rules import Rule


class Scene:
    """Draws one compiled screen into pixmaps of physical pixels; lives on the Qt thread."""

    def __init__(self, compiled: Compiled, rules: tuple[Rule, ...], seen: Seen, theme: Theme) -> None:
        self.compiled = compiled
        self.theme = theme
        self.buffer = QPixmap()
        self.scale = 1.0
        self.origin = (0.0, 0.0)
        self.phase = True
        self.drawn_elements = 0  # how many elements were drawn since the beginning: what a frame costs
        self._rules = rules
        self._seen = seen
        self._backdrop = QPixmap()
        self._marked: set[int] = set()  # elements whose marks are on the picture
        self._still_spans: dict[int, list[tuple[float, float]]] = {}

    def resize(self, width: int, height: int) -> None:
        """Fit the screen into so many physical pixels, its aspect kept, and draw it all."""
        across, down = self.compiled.screen.size
        self.scale = max(0.01, min(width / across, height / down))
        self.origin = ((width - across * self.scale) / 2, (height - down * self.scale) / 2)
        self._backdrop = QPixmap(max(1, width), max(1, height))
        self._backdrop.fill(self.theme.colour("background"))
        painter = self._painter(self._backdrop)
        ink = self._ink(painter)
        for number, drawn in enumerate(self.compiled.drawn):
            ink.spans = []
            draw_shapes(ink, drawn, drawn.ground)
            self._still_spans[number] = ink.spans
        painter.end()
        self.buffer = self._backdrop.copy()
        self.redraw(range(len(self.compiled.drawn)))

    def redraw(self, numbers: Iterable[int]) -> QRegion:
        """Draw some elements anew, with whatever lies over the same ground; returns the physical pixels touched."""
        wanted = sorted({number for number in numbers if self.compiled.drawn[number].live})
        if not wanted or self.buffer.isNull():
            return QRegion()
        region = QRegion()
        for number in wanted:
            before = self.area(number)
            (self._marked.add if self._is_marked(number) else self._marked.discard)(number)
            region += before.united(self.area(number))
        self._draw(region, self._over(region, wanted))
        return region

    def _over(self, region: QRegion, wanted: list[int]) -> list[int]:
        """The elements that reach into a region, lowest first: drawn with those that changed, or they would be cut."""
        near = {other for number in wanted for other in self.compiled.neighbours[number]}
        return sorted(other for other in near if region.intersects(self.area(other)))

    def _draw(self, region: QRegion, numbers: list[int]) -> None:
        painter = self._painter(self.buffer)
        for rect in rectangles(region):  # whole pixels, one to one: the fast road
            painter.drawPixmap(rect.topLeft(), self._backdrop, rect)
        painter.setClipRegion(region)
        ink = self._ink(painter)
        spans: dict[int, list[tuple[float, float]]] = {}
        for number in numbers:
            ink.spans = list(self._still_spans[number])
            draw_shapes(ink, self.compiled.drawn[number], self.compiled.drawn[number].moving)
            spans[number] = ink.spans
        for number in numbers:  # marks lie over every symbol: nothing may hide one
            if number in self._marked:
                self._marks(ink, self.compiled.drawn[number], spans[number])
        painter.end()
        self.drawn_elements += len(numbers)

    def area(self, number: int) -> QRect:
        """The physical pixels an element touches, with its marks where it has any."""
        if number in self._marked:
            left, top, right, bottom = self.compiled.outers[number]
        else:
            left, top, right, bottom = self.compiled.boxes[number] + (-EDGE, -EDGE, EDGE, EDGE)
        x, y, scale = *self.origin, self.scale
        box = QRectF(x + left * scale, y + top * scale, (right - left) * scale, (bottom - top) * scale)
        return box.toAlignedRect().intersected(self.buffer.rect())

    def _is_marked(self, number: int) -> bool:
        drawn = self.compiled.drawn[number]
        if self.mark(drawn) != Mark.GOOD or self._is_pending(drawn):
            return True
        return not drawn.gathers and self.alarm(drawn) is not None

    def alarm(self, drawn: Drawn) -> AlarmMark | None:
        """The alarm an element shows."""
        return alarm_mark(drawn.rules, self._seen.alarms, self._rules) if drawn.rules else None

    def mark(self, drawn: Drawn) -> Mark:
        """The worst quality of what an element shows."""
        if not drawn.marked:
            return Mark.GOOD
        return worst_mark(set(self._seen.table.quality[list(drawn.marked)].tolist()))

    def age(self, drawn: Drawn) -> str:
        """The age of the oldest stale value an element shows, as text."""
        quality = self._seen.table.quality
        return age_text(max(self._seen.age_s(tag) for tag in drawn.marked if mark_of(int(quality[tag])) >= Mark.STALE))

    def _rollup(self, drawn: Drawn) -> tuple[AlarmMark | None, int]:
        alarms = self._seen.alarms
        open_rules = [rule for rule in drawn.rules if is_standing(alarms.get(rule)) and not is_hidden(alarms[rule])]
        return alarm_mark(open_rules, alarms, self._rules), len(open_rules)

    def _marks(self, ink: Ink, drawn: Drawn, spans: list[tuple[float, float]]) -> None:
        painter, height = ink.painter, drawn.box[3]
        box = ink.rect(*drawn.box)
        mark = self.mark(drawn)
        if mark != Mark.GOOD:
            age = self.age(drawn) if mark == Mark.STALE else ""
            if drawn.element.options.get("points"):
                self._on_pipe(ink, drawn, mark, age)
            else:
                gap = widest_gap(box, spans) if height < ONE_LINE else None
                draw_quality(painter, self.theme, box, mark, age, self.scale, gap)
        if not drawn.gathers:
            alarm = self.alarm(drawn)
            if alarm is not None:
                draw_alarm(painter, self.theme, box, alarm, self.phase, self.scale)
        if self._is_pending(drawn):
            corner = QPointF(box.right(), box.top())
            draw_badge(painter, self.theme, corner, "sent", self.scale, right=True, role="selection", fill="selection")

    def _on_pipe(self, ink: Ink, drawn: Drawn, mark: Mark, age: str) -> None:
        """A pipe has no box to outline: its badge sits on the middle of its longest part."""
        points = drawn.element.options["points"]
        pairs = list(pairwise(points))
        (x1, y1), (x2, y2) = max(pairs, key=lambda pair: abs(pair[0][0] - pair[1][0]) + abs(pair[0][1] - pair[1][1]))
        at = ink.point(drawn, (x1 + x2) / 2, (y1 + y2) / 2, stretched=False)
        word = badge_text(mark, age) or "????"
        draw_badge(ink.painter, self.theme, at, word, self.scale, role="bad" if mark == Mark.BAD else "stale")

    def _is_pending(self, drawn: Drawn) -> bool:
        pending = self._seen.pending
        if not pending:
            return False
        write = drawn.element.write
        index = self._seen.table.index.get(write) if write else None
        return index in pending or not pending.isdisjoint(drawn.tags)

    def _painter(self, target: QPixmap) -> QPainter:
        painter = QPainter(target)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        return painter

    def _ink(self, painter: QPainter) -> Ink:
        return Ink(painter, self.theme, self.scale, self.origin, self._seen.table, self._rollup)


def rectangles(region: QRegion) -> list[QRect]:
    """The rectangles a region is made of."""
    return list(cast(Iterable[QRect], region))


def element_at(compiled: Compiled, x: float, y: float) -> int | None:
    """The topmost element at a point in design units that a person can do something with; None for bare ground."""
    edges = compiled.boxes
    inside = (edges[:, 0] <= x) & (edges[:, 2] >= x) & (edges[:, 1] <= y) & (edges[:, 3] >= y)
    for number in np.flatnonzero(inside)[::-1]:
        if answers(compiled.drawn[int(number)]):
            return int(number)
    return None


def answers(drawn: Drawn) -> bool:
    """Whether an element does something when it is clicked."""
    return bool(drawn.element.go or drawn.element.write or drawn.shown)
