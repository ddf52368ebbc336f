"""The connections of the system page: one row each, and beside them all that is known of the one that is picked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.language import tr
from hmi.client.page import Desk, Words
from hmi.client.sentences import said
from hmi.client.table import Rows, Table
from hmi.client.tips import plain
from hmi.link.messages import ConnectionRow

_COLUMNS: Final = ("Connection", "State", "Live", "Missing", "Bad", "Heard", "Values/s", "Security", "Reason")
_WIDTHS: Final = (96, 90, 66, 72, 74, 70, 76, 98, 0)
_SPARE: Final = (6, 5, 8)
_STATES: Final = {"live": "Live", "connecting": "Connecting", "silent": "Silent", "down": "Down"}
_SECURITY: Final = {"none": "Not secured", "signed": "Signed", "encrypted": "Encrypted"}
_FACTS: Final = (
    "State",
    "In use",
    "Backup",
    "Service level",
    "Security",
    "Values",
    "Requests",
    "Reconnects",
    "As asked",
)
_REMARKS: Final = "Remarks"
_REMARK_LINES: Final = 5
_MEANING: Final = {  # for the plant, of each state
    "connecting": "Its values come as soon as it answers",
    "silent": "Its values are the last that came, and stale",
    "down": "None of its values is live; the engine goes on trying by itself",
}
_DETAIL_PX: Final = 372
_LIST_PX: Final = 480  # the least in which a row can be read
_LEAST_ROWS: Final = 3  # of the table, its head among them


def connection_row(row: ConnectionRow) -> tuple[str, ...]:
    """One connection as a row of the table."""
    return (
        row.id,
        tr(_STATES.get(row.state, words.sentence(row.state))),
        str(row.live),
        str(row.missing),
        str(row.bad),
        heard(row),
        f"{row.values_per_s:.1f}",
        security(row),
        words.sentence(said(row.reason or row.note)),
    )


def connection_facts(row: ConnectionRow) -> dict[str, str]:
    """All that is known of one connection, by name."""
    return {
        "State": f"{tr(_STATES.get(row.state, words.sentence(row.state)))}, {_ago(row)}",
        "In use": row.address,
        "Backup": ", ".join(row.backup) or tr("none"),
        "Service level": "–" if row.service_level is None else tr("{part} of 255", part=row.service_level),
        "Security": security(row),
        "Values": f"{row.values_per_s:.1f}/s · "
        + tr("{live} live, {missing} missing, {bad} bad", live=row.live, missing=row.missing, bad=row.bad),
        "Requests": _requests(row),
        "Reconnects": f"{row.reconnects} · " + tr("gaps in the values: {count}", count=row.gaps),
        "As asked": _as_asked(row),
        _REMARKS: _remarks(row),
    }


def _remarks(row: ConnectionRow) -> str:
    """What happened and what to look at, what it means for the plant, and what else an engineer should know."""
    told = (said(row.reason), tr(_MEANING.get(row.state, "")), said(row.note))
    ended = (text if text[-1] in ".?!" else f"{text}." for text in map(words.sentence, told) if text)
    return " ".join(ended) or "–"


def heard(row: ConnectionRow) -> str:
    """When a sign of life last came."""
    return tr("never") if row.age_s < 0 else f"{row.age_s:.1f} s" if row.age_s < 60 else words.age(row.age_s)


def security(row: ConnectionRow) -> str:
    """Who on the network could listen in or change what is sent."""
    return tr(_SECURITY.get(row.security, words.sentence(row.security) or "–"))


def _ago(row: ConnectionRow) -> str:
    return tr("never heard") if row.age_s < 0 else tr("heard {age} ago", age=heard(row))


def _requests(row: ConnectionRow) -> str:
    if not row.request_p99_ms:
        return tr("none yet")
    median, slow = milliseconds(row.request_p50_ms), milliseconds(row.request_p99_ms)
    return f"{row.requests_per_s:.1f}/s · " + tr("median {median}, p99 {slow}", median=median, slow=slow)


def milliseconds(number: float) -> str:
    """A time with two digits that mean something."""
    return f"{number:.1f} ms" if number < 10 else f"{number:.0f} ms"


def _as_asked(row: ConnectionRow) -> str:
    if not row.revised:
        return tr("yes") if row.driver == "opcua" and row.state == "live" else "–"
    return f"{tr('no')}: " + ", ".join(f"{tr(what)} {count}×" for what, count in row.revised.items())


class Detail(QFrame):
    """Everything about one connection."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.title = Words("", px=14, bold=True)
        self.told = {name: Words("–", elide=True) for name in _FACTS} | {_REMARKS: Words("–")}
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 8, 16, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.title, 0, 0, 1, 2)
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, told) in enumerate(self.told.items(), 1):
            grid.addWidget(Words(tr(name), "muted"), row, 0, top)
            grid.addWidget(told, row, 1)
        remarks = self.told[_REMARKS]
        remarks.setWordWrap(True)
        remarks.setAlignment(top)
        remarks.setFixedHeight(_REMARK_LINES * remarks.fontMetrics().lineSpacing() + 2)  # a page must not jump
        grid.setRowStretch(len(self.told) + 1, 1)

    def show_row(self, row: ConnectionRow) -> None:
        """Tell of this connection."""
        self.title.say(f"{row.id} · {row.driver}")
        for name, text in connection_facts(row).items():
            self.told[name].say(text)
        self.told[_REMARKS].setToolTip(plain(self.told[_REMARKS].whole))
        self.told["Security"].play("bad" if row.security == "none" else "")
        self.told["State"].play("" if row.state == "live" else "bad")


