"""What is done to the rows of pens: dropped, moved, taken out, put on another scale."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from hmi.client.drag import mime_of
from hmi.client.trends.pentable import SCALE
from hmi.core.trends import TrendPen


@pytest.fixture
def page(window):
    window.shell.go(":trends")
    window.frame.beat()
    return window.shell.page


def names(page):
    return [pen.tag.name for pen in page.pens]


def drop(page, data):
    plot = page.plot
    middle = QPointF(plot.rect().center())
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(middle.toPoint(), *how)
    plot.dragEnterEvent(enter)
    if enter.isAccepted():
        plot.dropEvent(QDropEvent(middle, *how))
    return enter.isAccepted()


def test_a_tag_dropped_on_the_plot_becomes_a_pen_with_its_history(page, engine, window):
    kept = page.pens[0].series
    assert drop(page, mime_of(["door.open"]))
    window.frame.beat()
    assert names(page) == ["tank.level", "tank.temperature", "pump.speed", "door.open"]
    assert page.pens[0].series is kept
    asked = [request.args["tags"] for request in engine.requests if request.verb == "history"]
    assert "door.open" in asked[-1]
    assert page.ready()
    assert page.row() == 3


def test_what_is_no_tag_is_not_taken(page):
    text = QMimeData()
    text.setText("tank.level")
    assert not drop(page, text)
    assert drop(page, mime_of(["recipe.name"]))
    assert len(page.pens) == 3
    assert "A trend draws numbers" in page.toolbar.told.whole


def test_a_row_is_dragged_to_another_place(page):
    page.model.dropped.emit((2,), 0)
    assert names(page) == ["pump.speed", "tank.level", "tank.temperature"]
    assert [pen.number for pen in page.pens] == [1, 2, 3]
    page.model.dropped.emit((2,), 3)
    assert names(page) == ["tank.level", "tank.temperature", "pump.speed"]


def test_no_more_pens_than_allowed_and_more_on_request(page):
    page.chooser.more.setChecked(False)
    have = [pen.tag.index for pen in page.pens]
    page.edits.put_before((3, 4), 0)
    assert names(page)[:2] == ["pump.running", "door.open"]
    assert len(page.pens) == len(have) + 2


def test_the_panel_of_a_pen_changes_how_it_is_drawn(page):
    page.table.selectRow(1)
    page.edits.open()
    assert page.sides.shown == "pen"
    page.pen_panel.changed.emit(TrendPen("tank.temperature", low=10.0, high=20.0, side="right"))
    assert (page.pens[1].low, page.pens[1].high) == (10.0, 20.0)
    assert list(page.plot.sides.axes) == [1]
    assert (page.plot.sides.axes[1].low, page.plot.sides.axes[1].high) == (10.0, 20.0)
    assert not page.plot.values.isVisible()  # its axis stands there already
    page.table.selectRow(0)
    assert page.plot.values.isVisible()


def test_a_pen_is_moved_and_taken_out(page):
    page.table.selectRow(2)
    page.edits.open()
    page.pen_panel.moved.emit(-1)
    assert names(page) == ["tank.level", "pump.speed", "tank.temperature"]
    assert page.row() == 1
    page.pen_panel.removed.emit()
    assert names(page) == ["tank.level", "tank.temperature"]
    page.pen_panel.removed.emit()
    page.pen_panel.removed.emit()
    assert names(page) == []
    assert page.sides.shown == ""


def test_a_touch_on_its_scale_opens_the_pen(page, qtbot):
    place = page.table.visualRect(page.model.index(1, SCALE)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.sides.shown == "pen"
    assert page.pen_panel.title.whole.startswith("2 ")
