"""Runs over each other: one pen from the start of each order, lot or state, on one axis of minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hmi.client import words
from hmi.client.choices import title_of
from hmi.client.language import tr
from hmi.client.page import Desk, button
from hmi.client.trends.compare_fetch import Fetch
from hmi.client.trends.compare_runs import Drawn, RunsGraph, RunsLegend
from hmi.client.trends.comparesheet import Picker, Sight, Study, axis_title
from hmi.client.trends.export_job import PATIENCE_S
from hmi.client.trends.lanes import names_of
from hmi.client.trends.query import windows_of
from hmi.client.trends.series import Series
from hmi.core.plant.model import Plant
from hmi.core.runs import Run, runs_of
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.link.messages import Reply

MOST: Final = 8  # runs that are drawn at once, the newest
_BACK: Final = ((0, "in view"), (8 * 3600, "8 h"), (86400, "24 h"), (7 * 86400, "7 d"), (30 * 86400, "30 d"))
_LEAST_NS: Final = 1_000_000_000
_EVERY: Final = 0  # the choice of any change


def event_tags(plant: Plant, of: Tag) -> list[Tag]:
    """What begins runs: texts, states and switches that history keeps, those nearest to a tag first."""
    found = [
        tag
        for tag in plant.tags
        if tag.history != "off" and (tag.is_text or tag.type == "bool" or (tag.type in INTEGER_TYPES and not tag.unit))
    ]
    return sorted(found, key=lambda tag: (-_nearness(tag.name, of.name), not tag.is_text, tag.type == "bool"))


class RunsStudy(Study):
    """`shift_asked` carries how far (ns) the newest run is behind the one before it: to see both in the trend."""

    shift_asked = Signal(object)
    graph: RunsGraph

    def __init__(self, desk: Desk, host: QWidget, sight: Sight) -> None:
        super().__init__(desk, host, tr("Runs over each other"), RunsGraph(desk), sight)
        self.tag = sight.tags[sight.chosen]
        self.events = event_tags(desk.plant, self.tag)
        self.pen = Picker([title_of(tag) for tag in sight.tags], sight.chosen)
        self.begins = Picker([title_of(tag) for tag in self.events])
        self.value = Picker([tr("Every change")])
        self.back = Picker([tr(text) for _, text in _BACK], 2)
        self.legend = RunsLegend(self.graph)
        self.shift_button = button(tr("Shift in the trend"), tip=tr("Draw the run before where the newest is"))
        self.runs: list[Run] = []  # that are drawn, the newest first
        self._all: list[Run] = []
        self._values: list[float] = []
        self._names: Mapping[int, str] = {}
        self._drawn: list[Drawn] = []
        self._fetch: Fetch | None = None
        self._number = 0
        self._arrange()
        self.open(self.leave_button)
        self.ask()

    def _arrange(self) -> None:
        for caption, picker in (
            (tr("Pen"), self.pen),
            (tr("A run begins when this changes"), self.begins),
            (tr("to"), self.value),
            (tr("Looked for in"), self.back),
        ):
            self.add_choice(caption, picker)
        self.side.addSpacing(10)
        self.side.addWidget(self.legend)
        self.side.addStretch(1)
        self.head.addWidget(self.shift_button)
        self.pen.picked.connect(self._choose_pen)
        self.begins.picked.connect(self.ask)
        self.back.picked.connect(self.ask)
        self.value.picked.connect(self._select)
        self.shift_button.clicked.connect(self._shift)

    def span(self) -> tuple[int, int]:
        """Where runs are looked for."""
        now, back_s = self.desk.mirror.now_ns(), _BACK[self.back.chosen][0]
        start, stop = self.sight.span
        return (now - back_s * 1_000_000_000, now) if back_s else (start, min(stop, now))

    def ask(self) -> None:
        """Look for the runs."""
        self.forget()
        if not self.events:
            self.told.say(tr("No text, state or switch of this plant is kept in history"))
            return
        self._fetch = Fetch(self.desk.wire, [self.events[self.begins.chosen].name], self.span(), self._found)
        self._fetch.on_told = self.told.say
        self.told.say(tr("Reading …"))
        self._fetch.start()

    def forget(self) -> None:
        self.desk.wire.forget(self._number)
        if self._fetch is not None:
            self._fetch.forget()

    def _found(self, why: str) -> None:
        if why or self._fetch is None:
            self.told.say(tr("No history: {why}", why=why))
            return
        tag = self.events[self.begins.chosen]
        known = self._fetch.found[tag.name]
        self._names = {number: text for text, number in known.texts.items()} or names_of(self.desk, tag)
        self._all = [run for run in runs_of(known.whole()) if run.begun and run.stop_ns - run.start_ns >= _LEAST_NS]
        self._values = list(dict.fromkeys(run.value for run in reversed(self._all)))
        usual = 1 + self._values.index(1.0) if tag.type == "bool" and 1.0 in self._values else _EVERY
        self.value.put([tr("Every change"), *(self._said(value) for value in self._values)], usual)
        self._select()

    def _said(self, value: float) -> str:
        return self._names.get(round(value)) or f"{value:g}"

    def _select(self) -> None:
        wanted = None if self.value.chosen == _EVERY else self._values[self.value.chosen - 1]
        runs = [run for run in reversed(self._all) if wanted is None or run.value == wanted]
        self.runs = runs[:MOST]
        self.shift_button.setEnabled(len(self.runs) > 1)
        self._drawn = []
        self._ask_next()

    def _choose_pen(self, place: int) -> None:
        self.tag = self.sight.tags[place]
        self._select()

    def _ask_next(self) -> None:
        """The history of the pen in one run after the other."""
        self.desk.wire.forget(self._number)
        if len(self._drawn) == len(self.runs):
            self._show()
            return
        run = self.runs[len(self._drawn)]
        points = max(100, min(2000, self.graph.width()))
        args = {"tags": [self.tag.name], "from_ns": run.start_ns, "to_ns": run.stop_ns, "points": points}
        self._number = self.desk.wire.ask("history", args, self._came, PATIENCE_S)

    def _came(self, reply: Reply) -> None:
        try:
            window = windows_of(reply).get(self.tag.name) if reply.ok else None
        except ValueError as error:
            reply, window = Reply(0, False, str(error)), None
        if window is None:
            self.told.say(tr("No history: {why}", why=reply.text))
            return
        run, series = self.runs[len(self._drawn)], Series(self.tag)
        series.take(window)
        strokes = series.strokes(run.start_ns, run.stop_ns, run.stop_ns, max(100, self.graph.width()))
        self._drawn.append(Drawn(run.start_ns, run.stop_ns, strokes.between(run.start_ns, run.stop_ns)))
        self._ask_next()

    def _show(self) -> None:
        self.graph.show_runs(self.tag, axis_title(self.tag), self._drawn)
        more = len(self._all) - len(self.runs) if self.value.chosen == _EVERY else 0
        self.told.say(tr("The newest {count} of {all} runs", count=len(self.runs), all=len(self.runs) + more))
        self.legend.show_lines([self._line(run) for run in self.runs])

    def _line(self, run: Run) -> str:
        length = words.age((run.stop_ns - run.start_ns) / 1e9)
        start = words.source_time(run.start_ns, self.desk.zone)[5:16]
        return f"{self._said(run.value)} · {start} · {length}{'' if run.ended else ' …'}"

    def _shift(self) -> None:
        if len(self.runs) > 1:
            self.shift_asked.emit(self.runs[0].start_ns - self.runs[1].start_ns)
            self.leave()


def _nearness(one: str, other: str) -> int:
    """How many parts two paths begin with in common."""
    pairs = zip(one.split("."), other.split("."), strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(one.count("."), other.count(".")) + 1)
