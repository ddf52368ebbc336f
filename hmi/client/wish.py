"""How an operator says what a tag shall be set to: typed, tapped, chosen among words, or simply triggered."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.choices import choices_of, is_momentary
from hmi.client.language import tr
from hmi.client.numberpad import NumberPad
from hmi.client.page import Desk, button
from hmi.client.refusals import typed
from hmi.client.theme import font
from hmi.core.policy import Rules, limits_of
from hmi.core.setting import Unacceptable
from hmi.core.tags import INTEGER_TYPES, Tag

_COLUMNS: Final = 3


class Wish(QWidget):
    """One field, or one button a choice; `changed` with every key, `chosen` when a choice was made."""

    changed = Signal()
    chosen = Signal()

    def __init__(self, desk: Desk, tag: Tag, rules: Rules) -> None:
        super().__init__()
        self.desk, self.tag, self._rules = desk, tag, rules
        self.choices = dict(choices_of(desk.plant, tag, desk.mirror.table.names.get(tag.index, {})))
        self.momentary = is_momentary(desk.plant, tag)
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(words.unit(tag) or tr("new value"))
        self.entry.setAccessibleName(tr("New value"))
        self.entry.textChanged.connect(self.changed)
        self.buttons: dict[int, QAbstractButton] = {}
        self.pad: NumberPad | None = None
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        if self.choices:
            column.addLayout(self._arranged_choices())
        else:
            column.addWidget(self.entry)
        if desk.touch and not self.choices and not tag.is_text:
            self.pad = self._made_pad()

    def value(self) -> float | str:
        """What was said; raises Unacceptable."""
        if not self.choices:
            return typed(self.tag, self.entry.text(), self._rules)
        chosen = self._group.checkedButton()
        if chosen is None:
            raise Unacceptable(tr("Choose one: {choices}", choices=", ".join(self.choices.values())))
        return float(chosen.property("value"))

    def told(self, value: float | str) -> str:
        """A value in the words of the choice; "" where it has none."""
        return "" if isinstance(value, str) else self.choices.get(int(value), "") if value == int(value) else ""

    def take_focus(self) -> None:
        """Begin here."""
        first = next(iter(self.buttons.values()), None)
        (first if first is not None else self.entry).setFocus()

    def _arranged_choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, (value, word) in enumerate(self.choices.items()):
            made = button(word, checkable=True)
            made.setProperty("value", value)
            made.setChecked(self.momentary)
            self.buttons[value] = made
            self._group.addButton(made)
            grid.addWidget(made, place // _COLUMNS, place % _COLUMNS)
        self._group.buttonClicked.connect(self.chosen)
        return grid

    def _made_pad(self) -> NumberPad:
        low, _ = limits_of(self.tag, self._rules)
        whole = self.tag.type in INTEGER_TYPES and float(self.tag.scale).is_integer()
        self.entry.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # the pad is the keyboard
        return NumberPad(self.entry, negative=low is None or low < 0, decimals=not whole)


class Reasons(QWidget):
    """Why it is done, in one's own words; on a tablet the usual reasons are one touch away."""

    usual: Final = ("Product change", "Quality", "Process", "Cleaning", "Fault", "Test")

    def __init__(self, desk: Desk, longest: int, wide: bool = False) -> None:
        super().__init__()
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(tr("for the journal"))
        self.entry.setAccessibleName(tr("Why"))
        self.entry.setMaxLength(longest)
        self.buttons = [button(tr(one)) for one in self.usual] if desk.touch else []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.entry)
        grid, columns = QGridLayout(), len(self.usual) if wide else _COLUMNS
        grid.setSpacing(6)
        for place, made in enumerate(self.buttons):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setFont(font(13))
            made.clicked.connect(self._pressed)
            grid.addWidget(made, place // columns, place % columns)
        if self.buttons:
            column.addLayout(grid)

    def _pressed(self) -> None:
        sender = self.sender()
        assert isinstance(sender, QAbstractButton)
        self.entry.setText(sender.text())
