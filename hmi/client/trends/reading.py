"""What a trend says in numbers and words: the values at the cursor, the moment, what happened there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from hmi.client.page import Desk
from hmi.client.tips import plain
from hmi.client.trends.exact import Exact
from hmi.client.trends.pentable import PenTable
from hmi.client.trends.plot import Plot
from hmi.client.trends.toolbar import Toolbar, moment_text, pair_text, span_text
from hmi.client.trends.travel import Travel

READ_S: Final = 0.5  # digits that change oftener cannot be read


class Reading(QObject):
    """Reads the pens at the pointer, else at the newest moment, into the table; on the Qt thread."""

    def __init__(self, desk: Desk, plot: Plot, model: PenTable, toolbar: Toolbar, travel: Travel) -> None:
        super().__init__()
        self._desk, self._plot, self._model, self._toolbar, self._travel = desk, plot, model, toolbar, travel
        self._cursor: int | None = None
        self._exact = Exact(desk, self._fill)
        self._read_at = 0.0
        self._drawn_ns = desk.mirror.now_ns()
        plot.pointed.connect(self.point)
        plot.paired.connect(self.read)

    def dispose(self) -> None:
        """No answer may come any more."""
        self._exact.forget()

    def point(self, moment: int | None) -> None:
        """The pointer is at this moment now; None: nowhere."""
        self._cursor = moment
        self.read()

    def keep_up(self, drawn_ns: int) -> None:
        """The lines were drawn up to this moment: read again, of a live trend not oftener than an eye can follow."""
        self._drawn_ns = drawn_ns
        if not self._travel.live or self._desk.clock.monotonic() - self._read_at >= READ_S:
            self.read()

    def read(self) -> None:
        """Fill the table, ask for what it can only estimate, and say where the cursor is."""
        guessed = [pen.tag.name for pen in self._model.pens if pen.is_line and pen.seen and pen.seen.is_thinned()]
        self._exact.want(guessed, self._over())
        self._fill()

    def _over(self) -> tuple[int, int]:
        """The stretch of time that means are of: between the cursors, else what is in view."""
        pair, (start, stop) = self._plot.pair_ns, self._travel.span()
        return (start, min(stop, self._drawn_ns)) if pair is None else (min(pair), max(pair))

    def _fill(self) -> None:
        self._read_at = self._desk.clock.monotonic()
        now = self._drawn_ns  # what came since is not in the lines yet
        moment = now if self._cursor is None else min(self._cursor, now)
        start, stop = self._travel.span()
        pair = self._plot.pair_ns
        self._model.read(moment, (start, min(stop, now)), pair, self._exact.means(self._over()))
        text = "" if self._cursor is None else self._told(self._cursor)
        if pair is not None and not text:
            text = pair_text(pair, self._desk.zone)
        elif not text and not self._travel.live:
            text = span_text((start, stop), self._desk.zone)
        self._toolbar.moment.say(text)

    def _told(self, moment: int) -> str:
        text = moment_text(moment, self._desk.zone)
        told = self._plot.told_at(moment)
        self._plot.setToolTip(plain(told))
        return f"{text} · {told.splitlines()[0]}" if told else text
