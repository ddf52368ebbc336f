"""Nothing that others wrote is markup in a tooltip, wherever the window shows one."""

from __future__ import annotations

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt

from hmi.client.page import Words, button
from hmi.client.table import TIP, Rows
from hmi.client.tips import plain

HOSTILE = '<img src="file:///etc/passwd"><b>Tank</b>'


@pytest.mark.cr("SAR 2.4", "3.5")
def test_markup_is_text() -> None:
    assert QtGui.Qt.mightBeRichText(HOSTILE)
    assert not QtGui.Qt.mightBeRichText(plain(HOSTILE))
    assert plain("a < b") != "" and plain("Tank 5") == "Tank 5"


@pytest.mark.cr("SAR 2.4", "3.5")
def test_of_words_that_are_cut_off(qtbot) -> None:
    words = Words(HOSTILE, elide=True)
    qtbot.addWidget(words)
    words.resize(20, 20)
    words.show()
    assert words.toolTip() and not QtGui.Qt.mightBeRichText(words.toolTip())
    assert words.textFormat() == Qt.TextFormat.PlainText


def test_of_buttons_and_tables(qtbot) -> None:
    made = button("x", tip=HOSTILE)
    qtbot.addWidget(made)
    assert not QtGui.Qt.mightBeRichText(made.toolTip())
    rows = Rows(["What"])
    rows.put([(HOSTILE,)])
    assert rows.data(rows.index(0, 0)) == HOSTILE
    assert not QtGui.Qt.mightBeRichText(rows.data(rows.index(0, 0), TIP))
