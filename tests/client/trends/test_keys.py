"""The keys of a trend."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from hmi.client.trends.keys import act_of

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.mark.parametrize(
    ("key", "modifiers", "paired", "act"),
    [
        (Qt.Key.Key_Space, NONE, False, ("live", ())),
        (Qt.Key.Key_C, NONE, False, ("pair", ())),
        (Qt.Key.Key_Left, NONE, True, ("move", (-0.25, 1.0))),
        (Qt.Key.Key_Right, CTRL, True, ("nudge", (0, 1))),
        (Qt.Key.Key_Left, SHIFT, True, ("nudge", (1, -1))),
        (Qt.Key.Key_Right, SHIFT, False, ("move", (0.25, 1.0))),
        (Qt.Key.Key_Plus, NONE, False, ("move", (0.0, 0.5))),
        (Qt.Key.Key_Minus, NONE, False, ("move", (0.0, 2.0))),
        (Qt.Key.Key_Backspace, NONE, False, ("go", (-1,))),
        (Qt.Key.Key_Backspace, SHIFT, False, ("go", (1,))),
        (Qt.Key.Key_Z, NONE, False, ("box", ())),
        (Qt.Key.Key_G, NONE, False, ("groups", ())),
        (Qt.Key.Key_P, NONE, False, ("pens", ())),
        (Qt.Key.Key_D, NONE, False, ("date", ())),
        (Qt.Key.Key_X, NONE, False, None),
    ],
)
def test_keys(key, modifiers, paired, act):
    assert act_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers), paired) == act
