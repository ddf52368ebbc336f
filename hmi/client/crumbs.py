"""Where the page in front stands in the plant: the places above it, each a click away, and its own title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from hmi.client.language import plant_text, tr
from hmi.client.page import Words, button
from hmi.client.places import Place

_WIDEST: Final = 170  # px of one name


class Crumbs(QWidget):
    """The way from the top; `asked` carries the key of the place that was clicked."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[QPushButton] = []
        self._trail: tuple[Place, ...] = ()
        self._most = -1
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    def show_trail(self, trail: Sequence[Place], most: int) -> None:
        """The places above the page in front, at most so many: the nearest ones."""
        if (tuple(trail), most) == (self._trail, self._most):
            return
        self._trail, self._most = tuple(trail), most
        while (item := self._row.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        shown = self._trail[len(self._trail) - most :] if most else ()
        for place in shown if most < len(self._trail) else self._trail:
            self._add(place)
        self._row.invalidate()
        self.updateGeometry()

    def _add(self, place: Place) -> None:
        made = button("", "flat", tr("Up to {place}", place=plant_text(place.title)))
        title = plant_text(place.title)
        made.setText(made.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, _WIDEST).replace("&", "&&"))
        made.setAccessibleName(title)
        made.setProperty("place", place.key)
        made.setEnabled(not place.is_group)
        made.clicked.connect(self._clicked)
        self.buttons.append(made)
        self._row.addWidget(made)
        mark = Words("›", "muted", 15)
        self._row.addWidget(mark)
        for part in (made, mark):
            part.ensurePolished()  # the header asks at once how much room they need
            part.show()

    def _clicked(self) -> None:
        self.asked.emit(str(self.sender().property("place")))
