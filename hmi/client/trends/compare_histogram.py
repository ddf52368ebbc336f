"""How a pen is spread over its values, and how well it keeps within limits: histogram, Cp, Cpk, Pp, Ppk."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from hmi.client import words
from hmi.client.choices import title_of
from hmi.client.language import tr
from hmi.client.page import Desk, Words, button
from hmi.client.trends.compare_fetch import Fetch, Found
from hmi.client.trends.comparesheet import Picker, Sight, Study, axis_title
from hmi.client.trends.export_job import grouped
from hmi.client.trends.histogram import HistogramGraph
from hmi.client.trends.toolbar import span_text
from hmi.core.capability import FEW, Capability, Limits, Tally, bins_of
from hmi.core.held import Held
from hmi.core.plant.model import Plant
from hmi.core.tags import NUMBER_TYPES, Tag

_LOW: Final = ("level_l", "level_ll")
_HIGH: Final = ("level_h", "level_hh")


def usual_limits(plant: Plant, tag: Tag) -> tuple[Limits, str]:
    """The limits that a tag has in the plant's files, and where they stand there: its alarms, else its range."""
    fixed = [rule for rule in plant.rules if rule.tag == tag.index and rule.other < 0]
    lows = [rule.limit for rule in fixed if rule.type in _LOW]
    highs = [rule.limit for rule in fixed if rule.type in _HIGH]
    if lows or highs:
        return Limits(max(lows, default=None), min(highs, default=None)), tr("from its alarms")
    return Limits(tag.low, tag.high), tr("its range")


