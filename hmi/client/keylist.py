"""The list of keys: everything that a key does in the window, at a glance."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from hmi.client.keys import GROUPS, KEYS, LEAVE_KIOSK, Key
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button


class KeyList(Overlay):
    """All keys at a glance."""

    def __init__(self, desk: Desk, host: QWidget, kiosk: bool = False) -> None:
        super().__init__(desk, host, (880, 560))
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        self.rows: list[tuple[str, str]] = []
        across = 2 if host.width() >= 860 else 1
        for number, group in enumerate(GROUPS):
            self._add(grid, group, min(number, across - 1), kiosk)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(4, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll it
        self.column.addWidget(Words(tr("Keys"), px=20, bold=True))
        self.column.addWidget(area, 1)
        leave = button(tr("Close"))
        leave.clicked.connect(self.leave)
        self.column.addWidget(leave, 0, Qt.AlignmentFlag.AlignRight)
        self.open(leave)

    def _add(self, grid: QGridLayout, group: str, side: int, kiosk: bool) -> None:
        left = side * 3
        row = 0
        while grid.itemAtPosition(row, left) is not None:
            row += 1
        grid.addWidget(Words(tr(group), "muted", 12, bold=True), row, left, 1, 2)
        keys = [key for key in KEYS if key.group == group]
        if kiosk and group == "Window":
            keys = [key for key in keys if key.action != "full_screen"] + [
                Key(LEAVE_KIOSK, "", "Leave the program", group)
            ]
        for one in keys:
            row += 1
            words = Words(tr(one.text))
            words.setWordWrap(True)
            grid.addWidget(Words(one.keys, px=13, bold=True), row, left)
            grid.addWidget(words, row, left + 1)
            self.rows.append((one.keys, words.whole))
        grid.setRowMinimumHeight(row + 1, 8)
