"""The values that are not good, by name with the reason: to be searched, and copied for whoever is to mend them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QTableView, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.flow import Flow
from hmi.client.language import tr
from hmi.client.mirror import Mirror
from hmi.client.page import Desk, Words, button
from hmi.client.table import Rows, Table
from hmi.core import quality as q
from hmi.core.plant.model import Plant
from hmi.core.spreadsheet import safe

_COLUMNS: Final = ("Tag", "Quality", "Reason", "What to do", "Connection", "Address", "Age")
_WIDTHS: Final = (250, 90, 0, 0, 100, 240, 90)
_SPARE: Final = (5,)
_MOST_ROWS: Final = 1000
_SEARCH_PX: Final = 320
_ADDRESS: Final = "compare the tag's address in tags.csv with the device"
_CONNECTION: Final = "see its connection above"
_DEVICE: Final = "look at the device: the fault is there"
_SENSOR: Final = "check sensor and wiring"
_TO_DO: Final = {
    q.UNCERTAIN_LAST_USABLE: _CONNECTION,
    q.UNCERTAIN_SENSOR: _SENSOR,
    q.UNCERTAIN_UNITS_EXCEEDED: _SENSOR,
    q.BAD_INTERNAL: _DEVICE,
    q.BAD_COMMUNICATION: _CONNECTION,
    q.BAD_TIMEOUT: _CONNECTION,
    q.BAD_NO_COMMUNICATION: _CONNECTION,
    q.BAD_NOT_CONNECTED: _CONNECTION,
    q.BAD_WAITING: "wait; if it stays so, see its connection above",
    q.BAD_INDEX_RANGE_NO_DATA: _ADDRESS,
    q.BAD_NODE_ID_INVALID: _ADDRESS,
    q.BAD_NODE_ID_UNKNOWN: _ADDRESS,
    q.BAD_NOT_READABLE: "allow this station to read it, in the device",
    q.BAD_OUT_OF_RANGE: "compare the tag's range in tags.csv with the device",
    q.BAD_NOT_SUPPORTED: _ADDRESS,
    q.BAD_TYPE_MISMATCH: "compare the tag's type in tags.csv with the device",
    q.BAD_CONFIGURATION: "mend what the reason names, in the plant's files or the device",
    q.BAD_DEVICE_FAILURE: _DEVICE,
    q.BAD_SENSOR_FAILURE: _SENSOR,
    q.BAD_OUT_OF_SERVICE: "put it back into service when it may be",
}


def wrong_rows(plant: Plant, mirror: Mirror, reasons: Mapping[str, str], wanted: str = "") -> list[tuple[str, ...]]:
    """Every tag whose value is not good, why, and for how long; those that have all of the wanted words."""
    quality = mirror.table.quality
    rows: list[tuple[str, ...]] = []
    for index in np.flatnonzero(~q.is_good(quality)).tolist():
        tag, code = plant.tags[index], int(quality[index])
        why = words.sentence(reasons.get(tag.name) or tr(q.reason(code)))
        what = words.sentence(tr(to_do(code, tag.connection)))
        row = (tag.name, tr(words.sentence(q.word(code))), why, what, tag.connection or tr("derived"), tag.address)
        if _has(row, wanted):
            rows.append((*row, words.age(mirror.age_s(index))))
    return rows


def to_do(quality: int, connection: str) -> str:
    """What a person can do about a value that is not good."""
    if not connection:
        return "see the tags it is made of"
    return _TO_DO.get(quality, _DEVICE if q.is_bad(quality) else "")


def _has(row: tuple[str, ...], wanted: str) -> bool:
    if not wanted:
        return True
    text = " ".join(row).casefold()
    return all(word in text for word in wanted.casefold().split())


class WrongValues(QWidget):
    """The list of values that are not good, with how many of all tags are good, uncertain, bad and missing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.reasons: dict[str, str] = {}  # tag name -> why it cannot be had, as the engine knows it
        self.model = Rows([tr(name) for name in _COLUMNS], right=(tr("Age"),))
        self.table = Table(desk, self.model, _WIDTHS, "", _SPARE)
        self.table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.title = Words("", px=14, bold=True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find tag, reason, connection or address"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(_SEARCH_PX)
        self.search.textChanged.connect(self.refresh)
        self.copying = button(tr("Copy"), tip=tr("The rows picked, or all that are listed, as lines of text"))
        self.copying.clicked.connect(self.copy)
        self.check = button(tr("Ask again"), tip=tr("Ask the engine once more why values are missing"))
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        shortcut.activated.connect(self.copy)
        self._arrange()

    def _arrange(self) -> None:
        head = Flow()
        head.addWidget(self.title)
        head.addStretch()
        for widget in (self.search, self.copying, self.check):
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.table, 1)

    def hasHeightForWidth(self) -> bool:
        """As with the connections."""
        return False

    def refresh(self) -> None:
        """As they stand now."""
        mirror, wanted = self._desk.mirror, self.search.text().strip()
        rows = wrong_rows(self._desk.plant, mirror, self.reasons, wanted)
        self.model.put(rows[:_MOST_ROWS])
        self.copying.setEnabled(bool(rows))
        quality = mirror.table.quality
        bad, wrong = int(np.count_nonzero(q.is_bad(quality))), int(np.count_nonzero(~q.is_good(quality)))
        counts = {"good": len(quality) - wrong, "count": len(quality), "uncertain": wrong - bad, "bad": bad}
        text = "Values: {good} of {count} good, {uncertain} uncertain, {bad} bad, {missing} missing"
        found = tr("{count} found", count=len(rows)) if wanted else ""
        cut = tr("the first {count} shown", count=_MOST_ROWS) if len(rows) > _MOST_ROWS else ""
        parts = (tr(text, missing=len(self.reasons), **counts), found, cut)
        self.title.say(" · ".join(part for part in parts if part))
        nothing = "Nothing found: clear the search to see all" if wanted and wrong else "Every value is good"
        self.table.say_empty(tr(nothing))

    def copy(self) -> None:
        """Put the rows picked, or else all of them, on the clipboard: a line each, columns parted by tabs."""
        picked = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        rows = [self.model.rows[number] for number in picked] if picked else self.model.rows
        QGuiApplication.clipboard().setText("\n".join("\t".join(map(safe, row)) for row in (_COLUMNS, *rows)))
