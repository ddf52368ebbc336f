"""The keys of a trend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_PAIR: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier  # cursor A, cursor B
_STEP: Final = 0.25  # of the width
Act = tuple[str, tuple[float, ...]]
_ACTS: Final[Mapping[int, Act]] = {
    Qt.Key.Key_Space: ("live", ()),
    Qt.Key.Key_C: ("pair", ()),
    Qt.Key.Key_Z: ("box", ()),
    Qt.Key.Key_G: ("groups", ()),
    Qt.Key.Key_P: ("pens", ()),
    Qt.Key.Key_D: ("date", ()),
    Qt.Key.Key_Plus: ("move", (0.0, 0.5)),
    Qt.Key.Key_Equal: ("move", (0.0, 0.5)),
    Qt.Key.Key_Minus: ("move", (0.0, 2.0)),
}


def act_of(event: QKeyEvent, paired: bool) -> Act | None:
    """What a key asks for, with its numbers; `paired`: the cursors are shown. None: nothing of a trend's."""
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    key = event.key()
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        way = -1 if key == Qt.Key.Key_Left else 1
        nudged = paired and bool(event.modifiers() & _PAIR)
        return ("nudge", (int(shift), way)) if nudged else ("move", (way * _STEP, 1.0))
    if key == Qt.Key.Key_Backspace:
        return "go", (1 if shift else -1,)
    return _ACTS.get(key)
