"""The list of keys."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.keylist import KeyList
from hmi.client.keys import KEYS


def test_shift_f1_lists_every_key_and_esc_closes_it(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    keys = window.shell.above.overlay
    assert sorted(keys.rows) == sorted((key.keys, key.text) for key in KEYS)
    qtbot.keyClick(keys.sheet, Qt.Key.Key_Escape)
    assert window.shell.above.overlay is None


@pytest.mark.parametrize("kiosk", [True, False])
def test_a_kiosk_says_how_it_is_left_and_not_what_it_cannot(window, kiosk):
    made = KeyList(window.shell.desk, window.shell.middle, kiosk)
    keys = [keys for keys, _ in made.rows]
    assert ("Ctrl+Alt+Q" in keys, "F11" in keys) == (kiosk, not kiosk)
    made.leave()