class HistogramStudy(Study):
    """Each value counts once, or as long as it stood; what is bad is left out and counted."""

    graph: HistogramGraph

    def __init__(self, desk: Desk, host: QWidget, sight: Sight) -> None:
        tags = tuple(tag for tag in sight.tags if tag.type in NUMBER_TYPES)
        chosen = tags.index(sight.tags[sight.chosen]) if tags and sight.tags[sight.chosen] in tags else 0
        super().__init__(desk, host, tr("Histogram and capability"), HistogramGraph(desk), sight)
        self.tags = tags
        self.pen = Picker([title_of(tag) for tag in tags], chosen)
        self.weights = QButtonGroup(self)
        self.low, self.high = QLineEdit(), QLineEdit()
        self.origin = Words("", "muted", 12)
        self.figures, self.caution = Words("", px=13), Words("", "bad", 13)
        self.found: Capability | None = None
        self._fetch: Fetch | None = None
        self._tally: Tally | None = None
        self._arrange()
        self.pen.picked.connect(self._take_limits)
        self.weights.idClicked.connect(self.ask)
        for field in (self.low, self.high):
            field.editingFinished.connect(self._typed)
        self.open(self.leave_button)
        self._take_limits()

    def _arrange(self) -> None:
        self.add_choice(tr("Pen"), self.pen)
        row, limits = QHBoxLayout(), QGridLayout()
        for number, text in enumerate((tr("Per value"), tr("Over time"))):
            made = button(text, checkable=True)
            made.setChecked(number == 0)
            self.weights.addButton(made, number)
            row.addWidget(made)
        self.side.addWidget(Words(tr("What counts"), "muted", 12))
        self.side.addLayout(row)
        for column, (title, field) in enumerate(((tr("LSL"), self.low), (tr("USL"), self.high))):
            limits.addWidget(Words(title, "muted", 12), 0, column)
            limits.addWidget(field, 1, column)
        limits.addWidget(self.origin, 2, 0, 1, 2)
        self.side.addLayout(limits)
        for label in (self.figures, self.caution):
            label.setWordWrap(True)
            self.side.addWidget(label)
        self.side.addStretch(1)

    @property
    def tag(self) -> Tag | None:
        """The pen that is looked at."""
        return self.tags[self.pen.chosen] if self.tags else None

    def limits(self) -> Limits:
        """The limits as they are typed; what is no number is none."""
        ends = [_number(field.text()) for field in (self.low, self.high)]
        return Limits(*ends)

    def ask(self) -> None:
        """Go through the values."""
        self.forget()
        if self.tag is None:
            self.told.say(tr("No pen of this trend is a number"))
            return
        limits = self.limits()
        if limits.low is not None and limits.high is not None and limits.low >= limits.high:
            self.told.say(tr("LSL is not below USL"))
            return
        fetch = Fetch(self.desk.wire, [self.tag.name], self.sight.span, self._done, keep=False)
        fetch.on_told = self.told.say
        fetch.on_part = self._add
        fetch.on_ready = self._begin
        self._fetch, self._tally = fetch, None
        self.told.say(tr("Reading …"))
        fetch.start()

    def forget(self) -> None:
        if self._fetch is not None:
            self._fetch.forget()

    def _take_limits(self) -> None:
        if self.tag is not None:
            limits, origin = usual_limits(self.desk.plant, self.tag)
            for field, value in ((self.low, limits.low), (self.high, limits.high)):
                field.setText("" if value is None else f"{value:g}")
            self.origin.say(origin)
        self.ask()

    def _typed(self) -> None:
        if self.tag is not None and (self._tally is None or self.limits() != self._tally.limits):
            usual, origin = usual_limits(self.desk.plant, self.tag)
            self.origin.say(origin if usual == self.limits() else tr("as typed"))
            self.ask()

    def _begin(self) -> None:
        if self._fetch is not None and self.tag is not None:
            found = self._fetch.found[self.tag.name]
            edges = bins_of(found.low, found.high)
            self._tally = Tally(self.limits(), edges, self.weights.checkedId() == 1)

    def _add(self, found: Found, part: Held, stood: bool) -> None:
        if self._tally is not None:
            self._tally.add(part, stood)

    def _done(self, why: str) -> None:
        tally, tag = self._tally, self.tag
        if why or tally is None or tag is None:
            self.told.say(tr("No history: {why}", why=why))
            return
        self.found = tally.result()
        self.told.say(span_text(self.sight.span, self.desk.zone))
        self.graph.show_bins(tally.edges, tally.bins, tally.limits, self.found, axis_title(tag))
        self.figures.say("\n".join(said(self.found, tag, tally.over_time)) if self.found is not None else "")
        self.caution.say(caution(self.found, tally.over_time))


def said(found: Capability, tag: Tag, over_time: bool) -> list[str]:
    """The figures, a line each."""
    places = words.decimals(tag) + 2

    def number(value: float | None) -> str:
        return "–" if value is None else words.number(value, places)

    def index(value: float | None) -> str:
        return "–" if value is None else words.number(value, 2)

    lines = [
        tr("Values: {count}, left out: {bad}", count=grouped(found.count), bad=grouped(found.left_out)),
        tr("Mean: {value}", value=number(found.mean)),
        tr("Lowest: {low}, highest: {high}", low=number(found.lowest), high=number(found.highest)),
        tr("Std. deviation: {value}", value=number(found.overall)),
    ]
    if not over_time:
        lines.append(tr("within (moving range): {value}", value=number(found.within)))
    lines.append(tr("Outside the limits: {share}", share=f"{100 * found.beyond:.2f} %"))
    if not over_time:
        lines.append(f"Cp {index(found.cp)} · Cpk {index(found.cpk)}")
    return [*lines, f"Pp {index(found.pp)} · Ppk {index(found.ppk)}"]


def caution(found: Capability | None, over_time: bool) -> str:
    """What to beware of when reading them."""
    if found is None:
        return tr("Fewer than two values: nothing can be said")
    if found.overall == 0:
        return tr("The value does not vary: it has no capability")
    if found.is_few:
        return tr("Only {count} values: below {few} the indices say little", count=found.count, few=FEW)
    return tr("Over time there are no neighbours: no Cp and Cpk") if over_time else ""


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
