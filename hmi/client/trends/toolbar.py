"""The rows above a trend: how much time, where to, live or standing still, and what the cursor reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.language import tr
from hmi.client.page import Words, button

PRESETS: Final = (
    (600, "10 min"),
    (3600, "1 h"),
    (8 * 3600, "8 h"),
    (86400, "24 h"),
    (7 * 86400, "7 d"),
    (30 * 86400, "30 d"),
    (90 * 86400, "90 d"),
)
_SPACE: Final = 6
_MOVES: Final = (
    ("‹", "Earlier (Left)", -0.5, 1.0),
    ("›", "Later (Right)", 0.5, 1.0),
    ("+", "Zoom in (+)", 0.0, 0.5),
    ("–", "Zoom out (–)", 0.0, 2.0),
)


def moment_text(moment: int, zone: tzinfo) -> str:
    """A moment to the hundredth of a second, with the zone that the clock was in then."""
    return f"{words.source_time(moment, zone)[:-1]} {words.when(moment, zone):%Z}"


def pair_text(pair: tuple[int, int], zone: tzinfo) -> str:
    """Where the cursors A and B are, and how far apart."""
    first, second = (words.source_time(one, zone)[:-1] for one in pair)
    second = second.removeprefix(first[:11])
    zone_b = f"{words.when(pair[1], zone):%Z}"
    return f"A {first} · B {second} {zone_b} · {words.age(abs(pair[1] - pair[0]) / 1e9)}"


def span_text(span: tuple[int, int], zone: tzinfo) -> str:
    """From when to when; the date once where it is one day."""
    start, stop = (words.when(edge, zone) for edge in span)
    end = f"{stop:%H:%M}" if start.date() == stop.date() else f"{stop:%Y-%m-%d %H:%M}"
    return tr("{start} to {stop}", start=f"{start:%Y-%m-%d %H:%M}", stop=f"{end} {stop:%Z}")


class Toolbar(QWidget):
    """`span_asked` carries seconds up to now; `move_asked` a shift as a share of the width and a zoom factor.

    `view_asked` carries -1 for the view before and 1 for the one that was gone back from.
    """

    span_asked = Signal(float)
    move_asked = Signal(float, float)
    live_asked = Signal(bool)
    view_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.presets, self.moves = QButtonGroup(self), QButtonGroup(self)
        self.presets.setExclusive(False)
        self.live_button = button(tr("Live view"), checkable=True, tip=tr("Follow the present (Space)"))
        self.back_button = button("↶", tip=tr("The view before (Backspace)"))
        self.forward_button = button("↷", tip=tr("The view that was gone back from (Shift+Backspace)"))
        self.date_button = button(tr("Date …"), checkable=True, tip=tr("From when to when (D)"))
        self.pair_button = button(tr("Cursors"), checkable=True, tip=tr("Two cursors and what lies between them (C)"))
        self.fit_button = button(
            tr("Fit scales"), checkable=True, tip=tr("Scale pens to their values, not their range")
        )
        self.share_button = button(tr("Shared scales"), checkable=True, tip=tr("Pens of one unit on one scale"))
        self.box_button = button(
            "▭", checkable=True, tip=tr("Draw a box around what to see larger (Z, or Shift and drag)")
        )
        self.groups_button = button(tr("Groups …"), checkable=True, tip=tr("Pens that belong together"))
        self.choose_button = button(tr("Pens …"), checkable=True)
        self.more_button = button(tr("More …"), tip=tr("Note (N), export (E), copy, compare"))
        self.told = Words("", "muted", 13, elide=True)
        self.moment = Words("", px=13)
        self._arrange()
        self._connect()

    def show_state(self, live: bool, span_s: float, back: bool = False, forward: bool = False) -> None:
        """Mark what the trend does now, and whether there are views to go back and forward to."""
        self.live_button.setChecked(live)
        self.live_button.setText(tr("Live view") if live else tr("Paused"))
        self.back_button.setEnabled(back)
        self.forward_button.setEnabled(forward)
        for number, (span, _) in enumerate(PRESETS):
            self.presets.button(number).setChecked(live and abs(span - span_s) < 1)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        presets, moves = self.presets.buttons(), self.moves.buttons()
        self._spread([*presets, self.live_button], [presets[-1], presets[-3], presets[-2], presets[2]])
        last = [self.share_button, self.fit_button, *moves[:2], *moves[2:], self.box_button]
        last += [self.forward_button, self.back_button, self.date_button, self.groups_button]
        views: list[QWidget] = [self.pair_button, self.choose_button, self.more_button]
        self._spread([*views, *last], last)
        self._column.activate()  # else the row stands until the next turn as if nothing had gone

    def _spread(self, row: Sequence[QWidget], spare: Sequence[QWidget]) -> None:
        """Show as much of a row as there is room for; what is spare goes first, keys do the same."""
        left = list(row)
        for one in spare:
            if sum(widget.sizeHint().width() + _SPACE for widget in left) <= self.width() - 3 * _SPACE:
                break
            left.remove(one)
        for widget in row:
            widget.setVisible(widget in left)

    def _arrange(self) -> None:
        self.setMinimumWidth(240)  # its rows make do with less than all
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(_SPACE)
            column.addLayout(row)
        for number, (_, title) in enumerate(PRESETS):
            made = button(tr(title), checkable=True)
            self.presets.addButton(made, number)
            first.addWidget(made)
        first.addSpacing(_SPACE)
        first.addWidget(self.live_button)
        first.addWidget(self.told, 1)
        first.addWidget(self.moment)
        for one in (self.back_button, self.forward_button):
            second.addWidget(one)
        for number, (text, tip, _, _) in enumerate(_MOVES):
            made = button(text, tip=tr(tip))
            self.moves.addButton(made, number)
            second.addWidget(made)
        second.addWidget(self.box_button)
        second.addStretch(1)
        for one in (
            *(self.pair_button, self.fit_button, self.share_button),
            *(self.date_button, self.groups_button, self.choose_button, self.more_button),
        ):
            second.addWidget(one)

    def _connect(self) -> None:
        self.presets.idClicked.connect(self._preset)
        self.moves.idClicked.connect(self._move)
        self.live_button.clicked.connect(self._live)
        self.back_button.clicked.connect(self._back)
        self.forward_button.clicked.connect(self._forward)

    def _preset(self, number: int) -> None:
        self.span_asked.emit(float(PRESETS[number][0]))

    def _move(self, number: int) -> None:
        self.move_asked.emit(*_MOVES[number][2:])

    def _live(self) -> None:
        self.live_asked.emit(self.live_button.isChecked())

    def _back(self) -> None:
        self.view_asked.emit(-1)

    def _forward(self) -> None:
        self.view_asked.emit(1)
