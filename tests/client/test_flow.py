"""Rows that break."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from hmi.client.flow import Flow

FIXED, EXPANDING, IGNORED = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored


class Tile(QWidget):
    def __init__(self, width: int, policy: QSizePolicy.Policy = FIXED, least: int = 0) -> None:
        super().__init__()
        self._wanted = width
        self.setMinimumWidth(least)
        self.setSizePolicy(policy, FIXED)

    def sizeHint(self) -> QSize:
        return QSize(self._wanted, 30)


def laid(qtbot: Any, width: int, *tiles: QWidget | None, spacing: int = 10) -> list[tuple[int, int, int]]:
    """Left, top and width of each tile in a window of a width; None is a stretch."""
    host, flow = QWidget(), Flow(spacing=spacing)
    qtbot.addWidget(host)
    for tile in tiles:
        if tile is None:
            flow.addStretch()
        else:
            flow.addWidget(tile)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.addLayout(flow)
    column.addStretch(1)
    host.resize(width, 400)
    host.show()
    return [(tile.x(), tile.y(), tile.width()) for tile in tiles if tile is not None and tile.isVisible()]


def test_with_room_they_stand_in_one_row(qtbot: Any) -> None:
    assert laid(qtbot, 400, Tile(100), Tile(80)) == [(0, 0, 100), (110, 0, 80)]


def test_what_does_not_fit_goes_into_the_next_row(qtbot: Any) -> None:
    assert laid(qtbot, 200, Tile(100), Tile(80), Tile(50)) == [(0, 0, 100), (110, 0, 80), (0, 40, 50)]


def test_what_expands_takes_the_rest_of_its_row(qtbot: Any) -> None:
    assert laid(qtbot, 300, Tile(100), Tile(20, EXPANDING), Tile(50)) == [(0, 0, 100), (110, 0, 130), (250, 0, 50)]


def test_a_text_that_can_be_cut_gives_way_before_a_row_breaks(qtbot: Any) -> None:
    assert laid(qtbot, 200, Tile(90), Tile(500, IGNORED, 40), Tile(50)) == [(0, 0, 90), (100, 0, 40), (150, 0, 50)]


def test_a_stretch_pushes_to_the_right(qtbot: Any) -> None:
    assert laid(qtbot, 300, Tile(100), None, Tile(50)) == [(0, 0, 100), (250, 0, 50)]
    assert laid(qtbot, 110, Tile(100), None, Tile(50))[1][:2] == (0, 40)


def test_one_that_is_wider_than_the_window_is_cut_to_it(qtbot: Any) -> None:
    host, flow = QWidget(), Flow()
    qtbot.addWidget(host)
    host.setLayout(flow)
    wide = QLineEdit()
    wide.setMinimumWidth(50)
    flow.addWidget(wide)
    host.resize(60, 100)
    host.show()
    assert wide.width() == 60


def test_what_is_hidden_takes_no_room(qtbot: Any) -> None:
    hidden = Tile(100)
    hidden.setVisible(False)
    host, flow = QWidget(), Flow(spacing=10)
    qtbot.addWidget(host)
    host.setLayout(flow)
    last = Tile(40)
    for tile in (Tile(50), hidden, last):
        flow.addWidget(tile)
    hidden.hide()
    host.resize(120, 100)
    host.show()
    assert (last.x(), last.y()) == (60, 0)


@pytest.mark.parametrize(("width", "height"), [(500, 30), (200, 70), (100, 110)])
def test_its_height_follows_its_width(qtbot: Any, width: int, height: int) -> None:
    flow, host = Flow(spacing=10), QWidget()
    qtbot.addWidget(host)
    host.setLayout(flow)
    for wide in (100, 80, 50):
        flow.addWidget(Tile(wide))
    host.show()
    assert flow.heightForWidth(width) == height
    assert flow.minimumSize().width() == 100
    assert flow.sizeHint().width() == 250


def test_a_text_that_wraps_makes_its_row_as_high_as_it_needs(qtbot: Any) -> None:
    flow, host = Flow(), QWidget()
    qtbot.addWidget(host)
    host.setLayout(flow)
    text = QLabel("many words that do not fit into one line of this label, nor into two of them")
    text.setWordWrap(True)
    text.setFixedWidth(120)
    flow.addWidget(Tile(50))
    flow.addWidget(text)
    host.resize(300, 300)
    host.show()
    assert text.height() >= text.heightForWidth(120) > 40


def test_items_can_be_taken_out(qtbot: Any) -> None:
    flow, host = Flow(), QWidget()
    qtbot.addWidget(host)
    host.setLayout(flow)
    flow.addWidget(Tile(10))
    assert flow.itemAt(3) is None
    assert flow.takeAt(0) is not None
    assert (flow.count(), flow.takeAt(0)) == (0, None)
