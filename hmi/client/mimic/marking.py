"""The marks of quality, age and alarm over a screen: a sheet of their own, drawn only when a mark changes.

The sheet lies over the picture, so that a value may change beneath a mark and a mark over a value without either
being drawn anew. Borders that blink are on a second sheet, which is shown every other half second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPixmap, QRegion

from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.groups import Alike, Groups
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.layout import painter_on
from hmi.client.mimic.quality import (
    NO_VALUE,
    ONE_LINE,
    AlarmMark,
    Mark,
    Seen,
    age_text,
    alarm_mark,
    badge_text,
    draw_badge,
    draw_borders,
    draw_outlines,
    draw_sign,
    draw_word,
    limit_text,
    mark_of,
    marks_of,
    reach_of_mark,
    widest_gap,
)
from hmi.client.mimic.scene import region_of
from hmi.client.mimic.spans import Spans
from hmi.core.alarms.rules import Rule
from hmi.core.batch import FLAG_CLAMPED
from hmi.link.messages import AlarmRow

_ROOM: Final = (28.0, 22.0, 9.0, 18.0)  # design units around an element for its marks: left, top, right, bottom


class Marking:
    """The marks on one screen in one window; lives on the Qt thread."""

    def __init__(self, compiled: Compiled, rules: tuple[Rule, ...], seen: Seen) -> None:
        self.compiled = compiled
        self.sheet, self.blinking = QPixmap(), QPixmap()
        self._tags, self._rules, self._seen = compiled.tags, rules, seen
        self._of = compiled.marked
        self._by_tag: dict[int, list[int]] = {}  # elements by the tags they show
        for number, one in enumerate(compiled.drawn):
            for tag in one.tags:
                self._by_tag.setdefault(tag, []).append(number)
        self._groups = Groups(compiled)
        self._flags: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._quality: NDArray[np.uint32] = self._flags
        self.marks = np.zeros(len(compiled.drawn), np.int8)
        self._clamped = np.zeros(len(compiled.drawn), np.uint32)  # the quality of a value held at a limit
        self.alarms: dict[int, AlarmMark] = {}
        self._pending: frozenset[int] = frozenset()
        self._waiting: tuple[int, ...] = ()  # elements with a write under way
        self._ages: dict[int, str] = {}  # by element, or -1 - group
        self._shown: frozenset[int] = frozenset()  # elements whose marks are on the sheet
        self.blinking_elements = 0
        self.region, self.blink_region = QRegion(), QRegion()  # physical pixels that the sheets cover

    def take(self, values: bool, alarms: bool, second: bool) -> bool:
        """Look what marks there are to be; returns whether they are others than before."""
        changed = values and self._take_qualities()
        changed |= alarms and self._take_alarms()
        pending = frozenset(self._seen.pending)
        if pending != self._pending:
            self._pending, changed = pending, True
            self._waiting = tuple(self._written_to(pending)) if pending else ()
        if changed or (second and self._ages):
            ages = self._age()
            changed |= ages != self._ages
            self._ages = ages
        return changed

    def _take_qualities(self) -> bool:
        table = self._seen.table
        quality, flags = table.quality[self._tags], table.flags[self._tags] & np.uint32(FLAG_CLAMPED)
        if np.array_equal(quality, self._quality) and np.array_equal(flags, self._flags):
            return False
        self._quality, self._flags = quality, flags
        marks = self._of.max(marks_of(quality))
        clamped = self._of.max(np.where(flags != 0, quality | 1, np.uint32(0)))
        changed = not (np.array_equal(marks, self.marks) and np.array_equal(clamped, self._clamped))
        self.marks, self._clamped = marks, clamped
        return changed

    def _take_alarms(self) -> bool:
        standing, drawn = self._seen.alarms, self.compiled.drawn
        touched = {number for rule in standing for number in self.compiled.by_rule.get(rule, ())}
        served = self._of_servers(standing)
        found = {
            number: mark
            for number in touched | served.keys()
            if not drawn[number].gathers
            and (mark := alarm_mark((*drawn[number].rules, *served.get(number, ())), standing, self._rules)) is not None
        }
        changed, self.alarms = found != self.alarms, found
        return changed

    def _of_servers(self, standing: Mapping[int, AlarmRow]) -> dict[int, list[int]]:
        """Conditions that servers keep, by the elements that show the tags they are about."""
        found: dict[int, list[int]] = {}
        for place, row in standing.items():
            if row.condition is not None:
                for number in self._by_tag.get(row.condition.tag, ()):
                    found.setdefault(number, []).append(place)
        return found

    def _written_to(self, pending: frozenset[int]) -> list[int]:
        index = self._seen.table.index
        return [
            number
            for number, drawn in enumerate(self.compiled.drawn)
            if index.get(drawn.element.write) in pending or not pending.isdisjoint(drawn.tags)
        ]

    def _age(self) -> dict[int, str]:
        """The ages of what is stale: of an element, or of a whole group that is."""
        stale = np.flatnonzero(self.marks == Mark.STALE)
        if not len(stale):
            return {}
        together = self._groups.alike(self.marks)
        drawn = self.compiled.drawn
        ages = {
            number: self._oldest(drawn[number].marked) for number in stale.tolist() if number not in together.members
        }
        for group, mark in together.groups.items():
            if mark == Mark.STALE:
                members = self._groups.members(group)
                ages[-1 - group] = self._oldest({tag for number in members for tag in drawn[number].marked})
        return ages

    def _oldest(self, tags: Iterable[int]) -> str:
        """The age of the oldest stale value of some tags."""
        table = self._seen.table
        stale = [tag for tag in tags if mark_of(int(table.quality[tag])) >= Mark.STALE]
        return age_text(self._seen.age_s(min(stale, key=lambda tag: int(table.received[tag]))))

    # -- drawing

    def draw(self, ink: Ink, spans: Spans, size: tuple[int, int]) -> tuple[NDArray[np.intp], QRegion]:
        """Draw the sheets anew; returns the elements whose marks were or are on them, and the pixels touched."""
        marked = {*np.flatnonzero((self.marks != Mark.GOOD) | (self._clamped != 0)).tolist(), *self.alarms}
        shown = frozenset(marked.union(self._waiting))
        touched, before = shown | self._shown, self.region
        together = self._groups.alike(self.marks)
        blinking = [number for number, mark in self.alarms.items() if mark.blinks]
        self.blinking_elements = len(blinking)
        groups = [self._groups.area(ink, group) for group in together.groups]
        self.region = _united([self._area(ink, number) for number in shown] + groups)
        self.blink_region = _united([self._area(ink, number) for number in blinking])
        self._shown = shown
        self.sheet, self.blinking = _blank(size, bool(shown)), _blank(size, not self.blink_region.isEmpty())
        if shown:
            self._draw_sheet(ink, spans, sorted(shown), together)
        return np.array(sorted(touched), np.intp), before + self.region

    def _area(self, ink: Ink, number: int) -> QRect:
        """The pixels that an element's marks may touch."""
        left, top, right, bottom = (side * ink.scale for side in _ROOM)
        return ink.around(self.compiled.drawn[number]).adjusted(-left, -top, right, bottom).toAlignedRect()

    def _draw_sheet(self, ink: Ink, spans: Spans, shown: list[int], together: Alike) -> None:
        boxes = {number: ink.around(self.compiled.drawn[number]) for number in shown}
        alarms = [(boxes[number], mark) for number, mark in sorted(self.alarms.items())]
        if not self.blinking.isNull():
            painter = painter_on(self.blinking)
            draw_borders(painter, ink.theme, alarms, ink.scale, blinking=True)
            painter.end()
        painter = painter_on(self.sheet)
        draw_borders(painter, ink.theme, alarms, ink.scale, blinking=False)
        on = ink.on(painter)
        self._outlines(on, boxes, together)
        for number, box in boxes.items():
            self._word(on, spans, number, box, number in together.members)
        for group, mark in together.groups.items():
            word = badge_text(mark, self._ages.get(-1 - group, "")) or NO_VALUE
            draw_badge(painter, ink.theme, self._groups.corner(on, group), word, ink.scale, right=True)
        for box, alarm in alarms:
            draw_sign(painter, ink.theme, box, alarm, ink.scale)
        for number in self._waiting:
            corner = QPointF(boxes[number].right(), boxes[number].top())
            draw_badge(painter, ink.theme, corner, "sent", ink.scale, right=True, role="selection", fill="selection")
        painter.end()

    def _outlines(self, ink: Ink, boxes: dict[int, QRectF], together: Alike) -> None:
        """A pipe has no box to outline, and what lies on a panel that is hatched needs none of its own."""
        drawn = self.compiled.drawn
        panels = [ink.around(drawn[group]) for group in together.panels]
        for mark in Mark:
            areas = [
                reach_of_mark(box, ink.scale)
                for number, box in boxes.items()
                if self.marks[number] == mark
                and number not in together.covered
                and not drawn[number].element.options.get("points")
            ]
            draw_outlines(ink.painter, ink.theme, areas + (panels if mark == Mark.COMM else []), mark, ink.scale)

    def _word(self, ink: Ink, spans: Spans, number: int, box: QRectF, told: bool) -> None:
        """The badge of one element; `told`: its group says it for all."""
        drawn, mark = self.compiled.drawn[number], Mark(int(self.marks[number]))
        clamped = int(self._clamped[number])
        word = (
            limit_text(clamped) if clamped and mark <= Mark.UNCERTAIN else badge_text(mark, self._ages.get(number, ""))
        )
        if drawn.element.options.get("points"):
            if mark != Mark.GOOD and not told:
                role = "bad" if mark == Mark.BAD else "stale"
                at = middle_of(ink, number, self.compiled)
                draw_badge(ink.painter, ink.theme, at, word or NO_VALUE, ink.scale, role=role)
        elif word and not told:
            gap = widest_gap(box, spans.of(drawn)) if drawn.box[3] < ONE_LINE else None
            draw_word(ink.painter, ink.theme, box, word, ink.scale, gap)


def middle_of(ink: Ink, number: int, compiled: Compiled) -> QPointF:
    """The middle of a pipe's longest part: where its badge sits."""
    drawn = compiled.drawn[number]
    pairs = list(pairwise(drawn.element.options["points"]))
    (x1, y1), (x2, y2) = max(pairs, key=lambda pair: abs(pair[0][0] - pair[1][0]) + abs(pair[0][1] - pair[1][1]))
    return ink.point(drawn, (x1 + x2) / 2, (y1 + y2) / 2, stretched=False)


def _united(areas: Sequence[QRect]) -> QRegion:
    """The pixels of some areas, or of very many what lies around them."""
    sides = [(area.left(), area.top(), area.right() + 1, area.bottom() + 1) for area in areas]
    return region_of(np.array(sides)) if sides else QRegion()


def _blank(size: tuple[int, int], wanted: bool) -> QPixmap:
    """A sheet with nothing on it, or none at all."""
    if not wanted:
        return QPixmap()
    sheet = QPixmap(*size)
    sheet.fill(Qt.GlobalColor.transparent)
    return sheet
