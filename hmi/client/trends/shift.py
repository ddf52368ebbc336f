"""Pens shifted in time: yesterday, last week or the run before, drawn where the present is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta, tzinfo
from typing import Any, Final

from hmi.client import words
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.trends.pens import Pen
from hmi.client.trends.query import Query, request_of, windows_of
from hmi.client.trends.series import Series, Strokes
from hmi.core.history import Gap, Window
from hmi.core.tags import Tag, TagTable
from hmi.link.messages import Reply

DAYS: Final = ((1, "Yesterday"), (7, "A week before"), (28, "Four weeks before"))


def days_before(now_ns: int, days: int, zone: tzinfo) -> int:
    """How many ns ago the plant's clock showed the same time so many days before: a day may have 23 or 25 hours."""
    wall = words.when(now_ns, zone).replace(tzinfo=None)
    then = (wall - timedelta(days=days)).replace(tzinfo=zone)
    return (now_ns // 1_000_000_000 - round(then.timestamp())) * 1_000_000_000


class ShiftedSeries(Series):
    """A tag's history, as much later as it is shifted; it has nothing live."""

    def __init__(self, tag: Tag, shift_ns: int) -> None:
        super().__init__(tag)
        self._shift_ns = shift_ns

    def listen(self, table: TagTable, now_ns: int) -> bool:
        return False

    def take(self, window: Window) -> None:
        super().take(shifted(window, self._shift_ns))

    def strokes(self, from_ns: int, to_ns: int, now_ns: int, columns: int) -> Strokes:
        return super().strokes(from_ns, to_ns, now_ns + self._shift_ns, columns)


class ShiftedPen(Pen):
    """One tag as it was `shift_ns` before; `said` is what that is called."""

    def __init__(self, of: Pen, shift_ns: int, said: str) -> None:
        of.setting = replace(of.setting, axis=of.setting.axis or of.tag.name)  # so that both have one scale
        super().__init__(of.tag, 0, of.names, replace(of.setting, side=""))
        self.series = ShiftedSeries(of.tag, shift_ns)
        self.shift_ns, self.said = shift_ns, said


class Shifts:
    """The history of shifted pens: one question for each shift, on the Qt thread."""

    def __init__(self, desk: Desk, changed: Callable[[], None]) -> None:
        self._desk, self._changed = desk, changed
        self._queries: dict[int, Query] = {}
        self._pens: list[Pen] = []
        self._view = (0, 1, 1)

    def ask(self, pens: Sequence[Pen], span: tuple[int, int], px: int) -> None:
        """Ask for what these pens show while `span` is in view."""
        self._pens = [pen for pen in pens if pen.shift_ns]
        self._view = (*span, px)
        shifts = {pen.shift_ns for pen in self._pens}
        for gone in self._queries.keys() - shifts:
            self._queries.pop(gone).forget()
        for shift in shifts:
            self._ask(shift)

    def forget(self) -> None:
        """No answer is wanted any more."""
        for query in self._queries.values():
            query.forget()

    def _ask(self, shift: int) -> None:
        start, stop, px = self._view
        args: dict[str, Any] | None = request_of((start - shift, stop - shift), self._desk.mirror.now_ns(), px)
        names = list(dict.fromkeys(pen.tag.name for pen in self._pens if pen.shift_ns == shift))
        if args is None or not names:
            return
        if shift not in self._queries:
            self._queries[shift] = Query(self._desk.wire, lambda reply: self._came(shift, reply), self._ask_all)
        self._queries[shift].ask("history", {"tags": names, **args})

    def _ask_all(self) -> None:
        self.ask(self._pens, self._view[:2], self._view[2])

    def _came(self, shift: int, reply: Reply) -> None:
        windows: Mapping[str, Window] = {}
        if reply.ok:
            try:
                windows = windows_of(reply)
            except ValueError:
                return  # the pens that are not shifted are asked of the same engine, and say so
        for pen in self._pens:
            if pen.shift_ns == shift and pen.tag.name in windows:
                pen.series.take(windows[pen.tag.name])
        self._changed()


def shifted(window: Window, shift_ns: int) -> Window:
    """The same, so much later."""
    gaps = tuple(Gap(gap.from_ns + shift_ns, gap.to_ns + shift_ns, gap.reason) for gap in window.gaps)
    return replace(
        window, from_ns=window.from_ns + shift_ns, to_ns=window.to_ns + shift_ns, t0=window.t0 + shift_ns, gaps=gaps
    )


def said_shift(shift_ns: int) -> str:
    """How far a pen is shifted, in words."""
    return tr("{age} before", age=words.age(shift_ns / 1e9))
