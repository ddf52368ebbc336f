"""A picture beside the step, and the same looked at closely."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from hmi.client.instructions.drawing import Drawing, Large, fitted
from hmi.client.instructions.pictures import pictures_of
from hmi.core.steps.model import Picture


def photograph(width: int = 400, height: int = 200) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    buffer = QBuffer(data := QByteArray())
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


@pytest.fixture
def host(qtbot, bench):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


@pytest.fixture
def large(host, desk):
    drawing = Drawing(desk, Picture("pump.svg", "The pump"), host)
    drawing.setParent(host)
    drawing.resize(200, 100)
    drawing.show()
    assert drawing.is_there and drawing.accessibleName() == "The pump"
    return drawing


@pytest.fixture
def opened(qtbot, host, large):
    qtbot.mouseClick(large, Qt.MouseButton.LeftButton)
    return host.findChild(Large)


def test_a_touch_shows_it_large_and_a_touch_closes_it(qtbot, opened):
    assert opened.isVisible() and opened.close_.width() > 400
    assert not opened.grab().isNull()
    qtbot.mouseClick(opened.close_, Qt.MouseButton.LeftButton)
    assert not opened.isVisible()


def test_it_is_made_larger_and_moved_but_not_out_of_sight(qtbot, opened):
    close = opened.close_
    whole = close.place()
    qtbot.mouseClick(opened.ways["larger"], Qt.MouseButton.LeftButton)
    qtbot.keyClick(close, Qt.Key.Key_Plus)
    assert close.place().width() == pytest.approx(whole.width() * 2.25)
    middle = close.rect().center()
    qtbot.mousePress(close, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(close, middle + QPoint(4000, 0))
    qtbot.mouseRelease(close, Qt.MouseButton.LeftButton, pos=middle)
    assert opened.isVisible()  # it was moved, not closed
    assert close.middle.x() == pytest.approx(0.5 / 2.25)  # its left side is where the room begins
    qtbot.keyClick(close, Qt.Key.Key_0)
    assert (close.factor, close.middle) == (1.0, QPointF(0.5, 0.5))
    qtbot.mouseClick(opened.ways["smaller"], Qt.MouseButton.LeftButton)
    assert close.factor == 1.0
    qtbot.keyClick(close, Qt.Key.Key_Escape)
    assert not opened.isVisible()


def test_a_photograph_comes_from_the_engine_and_is_shown_as_soon_as_it_is_there(qtbot, bench, desk):
    kept = bench.attachments.keep("pump.png", photograph())
    drawing = Drawing(desk, Picture("pump.png", "The pump"), None, kept)
    qtbot.addWidget(drawing)
    assert not drawing.is_there and not drawing.grab().isNull()  # its words meanwhile
    desk.wire.tick()
    assert drawing.is_there and drawing.natural == QSizeF(400, 200)
    assert drawing.grab().toImage().pixelColor(drawing.rect().center()).green() > 100
    again = Drawing(desk, Picture("pump.png"), None, kept)
    qtbot.addWidget(again)
    assert again.is_there  # it is not asked for twice
    assert pictures_of(desk) is pictures_of(desk)


def test_one_that_is_not_there_says_its_words(qtbot, bench, desk):
    drawing = Drawing(desk, Picture("none.svg"))
    qtbot.addWidget(drawing)
    desk.wire.tick()
    assert not drawing.is_there
    assert not drawing.grab().isNull()


@pytest.mark.parametrize(
    ("size", "box", "place"),
    [
        (QSizeF(100, 50), QRectF(0, 0, 200, 200), QRectF(0, 50, 200, 100)),
        (QSizeF(50, 100), QRectF(0, 0, 200, 100), QRectF(75, 0, 50, 100)),
        (QSizeF(), QRectF(0, 0, 10, 10), QRectF(0, 0, 10, 10)),
    ],
)
def test_it_keeps_its_sides(size, box, place):
    assert fitted(size, box) == place
