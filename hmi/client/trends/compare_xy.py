"""Comparing two pens of a trend: one over the other, as they were at the same moments."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtWidgets import QWidget

from hmi.client.choices import title_of
from hmi.client.language import tr
from hmi.client.page import Desk, Words
from hmi.client.trends.compare_fetch import MOST, Fetch
from hmi.client.trends.comparesheet import Picker, Sight, Study, axis_title
from hmi.client.trends.export_job import grouped
from hmi.client.trends.toolbar import span_text
from hmi.client.trends.xy import XyGraph
from hmi.core.pairing import Pairs, paired

_LEAST: Final = 3  # points that a correlation needs


class XyStudy(Study):
    """Every value of the two, joined by time: while one stands, the other is drawn over it."""

    graph: XyGraph

    def __init__(self, desk: Desk, host: QWidget, sight: Sight) -> None:
        super().__init__(desk, host, tr("XY plot"), XyGraph(desk), sight)
        names = [title_of(tag) for tag in sight.tags]
        other = 1 if sight.chosen == 0 and len(names) > 1 else 0
        self.across, self.up = Picker(names, other), Picker(names, max(0, sight.chosen))
        self.figures = Words("", px=13)
        self.figures.setWordWrap(True)
        self.add_choice(tr("Across"), self.across)
        self.add_choice(tr("Up"), self.up)
        self.side.addSpacing(10)
        self.side.addWidget(self.figures)
        self.side.addStretch(1)
        self.pairs: Pairs | None = None
        self._fetch: Fetch | None = None
        self.across.picked.connect(self.ask)
        self.up.picked.connect(self.ask)
        self.open(self.leave_button)
        self.ask()

    def ask(self) -> None:
        """Ask for the values of the two."""
        self.forget()
        tags = [self.sight.tags[picker.chosen].name for picker in (self.across, self.up)]
        self._fetch = Fetch(self.desk.wire, tags, self.sight.span, self._done)
        self._fetch.on_told = self.told.say
        self.told.say(tr("Reading …"))
        self._fetch.start()

    def forget(self) -> None:
        if self._fetch is not None:
            self._fetch.forget()

    def _done(self, why: str) -> None:
        if why or self._fetch is None:
            self.told.say(tr("No history: {why}", why=why))
            return
        tags = [self.sight.tags[picker.chosen] for picker in (self.across, self.up)]
        x, y = (self._fetch.found[tag.name] for tag in tags)
        self.pairs = paired(x.whole(), y.whole())
        self.graph.show_pairs(self.pairs, (axis_title(tags[0]), axis_title(tags[1])))
        start, stop = self.sight.span
        until = min(x.until_ns, y.until_ns)
        told = span_text((start, min(stop, until)), self.desk.zone)
        if until < stop:
            told = tr("{span}: the first {count} values; choose a shorter time for all", span=told, count=grouped(MOST))
        self.told.say(told)
        self.figures.say(self._figures(self.pairs))

    def _figures(self, pairs: Pairs) -> str:
        known = pairs.known
        lines = [tr("{count} points", count=grouped(int(known.sum())))]
        weight, r = correlation(pairs)
        if r is not None:
            lines.append(tr("Correlation over time: {r}", r=f"{r:.3f}"))
        if weight < 1:
            lines.append(tr("Both known {share} of the time", share=f"{100 * weight:.1f} %"))
        return "\n".join(lines)


def correlation(pairs: Pairs) -> tuple[float, float | None]:
    """The share of time in which both are known, and Pearson's correlation weighed by it; None: it has no meaning."""
    lengths = np.append(np.diff(pairs.time), 0).astype(np.float64)
    known = pairs.known
    weights = np.where(known, lengths, 0.0)
    total, whole = float(weights.sum()), float(lengths.sum())
    share = total / whole if whole else 0.0
    if int(known.sum()) < _LEAST or total <= 0:
        return share, None
    x, y, w = pairs.x[known], pairs.y[known], weights[known] / total
    dx, dy = x - (x * w).sum(), y - (y * w).sum()
    spread = float(np.sqrt((dx**2 * w).sum() * (dy**2 * w).sum()))
    return share, float((dx * dy * w).sum()) / spread if spread > 0 else None
