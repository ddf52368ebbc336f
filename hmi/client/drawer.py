"""The column of screens as a drawer: over the page from the left, where there is no room for it beside."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from hmi.client.navigation import Navigation
from hmi.client.overlay import Overlay
from hmi.client.page import Desk


class Drawer(Overlay):
    """Lends the navigation of the window for as long as it is open, and gives it back before it goes."""

    def __init__(self, desk: Desk, host: QWidget, navigation: Navigation) -> None:
        super().__init__(desk, host, (navigation.width() + 4, 100_000))
        self._navigation = navigation
        self.column.setContentsMargins(2, 2, 2, 2)
        self.column.addWidget(navigation)
        navigation.show()
        navigation.asked.connect(self.leave)
        self.open(self.sheet)
        navigation.focus()

    def place(self, room: QRect) -> QRect:
        return QRect(0, 0, min(self._size[0], room.width() - 48), room.height())

    def leave(self) -> None:
        if not self.isHidden():
            self._navigation.asked.disconnect(self.leave)
            self._navigation.hide()
            self._navigation.setParent(self.parentWidget())
        super().leave()
