"""The dialog of a command stands where it can be seen; its steps are in `commanding`."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QDialog, QWidget

from hmi.client.command import place_over


@pytest.mark.parametrize("size", [(300, 200), (2000, 1400)])
def test_a_dialog_begins_within_the_window_even_where_it_is_larger(qtbot, size):
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(100, 80, 800, 600)
    window.show()
    dialog = QDialog(window)
    dialog.setMinimumSize(*size)
    place_over(dialog, window)
    room = QRect(window.mapToGlobal(window.rect().topLeft()), window.size())
    assert room.contains(dialog.pos())
    dialog.close()
