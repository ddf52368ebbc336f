"""The keys of a trend."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_PAIR: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier  # cursor A, cursor B
_STEP: Final = 0.25  # of the width
Act = tuple[str, tuple[float, ...]]


def act_of(event: QKeyEvent, paired: bool) -> Act | None:
    """What a key asks for, with its numbers; `paired`: the cursors are shown. None: nothing of a trend's."""
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    match event.key():
        case Qt.Key.Key_Space:
            return "live", ()
        case Qt.Key.Key_C:
            return "pair", ()
        case Qt.Key.Key_Left | Qt.Key.Key_Right as key:
            way = -1 if key == Qt.Key.Key_Left else 1
            nudged = paired and bool(event.modifiers() & _PAIR)
            return ("nudge", (int(shift), way)) if nudged else ("move", (way * _STEP, 1.0))
        case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
            return "move", (0.0, 0.5)
        case Qt.Key.Key_Minus:
            return "move", (0.0, 2.0)
        case Qt.Key.Key_Backspace:
            return "go", (1 if shift else -1,)
    return None
