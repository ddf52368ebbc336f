"""PyDM as a side of the screens bench, by file, in the environment it is installed in: FILE MIX ELEMENTS.

Its values come from the cheapest source it can have: a plug-in in its own process that emits in the window's thread.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_API", "pyside6")
sys.path.insert(0, str(Path(__file__).parent))

import _screens_field as field  # type: ignore[import-not-found]
from pydm import Display, PyDMApplication  # type: ignore[import-not-found]
from pydm.data_plugins import add_plugin  # type: ignore[import-not-found]
from pydm.data_plugins.plugin import PyDMConnection, PyDMPlugin  # type: ignore[import-not-found]
from pydm.widgets import PyDMLabel  # type: ignore[import-not-found]

SOURCES: dict[str, Any] = {}


class Connection(PyDMConnection):  # type: ignore[misc]
    """One value, told when the bench says so."""

    def __init__(self, channel: Any, address: str, protocol: Any = None, parent: Any = None) -> None:
        super().__init__(channel, address, protocol, parent)
        self.add_listener(channel)
        SOURCES[address] = self

    def add_listener(self, channel: Any) -> None:
        super().add_listener(channel)
        self.connection_state_signal.emit(True)
        self.new_value_signal[float].emit(0.0)


class Plugin(PyDMPlugin):  # type: ignore[misc]
    """sim://ADDRESS"""

    protocol = "sim"
    connection_class = Connection


class Side:
    """One display of labels."""

    def __init__(self, count: int) -> None:
        self.application = PyDMApplication(use_main_window=False)
        add_plugin(Plugin)
        self.count = count
        self.display = self._display(count, "t")
        self.turn()

    def _display(self, count: int, name: str) -> Any:
        display = Display()
        for number, (x, y, width, height) in enumerate(field.cells(count)):
            label = PyDMLabel(display, init_channel=f"sim://{name}{number}")
            label.setGeometry(int(x), int(y), int(width), int(height))
            label.precisionFromPV = False
            label.precision = field.decimals_of(width)
        display.resize(*field.SIZE)
        display.show()
        return display

    def turn(self) -> None:
        """Whatever Qt has to do."""
        self.application.processEvents()

    def frames(self, count: float, share: float) -> dict[str, float]:
        """Frames in which a share of all labels has changed."""
        number = round(self.count * share)
        sources = [SOURCES[f"t{n}"] for n in range(self.count)]

        def frame() -> None:
            for source in random.sample(sources, number):
                source.new_value_signal[float].emit(random.uniform(0.0, 99.0))
            self.turn()

        return field.per_frame(frame, round(count))  # type: ignore[no-any-return]

    def opens(self, rounds: float) -> dict[str, float]:
        """Milliseconds until a display of 500 labels, made in Python, is painted: first, and again."""
        times = []
        for _ in range(round(rounds)):
            start = time.perf_counter()
            display = self._display(500, "open")
            self.turn()
            times.append((time.perf_counter() - start) * 1000)
            display.close()
            display.deleteLater()
            self.turn()
        return {"first_ms": times[0], "cold_ms": times[0], "warm_ms": sorted(times)[len(times) // 2]}


def main() -> None:
    """Until standard input ends."""
    side = Side(int(sys.argv[2]))
    field.answer({"frames": side.frames, "opens": side.opens}, side.turn)


if __name__ == "__main__":
    main()
