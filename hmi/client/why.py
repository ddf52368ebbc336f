"""Why something on a page is grey: every cause once, in words, with whose side it is on and what it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.client.language import tr
from hmi.client.marks import QualityMark
from hmi.client.mimic import words as mimic_words
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.core import quality as q

_MOST_CAUSES: Final = 5
_MOST_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for values that are not good."""

    quality: int
    text: str  # whose side it is on, what happened, where to look
    tags: tuple[str, ...]


def causes(desk: Desk, tags: NDArray[Any]) -> list[Cause]:
    """What is wrong with these tags, the worst first: tags of one connection with one quality have one cause."""
    qualities = desk.mirror.table.quality[tags]
    found: dict[tuple[str, int], list[int]] = {}
    for place in np.flatnonzero(~q.is_good(qualities)).tolist():
        tag = desk.plant.tags[int(tags[place])]
        found.setdefault((tag.connection, int(qualities[place])), []).append(tag.index)
    made = [
        Cause(
            quality,
            mimic_words.why(desk.plant.tags[members[0]], desk.plant, desk.mirror),
            tuple(desk.plant.tags[one].name for one in members),
        )
        for (_, quality), members in found.items()
    ]
    return sorted(made, key=lambda cause: (-cause.quality, -len(cause.tags)))


class Why(Overlay):
    """The causes of one page on a sheet; `system_asked` when more is to be known."""

    system_asked = Signal()

    def __init__(self, desk: Desk, host: QWidget, found: list[Cause]) -> None:
        rows = min(_MOST_CAUSES, max(1, len(found)))
        super().__init__(desk, host, (720, 130 + (96 if desk.touch else 84) * rows))
        self.texts: list[str] = []
        self.column.addWidget(Words(tr("Why is this grey?"), px=18, bold=True))
        for cause in found[:_MOST_CAUSES]:
            self.column.addLayout(self._row(cause))
        if not found:
            self._say(self.column, tr("Every value on this page is good and up to date."))
        if len(found) > _MOST_CAUSES:
            more = tr("{count} more causes: see the system page", count=len(found) - _MOST_CAUSES)
            self._say(self.column, more, "muted")
        self.column.addStretch(1)
        self._arrange_buttons()

    def _row(self, cause: Cause) -> QHBoxLayout:
        row, texts = QHBoxLayout(), QVBoxLayout()
        mark = QualityMark(self.desk.theme, 22)
        mark.show_quality(cause.quality, self.desk.theme)
        row.setSpacing(12)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        texts.setSpacing(2)
        self._say(texts, cause.text)
        names = ", ".join(cause.tags[:_MOST_NAMES]) + (" …" if len(cause.tags) > _MOST_NAMES else "")
        one = len(cause.tags) == 1
        told = names if one else tr("{count} values: {names}", count=len(cause.tags), names=names)
        self._say(texts, told, "muted")
        row.addLayout(texts, 1)
        return row

    def _say(self, column: QVBoxLayout, text: str, role: str = "") -> None:
        said = Words(text, role, 12 if role else 14)
        said.setWordWrap(True)
        column.addWidget(said)
        self.texts.append(text)

    def _arrange_buttons(self) -> None:
        row = QHBoxLayout()
        row.addStretch(1)
        system, leave = button(tr("System page")), button(tr("Close"), "main")
        system.clicked.connect(self._ask_system)
        leave.clicked.connect(self.leave)
        row.addWidget(system)
        row.addWidget(leave)
        self.column.addLayout(row)
        self.open(leave)

    def _ask_system(self) -> None:
        self.leave()
        self.system_asked.emit()
