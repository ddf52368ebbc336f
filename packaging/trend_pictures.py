"""The demo plant's trend groups as pictures for the manual: `python packaging/trend_pictures.py FOLDER`.

Three hours of the simulated line are let pass in seconds, with a jam, a door, a trip and an outage, kept by the real
store, and drawn by the real page out of a real reader; only the alarms, which the engine would judge, are not there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

import hmi
from hmi.client.page import Desk
from hmi.client.style import dress
from hmi.client.theme import day, night, theme_of
from hmi.client.trends.compare_histogram import HistogramStudy
from hmi.client.trends.compare_overlay import RunsStudy
from hmi.client.trends.compare_xy import XyStudy
from hmi.client.trends.comparesheet import Study
from hmi.client.trends.page import TrendsPage
from hmi.client.trends.shift import said_shift
from hmi.client.wire import Wire
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, Batch, join
from hmi.core.derived import Derived
from hmi.core.plant.model import Plant
from hmi.core.screens.vocabulary import PACKML
from hmi.core.tags import TagTable
from hmi.link import local
from hmi.link.messages import Hello, Reply, Request, Values, Welcome
from hmi.link.street import Session
from hmi.plantfiles.folder import find_plant, load_folder, read_library
from hmi.sim.simulation import Simulation
from hmi.store.paging import page as page_of
from hmi.store.query import Reader
from hmi.store.report import Wanted
from hmi.store.store import Store

S = 1_000_000_000
HOURS = 3.0
END = datetime(2026, 3, 27, 14, 20, tzinfo=ZoneInfo("Europe/Berlin"))
FAULTS = ("chiller-trip@8700", "palletiser-door@8400", "head17-drift@9000", "capper-jam@10440")
AWAY = (6600, 7200)  # so many seconds after the beginning the line's controllers are out of reach ...
FETCHED = 6900  # ... and from here on the values were fetched from them later
PRESSED = {  # what is pressed at the line, and when: after the door is shut, and when the jam has been cleared
    8470: ("line1.palletiser.command", 9.0),
    8480: ("line1.palletiser.command", 1.0),
    8490: ("line1.palletiser.command", 2.0),
    10530: ("line1.line.command", 1.0),
    10540: ("line1.line.command", 2.0),
}
SIZE = (1232, 776)
BACK_NS = 22 * 60 * S  # from the jam to the stop before
NOTE_BACK_S = 2100
EXECUTE = 6
NOTE = {
    "id": 1,
    "category": "note",
    "event": "noted",
    "subject": "plant",
    "value": 600.0,
    "user": "M. Weber",
    "why": "Guard door of the palletiser: switch loose, fixed with a screw from the store",
}
COMPARED: dict[str, tuple[str, str, type[Study] | None]] = {
    "shifted": ("filler-bowl", "line1.filler.tank.level", None),
    "runs": ("filler-bowl", "line1.filler.tank.level", RunsStudy),
    "xy": ("filler-bowl", "line1.filler.inlet.flow", XyStudy),
    "histogram": ("fill-quality", "line1.filler.fill.average", HistogramStudy),
}


class Past:
    """The demo plant's last hours in a data folder, and the engine's end of a link that answers out of it."""

    def __init__(self, folder: Path) -> None:
        self.plant: Plant = load_folder(find_plant("bottling"))
        self.library = read_library()
        self.clock = HandClock(int(END.timestamp() - HOURS * 3600) * S)
        self.table = TagTable(self.plant.tags)
        self.store = Store(folder, self.plant.tags, self.clock, self.plant.history)
        self.reader = Reader(folder, self.store.unsealed)
        names = {pen.tag for group in self.plant.trends.values() for pen in group.pens}
        self._wanted = np.array(sorted(self.plant.tag_index[name] for name in names), np.intp)
        self._deadband = np.array([self.plant.tags[tag].deadband for tag in self._wanted])
        self._kept = np.full(len(self.plant.tags), np.nan)
        self._derived = Derived(self.plant)

    def live(self) -> None:
        """Let the hours pass, a scan a second."""
        line, start = Simulation(self.plant, FAULTS), self.clock.now_ns()
        news: list[Batch] = []
        for second in range(int(HOURS * 3600)):
            if second in PRESSED:
                line.write(*PRESSED[second])
            line.advance(1.0)
            self._scan(line, start + second * S)
            news.append(self._news(second))
            self.clock.advance(1.0)
            if second % 60 == 59:
                self.store.append(join(news))
                self.store.flush().result()
                news.clear()
        away = (start + AWAY[0] * S, start + FETCHED * S)
        for connection in {self.plant.tags[tag].connection for tag in self._wanted}:
            self.store.declare_gap(*away, connection, "the connection was away, and the device keeps no longer past")
        self.store.flush().result()

    def _scan(self, line: Simulation, now: int) -> None:
        """Every value of the line into the table, and what is derived from them."""
        values = {name: float(value) for name, value in line.read().items() if not isinstance(value, str)}
        index = [tag for name in values if (tag := self.plant.tag_index.get(name)) is not None]
        numbers = [values[self.plant.tags[tag].name] for tag in index]
        self.table.apply(Batch.of(index, numbers, now, now, q.GOOD))
        self.table.apply(self._derived.step(self.table, np.array(index, np.intp)))

    def _news(self, second: int) -> Batch:
        """What of the groups changed by more than its deadband; nothing while it could be neither heard nor fetched."""
        if AWAY[0] <= second < FETCHED:
            return Batch.empty()
        now, before = self.table.value[self._wanted], self._kept[self._wanted]
        chosen = self._wanted[~(np.abs(now - before) <= self._deadband)]
        if second % 60 == 0 or second == FETCHED:
            chosen = self._wanted
        self._kept[chosen] = self.table.value[chosen]
        found = self.table.rows(chosen)
        found.rows["flags"] |= FLAG_BACKFILLED if FETCHED <= second < AWAY[1] else 0
        return found

    def opened(self, session: Session) -> None:
        """The page has come."""
        now = self.clock.now_ns()
        session.send(Welcome(1, dict(self.plant.texts), self.library, self.plant.digest, now, hmi.__version__))
        session.send(Values.of(self.table.rows(np.arange(len(self.table))), now, snapshot=True))

    def closed(self, session: Session) -> None:
        """It has gone."""

    def received(self, session: Session, message: Request) -> None:
        """History is read; of anything else there is nothing."""
        args: dict[str, Any] = message.args
        body: Any = []
        if message.verb == "history":
            found = self.reader.window(args["tags"], args["from_ns"], args["to_ns"], args["points"])
            body = [window.pack() for window in found]
        elif message.verb == "figures":
            edges = np.array(args["edges"], np.int64)
            figures = self.reader.aggregate(args["tags"], Wanted(tuple(args["kinds"]), edges, int(edges[-1])))
            body = [one.pack() for one in figures]
        elif message.verb == "samples":
            samples, after = page_of(self.reader, args["tag"], args["from_ns"], args["to_ns"], args["most"])
            body = {"samples": samples.pack(), "next_ns": after}
        elif message.verb == "notes":
            body = [{**NOTE, "source_ns": self.clock.now_ns() - NOTE_BACK_S * S, "time_ns": self.clock.now_ns()}]
        session.send(Reply(message.number, True, "", body))


def picture(target: Path, desk: Desk, wire: Wire, groups: Sequence[str]) -> None:
    """Each group on the trend page, as it stands in the window."""
    frame, page = QWidget(), TrendsPage(desk)
    frame.setObjectName("page")
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    layout = QVBoxLayout(frame)
    layout.addWidget(page)
    frame.resize(*SIZE)
    frame.show()
    for group in groups:
        page.show_group(desk.plant.trends[group])
        for _ in range(3):
            wire.tick()
            QApplication.sendPostedEvents()
            frame.grab()
        prefix = "" if desk.theme is day() else "night-"
        frame.grab().save(str(target / f"{prefix}trends-{group}.png"))
    page.dispose()
    frame.close()


def compared(target: Path, desk: Desk, wire: Wire) -> None:
    """What can be made of a trend: a pen shifted, runs over each other, an XY plot, a histogram."""
    frame, page = QWidget(), TrendsPage(desk)
    layout = QVBoxLayout(frame)
    layout.addWidget(page)
    frame.setObjectName("page")
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    frame.resize(*SIZE)
    frame.show()

    def shot(name: str) -> None:
        for _ in range(60):
            wire.tick()
            QApplication.sendPostedEvents()
        frame.grab().save(str(target / f"trends-{name}.png"))

    for name, (group, tag, kind) in COMPARED.items():
        page.show_group(desk.plant.trends[group])
        page.table.selectRow([pen.tag.name for pen in page.pens].index(tag))
        shot(name)
        if kind is None:
            page.choose((desk.plant.tag_index[tag],))
            page.tools.shift(BACK_NS, said_shift(BACK_NS))
            shot(name)
            continue
        sheet = page.tools.study(kind)
        assert sheet is not None
        shot(name)
        if isinstance(sheet, XyStudy):
            sheet.across.pick([pen.tag.name for pen in page.pens].index("line1.filler.inlet.valve_position"))
            shot(name)
        if isinstance(sheet, RunsStudy):
            sheet.begins.pick([one.name for one in sheet.events].index("line1.filler.state"))
            shot(name)
            sheet.value.pick(sheet.value.choices.index(PACKML[EXECUTE]))
            shot(name)
        sheet.leave()
    page.dispose()
    frame.close()


def main() -> None:
    """Every group by day, two of them by night."""
    target = Path(sys.argv[1])
    application = QApplication(["hmi"])
    application.setStyle("Fusion")
    with tempfile.TemporaryDirectory() as folder:
        past = Past(Path(folder))
        past.live()
        wire = Wire(lambda: local.pair(past, Hello(token="", program="client", user="a", station="b")), past.clock)
        wire.start()
        wire.tick()
        assert wire.plant is not None and wire.mirror is not None
        for theme in (day(), night()):
            dress(application, theme, False)
            desk = Desk(wire.plant, wire.mirror, wire, past.clock, ZoneInfo(past.plant.timezone), theme_of(theme.name))
            picture(target, desk, wire, list(past.plant.trends)[: None if theme is day() else 2])
            if theme is day():
                compared(target, desk, wire)
        wire.stop()
        past.store.close()


if __name__ == "__main__":
    main()
