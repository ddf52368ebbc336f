"""Plain pyqtgraph as a side of the trends bench: PlotDataItems with automatic peak downsampling: `-m ... DAYS`."""

from __future__ import annotations

import itertools
import sys

import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from tests.bench import _screens_field as screens
from tests.bench import _trends_field as field


class Side:
    """A plot that holds every point."""

    def __init__(self, days: int) -> None:
        self.application = QApplication(["plain"])
        self.application.setStyle("Fusion")
        self.plot = pg.PlotWidget(axisItems={"bottom": pg.DateAxisItem()})
        self.plot.resize(*field.SIZE)
        self.plot.show()
        self.turn()
        before = field.resident_mb()
        self.span_s = days * 86400.0
        for number, (time, value) in enumerate(zip(*field.columns(days), strict=True)):
            low, high = float(value.min()), float(value.max())
            item = pg.PlotDataItem(pen=pg.mkPen(pg.intColor(number), width=1))
            self.plot.addItem(item)
            item.setClipToView(True)
            item.setDownsampling(auto=True, method="peak")
            item.setData(time, (value - low) / ((high - low) or 1.0))
        self.plot.setYRange(0, 1)
        self.plot.setXRange(0, self.span_s, padding=0)
        self.turn()
        self.held_mb = field.resident_mb() - before

    def turn(self) -> None:
        """Whatever Qt has to do."""
        self.application.processEvents()

    def memory(self) -> dict[str, float]:
        """What it holds for this view."""
        return {"mb": self.held_mb}

    def frames(self, count: float, zoom: float) -> dict[str, float]:
        """Frames of a drag to and fro, or of zooming in and out."""
        turn = itertools.cycle((1, 1, -1, -1))

        def frame() -> None:
            way = next(turn)
            if zoom:
                self.plot.getViewBox().scaleBy(x=0.98**way)
            else:
                self.plot.getViewBox().translateBy(x=way * self.span_s * 0.01)
            self.turn()

        return screens.per_frame(frame, round(count))


def main() -> None:
    """Until standard input ends."""
    side = Side(int(sys.argv[1]))
    screens.answer({"frames": side.frames, "memory": side.memory}, side.turn)


if __name__ == "__main__":
    main()
