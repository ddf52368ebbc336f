"""Our trend page as a side of the trends bench, on a real history folder: `-m tests.bench._trends_ours DAYS`.

The other end of its link answers in the same process, out of a Reader as the engine's; what the answers cost is told
apart from what the window costs.
"""

from __future__ import annotations

import itertools
import logging
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtWidgets import QApplication

from hmi.client.page import Desk
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.trends.page import TrendsPage
from hmi.client.wire import Wire
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.plant import load
from hmi.core.tags import TagTable
from hmi.link import local
from hmi.link.messages import Hello, Reply, Request, Values, Welcome
from hmi.link.street import Session
from hmi.plantfiles.folder import read_library
from tests.bench import _screens_field as screens
from tests.bench import _trends_field as field
from tests.bench._history_ours import Ours
from tests.bench._history_workload import HOUR_NS, PENS

_PLANT = """
[plant]
id = "bench"
name = "Bench"
timezone = "UTC"

[[connection]]
id = "plc"
driver = "opcua"
address = "opc.tcp://127.0.0.1:4840"
"""
_HEAD = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
_SCREEN = '[screen]\nid = "none"\ntitle = "None"\nlevel = 1\nsize = [1920, 1080]\n'
LIVE_HZ = 5


class House:
    """The engine's end of the link: it knows the plant, its values and its history."""

    def __init__(self, folder: Path, days: int) -> None:
        self._workload = field.workload()
        self.history = Ours(folder, self._workload)
        self._hours = field.hours(self._workload, days)
        self.clock = self.history.clock
        rows = [f"{tag.name},plc,{tag.address},{tag.type},,,,,,,,change,r,T" for tag in self._workload.tags]
        self.files = {
            "plant.toml": _PLANT,
            "tags.csv": "\n".join([_HEAD, *rows]) + "\n",
            "screens/none.toml": _SCREEN,
        }
        self.library = read_library()
        self.plant = load(self.files, self.library)
        self.table = TagTable(self.plant.tags)
        self.session: Session | None = None
        self.spent_s = 0.0  # CPU, for answers

    def grow(self, seconds: float) -> bool:
        """Go on making history for so long; returns whether all of it is there."""
        until = time.monotonic() + seconds
        for stretch in self._hours:
            self.history.load(stretch.rows())
            if time.monotonic() > until:
                return False
        self.history.settle()
        self.clock.advance(1.0)
        return True

    def opened(self, session: Session) -> None:
        """The window has come."""
        self.session = session
        now = self.clock.now_ns()
        session.send(Welcome(1, self.files, self.library, self.plant.digest, now, "1.0"))
        session.send(Values.of(self.table.rows(np.arange(len(self.table))), now, snapshot=True))

    def closed(self, session: Session) -> None:
        """It has gone."""
        self.session = None

    def received(self, session: Session, message: Request) -> None:
        """History is read; of anything else there is nothing."""
        start = time.process_time()
        body: list[object] = []
        if message.verb == "history":
            args = message.args
            found = self.history.reader.window(args["tags"], args["from_ns"], args["to_ns"], args["points"])
            body = [window.pack() for window in found]
        session.send(Reply(message.number, True, "", body))
        self.spent_s += time.process_time() - start

    def second(self, number: int) -> None:
        """New values of all pens."""
        start, now = time.process_time(), self.clock.now_ns()
        pens = np.array(PENS)
        batch = Batch.of(pens, 50 + 40 * np.sin(number / 20 + pens), now, now, q.GOOD)
        self.table.apply(batch)
        assert self.session is not None
        self.session.send(Values.of(batch, now))
        self.spent_s += time.process_time() - start


