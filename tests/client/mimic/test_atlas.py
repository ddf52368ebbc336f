"""The atlas keeps its pictures apart, and copies and boxes land where they are told."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from hmi.client.mimic.atlas import HIGHEST, WIDE, Atlas, Boxes, Copies


def test_rooms_do_not_overlap_and_what_is_drawn_stays_when_it_grows(qapp: Any) -> None:
    atlas = Atlas()
    taken = np.zeros((HIGHEST, WIDE), bool)
    first = atlas.room(30, 20)
    assert first is not None
    painter = atlas.painter()
    painter.fillRect(*first, 30, 20, QColor("red"))
    painter.end()
    taken[first[1] : first[1] + 20, first[0] : first[0] + 30] = True
    for width, height in ((500, 100), (600, 50), (10, 300), (1024, 700)):
        corner = atlas.room(width, height)
        assert corner is not None
        room = taken[corner[1] : corner[1] + height, corner[0] : corner[0] + width]
        assert room.shape == (height, width)
        assert not room.any()
        room[:] = True
    assert atlas.pixmap.height() > 700
    assert atlas.pixmap.toImage().pixelColor(first[0] + 5, first[1] + 5).name() == "#ff0000"


def test_what_does_not_fit_is_refused(qapp: Any) -> None:
    atlas = Atlas()
    assert atlas.room(WIDE + 1, 10) is None
    assert atlas.room(10, HIGHEST) is not None
    assert atlas.room(WIDE, 10) is None


def picture(draw: Any) -> QImage:
    target = QPixmap(100, 50)
    target.fill(Qt.GlobalColor.white)
    painter = QPainter(target)
    draw(painter)
    painter.end()
    return target.toImage()


def test_many_copies_in_one_call_are_single_copies(qapp: Any) -> None:
    source = QPixmap(20, 20)
    source.fill(Qt.GlobalColor.transparent)
    painter = QPainter(source)
    painter.fillRect(0, 0, 7, 5, QColor("red"))
    painter.fillRect(7, 5, 4, 9, QColor(0, 0, 255, 120))
    painter.end()
    rows = np.array([(x * 9 % 90, x * 7 % 45, (x % 2) * 7, (x % 2) * 5, 7 - 3 * (x % 2), 5) for x in range(700)])
    copies = Copies()

    def one_by_one(painter: QPainter) -> None:
        for x, y, sx, sy, width, height in rows.tolist():
            painter.drawPixmap(x, y, source, sx, sy, width, height)

    halves = [tuple(part.T) for part in (rows[:300], rows[300:])]
    assert picture(lambda painter: copies.draw(painter, source, halves, solid=False)) == picture(one_by_one)


def test_boxes_are_filled_to_their_last_pixel(qapp: Any) -> None:
    rows = np.array([(1, 2, 3, 4), (10, 10, 0, 5), (20, 5, 1, 1), (30, 0, 70, 50), (5, 40, -3, 2)])

    def many(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("green"))
        Boxes().draw(painter, rows)

    def each(painter: QPainter) -> None:
        for row in rows[(rows[:, 2:] > 0).all(1)].tolist():
            painter.fillRect(*row, QColor("green"))

    assert picture(many) == picture(each)
