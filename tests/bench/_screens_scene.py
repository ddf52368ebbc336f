"""The best QGraphicsScene as a side of the screens bench: items in C++, the whole viewport painted anew each frame.

`-m tests.bench._screens_scene MIX ELEMENTS`. Of its update modes the full one is the best where much changes.
"""

from __future__ import annotations

import sys

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QColor, QFont, QPen, QPolygonF
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsPolygonItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
)

from tests.bench import _screens_field as field


class Side:
    """One view on one scene."""

    def __init__(self, mix: str, count: int) -> None:
        self.application = QApplication(["scene"])
        self.count = count
        self.random = np.random.default_rng(1)
        self.scene = QGraphicsScene(0, 0, *field.SIZE)
        self.scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.scene.setBackgroundBrush(QColor("#D5D5D5"))
        for pipe in field.pipes():
            self.scene.addLine(*pipe, QPen(QColor("#888888"), 4))
        self.font = QFont("DejaVu Sans")
        self.font.setPixelSize(13)
        self.white, self.grey = QBrush(QColor("#FFFFFF")), QBrush(QColor("#888888"))
        self.kinds = [field.kind_of(number, mix) for number in range(count)]
        self.places = field.cells(count)
        self.items = [self._item(kind, *place) for kind, place in zip(self.kinds, self.places, strict=True)]
        self.view = QGraphicsView(self.scene)
        self.view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.view.setFrameStyle(0)
        self.view.resize(*field.SIZE)
        self.view.show()
        self.turn()

    def turn(self) -> None:
        """Whatever Qt has to do."""
        self.application.processEvents()

    def _item(self, kind: str, x: float, y: float, width: float, height: float) -> QGraphicsItem:
        if kind == "value":
            text = QGraphicsSimpleTextItem("0")
            text.setFont(self.font)
            text.setBrush(QColor("#00007F"))
            text.setPos(x, y)
            self.scene.addItem(text)
            return text
        if kind == "valve":
            corners = [(0, 0), (width, height), (width, 0), (0, height)]
            valve = QGraphicsPolygonItem(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
            self.scene.addItem(valve)
            return valve
        self.scene.addRect(x, y, width, height, QPen(QColor("#4A4A4A")), QColor("#C4C4C4"))
        fill = QGraphicsRectItem(x, y, width, height)
        fill.setBrush(QColor("#8C9AA3"))
        self.scene.addItem(fill)
        return fill

    def frames(self, count: float, share: float) -> dict[str, float]:
        """Frames in which a share of all elements has changed."""
        number = round(self.count * share)
        sets = [self.random.choice(self.count, number, replace=False).tolist() for _ in range(8)]
        turn = iter(range(10**9))

        def frame() -> None:
            chosen = sets[next(turn) % 8]
            for one, value in zip(chosen, self.random.uniform(0.0, 99.0, number).tolist(), strict=True):
                self._show(one, value)
            self.turn()

        return field.per_frame(frame, round(count))

    def _show(self, number: int, value: float) -> None:
        kind, item = self.kinds[number], self.items[number]
        if kind == "value":
            item.setText(f"{value:.{field.decimals_of(self.places[number][2])}f}")
            return
        if kind == "valve":
            item.setBrush(self.white if value > 49 else self.grey)
            return
        x, y, width, height = self.places[number]
        part = value / 100
        if kind == "bar":
            item.setRect(x, y, width * part, height)
        else:
            item.setRect(x, y + height * (1 - part), width, height * part)


def main() -> None:
    """Until standard input ends."""
    side = Side(sys.argv[1], int(sys.argv[2]))
    field.answer({"frames": side.frames}, side.turn)


if __name__ == "__main__":
    main()