class Side:
    """The trend page in a window, on the house's link."""

    def __init__(self, folder: Path, days: int) -> None:
        self.application = QApplication(["hmi"])
        self.application.setStyle("Fusion")
        dress(self.application, day(), False)
        self.house, self.days, self.held_mb = House(folder, days), days, 0.0

    def grow(self, seconds: float) -> dict[str, float]:
        """Make history for so long; when all of it is there, open the page."""
        done = self.house.grow(seconds)
        if done:
            self.open()
        return {"done": done}

    def open(self) -> None:
        """The page in a window, on the history that there is."""
        clock, days = self.house.clock, self.days
        wire = Wire(lambda: local.pair(self.house, Hello(token="", program="client", user="a", station="b")), clock)
        wire.start()
        wire.tick()
        assert wire.plant is not None and wire.mirror is not None
        self.wire = wire
        self.desk = Desk(wire.plant, wire.mirror, wire, clock, ZoneInfo("UTC"), day())
        self.page = self.opened()
        names = [wire.plant.tags[tag].name for tag in PENS]
        now = clock.now_ns()
        self.house.history.reader.window(names, now - days * 24 * HOUR_NS, now, 3000)
        before = field.resident_mb()
        self.page.show_tags(PENS, days * 86400.0)
        self.settle()
        self.held_mb = field.resident_mb() - before

    def opened(self) -> TrendsPage:
        """A page without pens, painted."""
        page = TrendsPage(self.desk)
        page.resize(field.SIZE[0], field.SIZE[1] + 380)
        page.show()
        self.application.processEvents()
        return page

    def settle(self) -> None:
        """Until the answer is there and painted."""
        self.wire.tick()
        self.turn()

    def turn(self) -> None:
        """Whatever Qt has to do."""
        self.application.processEvents()

    def memory(self) -> dict[str, float]:
        """What the view holds."""
        return {"mb": self.held_mb}

    def asks(self, rounds: float) -> dict[str, float]:
        """Milliseconds from the request of eight pens to their picture: with history just opened, and again."""
        self.house.history.forget()
        return {"cold_ms": self._ask(), "warm_ms": float(np.median([self._ask() for _ in range(round(rounds))]))}

    def _ask(self) -> float:
        self.page.show_tags((), 60.0)
        self.settle()
        start = time.perf_counter()
        self.page.show_tags(PENS, self.days * 86400.0)
        self.settle()
        taken = (time.perf_counter() - start) * 1000
        assert self.page.ready() and len(self.page.pens) == len(PENS)
        return taken

    def frames(self, count: float, zoom: float) -> dict[str, float]:
        """Frames of a drag to and fro, or of zooming in and out; what the house does for them is left out."""
        turn, view = itertools.cycle((1, 1, -1, -1)), self.page.plot.view
        self.page.show_tags(PENS, self.days * 86400.0)
        self.settle()
        width = view.viewRect().width()
        self.house.spent_s = 0.0

        def frame() -> None:
            way = next(turn)
            if zoom:
                view.scaleBy(x=0.98**way)
            else:
                view.translateBy(x=way * width * 0.01)
            view.sigRangeChangedManually.emit([True, False])
            self.house.clock.advance(1 / 30)
            self.settle()

        found = screens.per_frame(frame, round(count))
        found["house_ms"] = self.house.spent_s * 1000 / (count + 1)
        found["cpu_ms"] -= found["house_ms"]
        return found

    def live(self, count: float) -> dict[str, float]:
        """New values five times a second on ten minutes of eight pens: CPU of the window for one redraw."""
        self.page.show_tags(PENS, 600.0)
        numbers = itertools.count()
        for _ in range(600 * LIVE_HZ):
            self.house.clock.advance(1 / LIVE_HZ)
            self.house.second(next(numbers))
            self.wire.tick()
            for pen in self.page.pens:
                pen.series.listen(self.desk.mirror.table, self.desk.mirror.now_ns())
        self.settle()
        self.house.spent_s = 0.0

        def frame() -> None:
            self.house.clock.advance(1 / LIVE_HZ)
            self.house.second(next(numbers))
            self.wire.tick()
            self.page.refresh()
            self.turn()

        found = screens.per_frame(frame, round(count))
        found["cpu_ms"] -= self.house.spent_s * 1000 / (count + 1)
        return found

    def minute(self, hz: float) -> dict[str, float]:
        """A minute of new values so many times a second while time is zoomed in and out: the longest beat's CPU."""
        self.page.show_tags(PENS, 600.0)
        self.settle()
        view, numbers, spent = self.page.plot.view, itertools.count(), []
        for beat in range(round(60 * hz)):
            self.house.clock.advance(1 / hz)
            self.house.second(next(numbers))
            start, house = time.process_time(), self.house.spent_s
            self.wire.tick()
            self.page.refresh()
            if beat % 3 == 0:
                view.scaleBy(x=0.97 if beat % 60 < 30 else 1.03)
                view.sigRangeChangedManually.emit([True, False])
            elif beat % 100 == 99:
                self.page.travel.show_span(600.0)
            self.turn()
            spent.append((time.process_time() - start - (self.house.spent_s - house)) * 1000)
        return {"longest_ms": max(spent), "median_ms": float(np.median(spent))}


def main() -> None:
    """Until standard input ends."""
    logging.getLogger("hmi").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        side = Side(Path(folder), int(sys.argv[1]))
        orders = {"grow": side.grow, "frames": side.frames, "live": side.live, "asks": side.asks, "memory": side.memory}
        orders["minute"] = side.minute
        screens.answer(orders, side.turn)


if __name__ == "__main__":
    main()
