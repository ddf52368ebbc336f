"""One pen beside the trend: its scale, the axis it shares, whether its axis always stands there, its place."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.page import Words, button
from hmi.client.trends.pens import Pen
from hmi.core.trends import TrendPen

WIDTH: Final = 320
RANGE, FITTED, FIXED = range(3)
_KINDS: Final = (
    ("Range", "The range that its tag has in the plant's files"),
    ("Fitted", "As much as its values in view need"),
    ("Fixed", "From one number to another"),
)
_SIDES: Final = (("", "When chosen"), ("left", "Left"), ("right", "Right"))


class PenPanel(QFrame):
    """`changed` carries how the pen is drawn from now on; `moved` -1 or 1, `removed` nothing: wishes about its row."""

    changed = Signal(object)
    moved = Signal(int)
    removed = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self._setting = TrendPen("")
        self._line = False  # whether the pen has a scale at all
        self.title = Words("", px=14, bold=True, elide=True)
        self.kinds, self.sides = QButtonGroup(self), QButtonGroup(self)
        self.low, self.high, self.axis = QLineEdit(), QLineEdit(), QLineEdit()
        self.axis.setMaxLength(40)
        self.axis.setPlaceholderText(tr("One word for pens that share a scale"))
        self.told = Words("", "muted", 12)
        self.told.setWordWrap(True)
        self._arrange()
        self.kinds.idClicked.connect(self._take)
        self.sides.idClicked.connect(self._take)
        for field in (self.low, self.high, self.axis):
            field.editingFinished.connect(self._take)

    def show_pen(self, pen: Pen) -> None:
        """Be about this pen."""
        own = self._setting = pen.setting
        self.title.say(f"{pen.number}  {plant_text(pen.tag.description) or pen.tag.name}")
        kind = FIXED if own.low is not None else FITTED if own.fit else RANGE
        self.kinds.button(kind).setChecked(True)
        self.sides.button([side for side, _ in _SIDES].index(own.side)).setChecked(True)
        places = words.decimals(pen.tag)
        for field, value, now in ((self.low, own.low, pen.low), (self.high, own.high, pen.high)):
            if not field.hasFocus():
                field.setText(f"{value:g}" if value is not None else words.number(now, places))
        if not self.axis.hasFocus():
            self.axis.setText(own.axis)
        self._line = pen.is_line
        self._enable()
        self.told.say("" if pen.is_line else tr("A lane of states has no scale"))

    def _enable(self) -> None:
        line = self._line
        for one in (*self.kinds.buttons(), *self.sides.buttons(), self.axis):
            one.setEnabled(line)
        fixed = line and self.kinds.checkedId() == FIXED
        self.low.setEnabled(fixed)
        self.high.setEnabled(fixed)

    def _take(self, *args: Any) -> None:
        if not self._line:
            return  # a field that is disabled says that its editing is finished
        kind = self.kinds.checkedId()
        low, high = (_number(field.text()) for field in (self.low, self.high))
        self._enable()
        if kind == FIXED and (low is None or high is None or low >= high):
            self.told.say(tr("Two numbers, the smaller one first"))
            return
        self.told.say("")
        made = replace(
            self._setting,
            axis=self.axis.text().strip(),
            low=low if kind == FIXED else None,
            high=high if kind == FIXED else None,
            fit=kind == FITTED,
            side=_SIDES[self.sides.checkedId()][0],
        )
        if made != self._setting:
            self._setting = made
            self.changed.emit(made)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(Words(tr("Scale"), "muted", 12))
        column.addLayout(_row([self._choice(self.kinds, n, text, tip) for n, (text, tip) in enumerate(_KINDS)]))
        grid = QGridLayout()
        for line, (text, field) in enumerate(((tr("From"), self.low), (tr("To"), self.high))):
            grid.addWidget(Words(text, "muted", 12), line, 0)
            grid.addWidget(field, line, 1)
        column.addLayout(grid)
        column.addWidget(Words(tr("Shares its scale with"), "muted", 12))
        column.addWidget(self.axis)
        column.addWidget(Words(tr("Its axis is shown"), "muted", 12))
        column.addLayout(_row([self._choice(self.sides, n, text, "") for n, (_, text) in enumerate(_SIDES)]))
        column.addWidget(self.told)
        column.addStretch(1)
        up, down, remove = button("↑", tip=tr("Further up")), button("↓", tip=tr("Further down")), button(tr("Remove"))
        up.clicked.connect(self._up)
        down.clicked.connect(self._down)
        remove.clicked.connect(self.removed)
        column.addLayout(_row([up, down, remove]))
        leave = button(tr("Done"))
        leave.clicked.connect(self.closed)
        column.addWidget(leave)

    def _choice(self, group: QButtonGroup, number: int, text: str, tip: str) -> QPushButton:
        made = button(tr(text), checkable=True, tip=tr(tip) if tip else "")
        group.addButton(made, number)
        return made

    def _up(self) -> None:
        self.moved.emit(-1)

    def _down(self) -> None:
        self.moved.emit(1)


def _row(buttons: list[QPushButton]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for one in buttons:
        row.addWidget(one, 1)
    return row


def _number(text: str) -> float | None:
    """What was typed, with a point or a comma; None where it is no number."""
    try:
        value = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
