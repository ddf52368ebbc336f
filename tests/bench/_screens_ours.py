"""Our canvas as a side of the screens bench: `-m tests.bench._screens_ours MIX ELEMENTS [TAGS]`."""

from __future__ import annotations

import gc
import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication, QStackedWidget

from hmi.client.mimic.canvas import Mimic
from hmi.client.mirror import Mirror
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.clock import MachineClock
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.plant import Plant, load
from hmi.core.screens.model import Binding, Element, Screen
from hmi.plantfiles.folder import read_library
from tests.bench import _screens_field as field

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
_SYMBOLS = {kind: f"bench_{kind}" for kind in ("value", "bar", "tank", "valve")}  # what the scene's items are
_SHAPES = {
    "value": 'kind = "value"\nx = 0\ny = 0\nw = 0\nh = 0\nbind = "value"\nsize = 13\nalign = "left"\nunit = false',
    "bar": 'kind = "bar"\nx = 0\ny = 0\nw = 0\nh = 0\nbind = "value"\nlimits = false',
    "tank": 'kind = "level"\nx = 0\ny = 0\nw = 0\nh = 0\nbind = "value"\nlimits = false',
    "valve": 'kind = "path"\nd = "M 0 0 L 40 40 L 40 0 L 0 40 Z"\nfill_by = "state"\nline = "line"\nwidth = 1',
}
_BINDS = {"value": "value", "bar": "value", "tank": "value", "valve": "state"}
_DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1920 1080">{}</svg>'


def plant_of(tags: int, mix: str) -> Plant:
    """A plant of so many tags; those that a valve shows are on or off."""
    types = {kind: "bool,,," if kind == "valve" else "float64,l/min,0,100" for kind in _SYMBOLS}
    rows = [f"b.t{n},plc,ns=2;i={n},{types[field.kind_of(n, mix)]},,,,,change,r,T" for n in range(tags)]
    texts = {"plant.toml": _PLANT, "tags.csv": "\n".join([_HEAD, *rows]) + "\n", "screens/none.toml": _SCREEN}
    return load(texts, read_library() | dict(_symbols()))


def _symbols() -> Iterator[tuple[str, str]]:
    """Each no more than what the other sides draw for it."""
    for kind, shape in _SHAPES.items():
        stretch = "true" if kind == "valve" else "false"
        bind = '{ state = "bool" }' if kind == "valve" else '{ value = "analog" }'
        name = _SYMBOLS[kind]
        head = f'binds = {bind}\n\n[symbol]\nid = "{name}"\nsize = [40, 40]\nstretch = {stretch}\n'
        yield f"symbols/{name}.toml", f"{head}\n[[shape]]\n{shape}\n"


def screen_of(count: int, mix: str, ident: str = "field", pipes: bool = True, backdrop: str = "") -> Screen:
    """The screen of the bench: so many elements over still pipes."""
    elements = []
    for x1, y1, x2, y2 in field.pipes() if pipes else ():
        points = [[0, 0], [x2 - x1, y2 - y1]]
        elements.append(Element("pipe", x1, y1, 10, 10, options={"points": points}))
    for number, (x, y, width, height) in enumerate(field.cells(count)):
        kind = field.kind_of(number, mix)
        bind = {_BINDS[kind]: Binding(f"b.t{number}", number, (number,))}
        options = {"decimals": field.decimals_of(width)}
        elements.append(Element(_SYMBOLS[kind], x, y, width, height, binds=bind, options=options))
    return Screen(ident, "Field", 1, (1920.0, 1080.0), tuple(elements), backdrop=backdrop)


