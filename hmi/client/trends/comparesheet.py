"""The sheet over a trend on which something of it is compared: a graph, what can be chosen, and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.choices import title_of
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Button, Desk, Words, button
from hmi.client.tips import plain
from hmi.client.trends.comparegraph import Graph
from hmi.core.tags import Tag

_MARGIN: Final = 8
_SIDE_PX: Final = 288
_BAR_PX: Final = 14  # for a scroll bar beside it


@dataclass(frozen=True, slots=True)
class Sight:
    """What a trend shows: its tags, which of them is the chosen one, and from when to when (ns)."""

    tags: tuple[Tag, ...]
    chosen: int
    span: tuple[int, int]


def axis_title(tag: Tag) -> str:
    """What a tag is called, with its unit."""
    unit = words.unit(tag)
    return f"{title_of(tag)} [{unit}]" if unit else title_of(tag)


def _scrolled(side: QVBoxLayout) -> QScrollArea:
    """A column that is never too high for a small display."""
    panel, room = QWidget(), QScrollArea()
    panel.setLayout(side)
    side.setContentsMargins(0, 0, _BAR_PX, 0)
    room.setFixedWidth(_SIDE_PX + _BAR_PX)
    room.setWidgetResizable(True)
    room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    room.setWidget(panel)
    return room


class Picker(Button):
    """A button that says what is chosen, and opens a list of what else could be."""

    picked = Signal(int)

    def __init__(self, choices: Sequence[str], chosen: int = 0) -> None:
        super().__init__()
        self.choices, self.chosen = list(choices), chosen
        self.setAutoDefault(False)
        self.clicked.connect(self._open)
        self._say()

    def put(self, choices: Sequence[str], chosen: int = 0) -> None:
        """Offer these from now on."""
        self.choices, self.chosen = list(choices), chosen
        self._say()

    def pick(self, place: int) -> None:
        """Choose one."""
        self.chosen = place
        self._say()
        self.picked.emit(place)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._say()

    def _say(self) -> None:
        self.setEnabled(bool(self.choices))
        text = self.choices[self.chosen] if 0 <= self.chosen < len(self.choices) else "–"
        room = max(60, self.width() - 44)
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room) + "  ▾")
        self.setToolTip(plain(text))

    def menu(self) -> QMenu:
        """What could be chosen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, text in enumerate(self.choices):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(place == self.chosen)
            action.triggered.connect(partial(self.pick, place))
        return menu

    def _open(self) -> None:
        self.menu().popup(self.mapToGlobal(QPoint(0, self.height())))


class Study(Overlay):
    """Covers the page it is opened on; Esc or Close leads back to it. Who derives from it fills `side` and `graph`."""

    def __init__(self, desk: Desk, host: QWidget, title: str, graph: Graph, sight: Sight) -> None:
        super().__init__(desk, host, (4000, 3000))
        self.sight, self.graph = sight, graph
        self.told = Words("", "muted", 13, elide=True)
        self.leave_button = button(tr("Close"), "main")
        self.leave_button.clicked.connect(self.leave)
        head, body = QHBoxLayout(), QHBoxLayout()
        head.addWidget(Words(title, px=16, bold=True))
        head.addSpacing(16)
        head.addWidget(self.told, 1)
        self.head = QHBoxLayout()  # buttons of what can be done with it
        head.addLayout(self.head)
        head.addWidget(self.leave_button)
        self.side = QVBoxLayout()
        self.side.setSpacing(6)
        body.setSpacing(12)
        body.addWidget(graph, 1)
        body.addWidget(_scrolled(self.side))
        self.column.addLayout(head)
        self.column.addLayout(body, 1)
        self.closed.connect(self.forget)

    def add_choice(self, caption: str, widget: QWidget) -> None:
        """A choice on the side, with what it is for above it."""
        self.side.addWidget(Words(caption, "muted", 12))
        self.side.addWidget(widget)

    def forget(self) -> None:
        """It goes: no answer may come any more."""

    def place(self, room: QRect) -> QRect:
        return room.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