class Connections(QWidget):
    """The table of connections with the detail of one: the one picked, else the first that is not live."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.rows: tuple[ConnectionRow, ...] = ()
        self.model = Rows([tr(name) for name in _COLUMNS], right=[tr(name) for name in _COLUMNS[2:7]])
        self.table = Table(desk, self.model, _WIDTHS, tr("Nothing heard of connections yet"), _SPARE)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.clicked.connect(self._picked_row)
        self.table.activated.connect(self._picked_row)
        self.table.setMinimumHeight(_LEAST_ROWS * self.table.verticalHeader().defaultSectionSize())
        self.detail = Detail()
        self.detail.setFixedWidth(round(_DETAIL_PX * (1.16 if desk.touch else 1.0)))
        self.picked = ""
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addWidget(Words(tr("Connections"), px=14, bold=True))
        left.addWidget(self.table, 1)
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(8)
        self._whole.addLayout(left, 1)
        self._whole.addWidget(self.detail)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The detail stands beside the table; below it, where the table would have no room."""
        super().resizeEvent(event)
        upright = self.width() - self.detail.width() < _LIST_PX
        self._whole.setDirection(QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight)

    def hasHeightForWidth(self) -> bool:
        """A page would keep no part of it from being squeezed: Qt takes what such things like for their least."""
        return False

    def minimumSizeHint(self) -> QSize:
        """Upright it is no wider than its parts, whatever it is now."""
        return QSize(self.detail.width(), super().minimumSizeHint().height())

    def put(self, rows: Sequence[ConnectionRow]) -> None:
        """The connections as they stand now."""
        self.rows = tuple(rows)
        self.model.put([connection_row(row) for row in rows])
        self._show_detail()

    def pick(self, connection: str) -> None:
        """Show the detail of this connection."""
        self.picked = connection
        self._show_detail()

    def _picked_row(self, index: QModelIndex) -> None:
        if index.row() < len(self.rows):
            self.pick(self.rows[index.row()].id)

    def _show_detail(self) -> None:
        if not self.rows:
            return
        troubled = next((row for row in self.rows if row.state != "live"), self.rows[0])
        shown = next((row for row in self.rows if row.id == self.picked), troubled)
        self.detail.show_row(shown)
        number = self.rows.index(shown)
        if self.table.currentIndex().row() != number:
            self.table.selectRow(number)