class Side:
    """A mimic on a mirror whose columns the bench turns."""

    def __init__(self, mix: str, count: int, tags: int) -> None:
        self.application = QApplication(["hmi"])
        self.application.setStyle("Fusion")
        dress(self.application, day(), False)
        self.count = count
        self.plant = plant_of(max(tags, count), mix)
        self.mirror = Mirror(self.plant, MachineClock())
        self.screen = screen_of(count, mix)
        self.is_switch = np.array([tag.type == "bool" for tag in self.plant.tags])
        self.random = np.random.default_rng(1)
        self.change(np.arange(len(self.plant.tags)))
        self.mirror.link_down = False
        self.window = QStackedWidget()  # as the program's own has its pages
        self.window.resize(*field.SIZE)
        self.window.show()
        self.mimic = self.opened(self.screen)

    def opened(self, screen: Screen) -> Mimic:
        """The screen in the window, painted once."""
        mimic = Mimic(screen, self.plant, self.mirror, day())
        self.window.addWidget(mimic)
        self.window.setCurrentWidget(mimic)
        self.turn()
        return mimic

    def turn(self) -> None:
        """Whatever Qt has to do."""
        self.application.processEvents()

    def change(self, which: Any) -> None:
        """New values, as the wire would bring them."""
        value = self.random.uniform(0.0, 99.0, len(which))
        value[self.is_switch[which]] = value[self.is_switch[which]] > 49
        now = self.mirror.now_ns()
        self.mirror.table.apply(Batch.of(which, value, now, now, q.GOOD))

    def frames(self, count: float, share: float) -> dict[str, float]:
        """Frames in which a share of all elements has changed: what applying the values costs is left out."""
        number = round(self.count * share)
        sets = [self.random.choice(self.count, number, replace=False) for _ in range(8)]
        turn = iter(range(10**9))
        spent = 0.0

        def frame() -> None:
            nonlocal spent
            start = time.process_time()
            self.change(sets[next(turn) % 8])
            spent += time.process_time() - start
            self.mimic.refresh()
            self.turn()

        found = field.per_frame(frame, round(count))
        found["cpu_ms"] -= spent * 1000 / (count + 1)
        return found

    def look(self, count: float) -> dict[str, float]:
        """Frames in which tags have changed, none of them on the screen: what finding that out costs."""
        others = np.arange(self.count, len(self.plant.tags))[:1000]
        spent = []
        for _ in range(round(count)):
            self.change(others)
            start = time.perf_counter()
            self.mimic.refresh()
            spent.append(time.perf_counter() - start)
        return {"us": float(np.median(spent)) * 1e6}

    def idle(self, seconds: float) -> dict[str, float]:
        """Beats at 20 Hz in which nothing has changed."""
        cpu, drawn = time.process_time(), self.mimic.drawn_elements
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.mimic.refresh()
            self.turn()
            time.sleep(0.05)
        return {"percent": (time.process_time() - cpu) * 100 / seconds, "drawn": self.mimic.drawn_elements - drawn}

    def opens(self, rounds: float) -> dict[str, float]:
        """Milliseconds until a screen of 500 elements over a drawing of 2,000 lines is painted.

        Cold: for the first time; warm: gone back to, all its values changed meanwhile; anew: built again after it was
        thrown away.
        """
        lines = "".join(
            f'<path d="M {n % 1900} {n * 7 % 1000} l 20 30 l -10 12" fill="none" stroke="#888888" stroke-width="1"/>'
            for n in range(2000)
        )
        object.__setattr__(self.plant, "backdrops", {"field.svg": _DRAWING.format(lines)})
        times: dict[str, list[float]] = {"cold_ms": [], "warm_ms": [], "anew_ms": []}
        for number in range(round(rounds)):
            screen = screen_of(500, "mixed", f"open{number}", False, "field.svg")
            page, times["cold_ms"][number:] = self._timed(lambda screen=screen: self.opened(screen))
            self.window.setCurrentWidget(self.mimic)
            self.turn()
            _, times["warm_ms"][number:] = self._timed(lambda page=page: self._back(page))  # as the program goes back
            self._gone(page)
            page, times["anew_ms"][number:] = self._timed(lambda screen=screen: self.opened(screen))
            self._gone(page)
        found = {name: float(np.median(one)) for name, one in times.items()}
        return found | {"first_ms": times["cold_ms"][0]}

    def _back(self, page: Mimic) -> None:
        self.change(np.arange(len(self.plant.tags)))
        self.window.setCurrentWidget(page)
        page.refresh()
        self.turn()

    def _gone(self, page: Mimic) -> None:
        self.window.removeWidget(page)
        page.deleteLater()
        self.turn()

    def _timed(self, act: Callable[[], Any]) -> tuple[Any, list[float]]:
        gc.collect()
        start = time.perf_counter()
        made = act()
        return made, [(time.perf_counter() - start) * 1000]


def main() -> None:
    """Until standard input ends."""
    logging.getLogger("hmi").setLevel(logging.ERROR)
    mix, count = sys.argv[1], int(sys.argv[2])
    side = Side(mix, count, int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    orders = {"frames": side.frames, "look": side.look, "idle": side.idle, "opens": side.opens}
    field.answer(orders, side.turn)


if __name__ == "__main__":
    main()
