"""The search palette, as a person uses it."""

import pytest
from PySide6.QtCore import Qt


@pytest.fixture
def shell(window):
    """The small plant with the keyboard in front of it."""
    window.activateWindow()
    return window.shell


def typed(qtbot, shell, text):
    """Open the palette by key, type, and wait until everything was looked at."""
    qtbot.keyClick(shell.window(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = shell.above.overlay
    qtbot.keyClicks(palette.entry, text)
    qtbot.waitUntil(lambda: not palette._timer.isActive(), timeout=5000)
    return palette


def test_type_enter_and_one_is_there(qtbot, shell):
    palette = typed(qtbot, shell, "pum")
    assert palette.model.rows[0][:2] == ("Screen", "Pump")
    qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    assert shell.page.key == "pump"
    assert shell.above.overlay is None


def test_arrow_keys_choose(qtbot, shell):
    palette = typed(qtbot, shell, "tank")
    assert palette.table.currentIndex().row() == 0
    qtbot.keyClick(palette.entry, Qt.Key.Key_Down)
    assert palette.table.currentIndex().row() == 1
    for _ in range(3):
        qtbot.keyClick(palette.entry, Qt.Key.Key_Up)
    assert palette.table.currentIndex().row() == 0
    qtbot.keyClick(palette.entry, Qt.Key.Key_Escape)
    assert shell.above.overlay is None


def test_a_click_chooses(qtbot, shell):
    palette = typed(qtbot, shell, "journal")
    place = palette.table.visualRect(palette.model.index(0, 1)).center()
    qtbot.mouseClick(palette.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shell.page.key == ":journal"


def test_enter_before_the_end_of_the_search_takes_the_best_of_all(qtbot, shell):
    qtbot.keyClick(shell.window(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = shell.above.overlay
    qtbot.keyClicks(palette.entry, "pump.speed")
    qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shell.above.overlay is None, timeout=5000)
    assert shell.page.side.tag.name == "pump.speed"


def test_what_is_not_there_is_said_so_and_enter_does_nothing(qtbot, shell):
    palette = typed(qtbot, shell, "qqqq")
    assert "Nothing in this plant" in palette.table.empty
    qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    assert shell.above.overlay is palette
    palette.leave()


def test_closed_in_the_middle_of_a_search_nothing_goes_on(qtbot, shell):
    qtbot.keyClick(shell.window(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = shell.above.overlay
    palette.begin("tank")
    palette.leave()
    assert not palette._timer.isActive()
