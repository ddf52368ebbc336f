"""Digits on the glass, for tablets without a keyboard."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from hmi.client.language import tr
from hmi.client.style import target_px
from hmi.client.theme import font

_ROWS: Final = ("789", "456", "123", "±0.")
CLEAR, BACK = "C", "⌫"


class Key(QPushButton):
    """One key; the style sheet's buttons are lower."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.setProperty("key", key)
        self.setFont(font(22, bold=True))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps it, and with it the place in the number
        self.setAutoRepeat(key == BACK)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.MinimumExpanding)

    def sizeHint(self) -> QSize:
        return QSize(target_px(True), target_px(True))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class NumberPad(QWidget):
    """Types into a field; it says which keys make sense: no sign where nothing is negative, no decimals of a count."""

    def __init__(self, field: QLineEdit, negative: bool = True, decimals: bool = True) -> None:
        super().__init__()
        self._field = field
        self.keys: dict[str, Key] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for row, keys in enumerate(_ROWS):
            for column, key in enumerate(keys):
                grid.addWidget(self._key(key), row, column)
        grid.addWidget(self._key(BACK), 0, 3, 2, 1)
        grid.addWidget(self._key(CLEAR), 2, 3, 2, 1)
        self.keys["±"].setEnabled(negative)
        self.keys["."].setEnabled(decimals)
        self.keys["±"].setAccessibleName(tr("Change the sign"))
        self.keys[BACK].setAccessibleName(tr("Delete the last digit"))
        self.keys[CLEAR].setAccessibleName(tr("Clear"))

    def _key(self, key: str) -> Key:
        made = Key(key)
        made.clicked.connect(self._pressed)
        self.keys[key] = made
        return made

    def _pressed(self) -> None:
        key, field = str(self.sender().property("key")), self._field
        if key == BACK:
            field.backspace()
        elif key == CLEAR:
            field.clear()
        elif key == "±":
            text = field.text()
            field.setText(text[1:] if text.startswith("-") else f"-{text}")
        elif key != "." or "." not in field.text():
            field.insert(key)
