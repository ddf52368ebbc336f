"""The steps of a first start that ask a person something: which station this is, and who is the first to work there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hmi.client import words
from hmi.client.language import NAMES, plant_text, tr
from hmi.client.page import Desk, Words, button
from hmi.client.people.present import JUDGE_S, Present
from hmi.client.sentences import said
from hmi.core.errors import HmiError
from hmi.core.people import PASSWORD_LONGEST, name_complaint, password_complaint, pin_complaint
from hmi.link.messages import Reply
from hmi.plantfiles.station import NAME_LENGTH, StationSettings, write_station

Done = Callable[[str], None]  # gets why it was not done; "" it was


@dataclass(slots=True)
class Answers:
    """What was answered so far; outlives the sheet, which is made anew in another language."""

    settings: StationSettings
    file: Path | None = None  # where a station's settings are kept; None: nowhere
    step: int = 0
    account: str = ""  # the first account, once it is made
    fingerprint: str = ""  # of the station's certificate


class SetupStep(QWidget):
    """One question; `do` acts on the answer, and tells when it may go on."""

    title = ""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        super().__init__()
        self.desk, self.answers = desk, answers
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self.entries: list[QLineEdit] = []  # two beside each other: a tablet on its side is not high
        self._grid = QGridLayout()
        self._grid.setSpacing(12)

    def enter(self) -> None:
        """It comes to the front."""

    def do(self, done: Done) -> None:
        """Act on what was answered."""
        done("")

    def say(self, text: str, role: str = "muted") -> Words:
        """Words of explanation, below what is there."""
        told = Words(text, role, 14)
        told.setWordWrap(True)
        self.column.addWidget(told)
        return told

    def entry(self, name: str, longest: int, hidden: bool = False) -> QLineEdit:
        """One more field with its name above it."""
        made = QLineEdit()
        made.setAccessibleName(name)
        made.setMaxLength(longest)
        if hidden:
            made.setEchoMode(QLineEdit.EchoMode.Password)
        if not self.entries:
            self.column.addLayout(self._grid)
        row, across = divmod(len(self.entries), 2)
        both = QVBoxLayout()
        both.setSpacing(2)
        both.addWidget(Words(name, "muted", 13))
        both.addWidget(made)
        self._grid.addLayout(both, row, across)
        self.entries.append(made)
        return made


class StationStep(SetupStep):
    """Which of the plant's stations this is, in which language and colours."""

    title = "This station"
    language_asked = Signal(str)
    theme_asked = Signal(str)

    def __init__(self, desk: Desk, answers: Answers) -> None:
        super().__init__(desk, answers)
        row = QHBoxLayout()
        self.languages = self._choices(row, NAMES, answers.settings.language or "en", self._speak)
        row.addStretch(1)
        themes = {"day": tr("Day"), "night": tr("Night")}
        self.themes = self._choices(row, themes, answers.settings.theme or desk.theme.name, self._dress)
        self.column.addLayout(row)
        self.say(tr("Which station is this? Its first screen, and what everybody may do there, follow from it."))
        self.stations = QListWidget()
        self.stations.setAccessibleName(tr("This station"))
        known = {one.id: plant_text(one.name) or one.id for one in desk.plant.stations}
        if desk.station not in known:
            self._add(desk.station, f"{desk.station} ({tr('as this computer is called')})")
        for name, text in known.items():
            self._add(name, f"{text} ({name})" if text != name else name)
        self._choose(answers.settings.name or desk.station)
        self.column.addWidget(self.stations, 1)

    def do(self, done: Done) -> None:
        chosen = self.stations.currentItem()
        name = str(chosen.data(Qt.ItemDataRole.UserRole)) if chosen is not None else self.desk.station
        made = StationSettings(name[:NAME_LENGTH], _checked(self.languages), _checked(self.themes))  # type: ignore[arg-type]
        try:
            if self.answers.file is not None:
                write_station(self.answers.file, made)
        except HmiError as error:
            done(words.sentence(said(str(error))))
            return
        self.answers.settings = made
        done("")

    def _speak(self, code: str) -> None:
        self._remember()
        self.language_asked.emit(code)

    def _dress(self, theme: str) -> None:
        self._remember()
        self.theme_asked.emit(theme)

    def _remember(self) -> None:
        """What is chosen and not yet written down."""
        chosen = self.stations.currentItem()
        name = str(chosen.data(Qt.ItemDataRole.UserRole)) if chosen is not None else ""
        made = StationSettings(name, _checked(self.languages), _checked(self.themes))  # type: ignore[arg-type]
        self.answers.settings = made

    def _add(self, name: str, text: str) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, name)
        self.stations.addItem(item)

    def _choose(self, name: str) -> None:
        rows = [self.stations.item(row) for row in range(self.stations.count())]
        at = next((row for row, item in enumerate(rows) if item.data(Qt.ItemDataRole.UserRole) == name), 0)
        self.stations.setCurrentRow(at)

    def _choices(self, row: QHBoxLayout, texts: Any, chosen: str, act: Callable[[str], None]) -> QButtonGroup:
        group = QButtonGroup(self)
        for value, text in texts.items():
            made = button(text, "choice", checkable=True)
            made.setProperty("value", value)
            made.setChecked(value == chosen)
            group.addButton(made)
            row.addWidget(made)
        group.buttonClicked.connect(lambda made: act(str(made.property("value"))))
        return group


class AccountStep(SetupStep):
    """The first account, which may administer: with a password that nobody gave it."""

    title = "The first account"

    def __init__(self, desk: Desk, answers: Answers, present: Present) -> None:
        super().__init__(desk, answers)
        self._present = present
        self.made = self.say("")
        self.name = self.entry(tr("Name to sign in with"), 64)
        self.full_name = self.entry(tr("Name as it is printed under a signature"), 200)
        self.password = self.entry(tr("Password: a sentence that you remember"), PASSWORD_LONGEST, hidden=True)
        self.again = self.entry(tr("Once more"), PASSWORD_LONGEST, hidden=True)
        self.pin = self.entry(tr("PIN for a quick change of shift (if you like)"), 12, hidden=True)
        self.column.addStretch(1)

    def enter(self) -> None:
        done = bool(self.answers.account)
        text = tr("There is no password until you make one. This account is an administrator's: it makes the others.")
        if done:
            text = tr("The account {name} is made.", name=self.answers.account)
        self.made.say(text)
        for one in (self.name, self.full_name, self.password, self.again, self.pin):
            one.setEnabled(not done)

    def complaint(self) -> str:
        """What is wrong with what was typed; "" nothing is."""
        name, password, pin = self.name.text().strip(), self.password.text(), self.pin.text()
        found = name_complaint(name) or password_complaint(password, name, self.desk.plant.people.password_length)
        if not found and self.again.text() != password:
            return tr("That was not the same twice")
        return words.sentence(said(found or (pin_complaint(pin) if pin else "")))

    def do(self, done: Done) -> None:
        if self.answers.account:
            done("")
        elif complaint := self.complaint():
            done(complaint)
        else:
            self._make(self.name.text().strip(), self.password.text(), done)

    def _make(self, name: str, password: str, done: Done) -> None:
        args = {"act": "add", "name": name, "full_name": self.full_name.text().strip(), "password": password}

        def added(reply: Reply) -> None:
            if not reply.ok:
                done(words.sentence(reply.text))
                return
            self.answers.account = name
            self._present.sign_in(name, password, "password", signed_in)

        def signed_in(reply: Reply) -> None:
            pin = self.pin.text()
            if not reply.ok or not pin:
                finished(reply)
                return
            given = {"act": "pin", "name": name, "new": pin, "old": password}
            self.desk.wire.ask("person", given, finished, JUDGE_S)

        def finished(reply: Reply) -> None:
            for one in (self.password, self.again, self.pin):
                one.clear()
            done("" if reply.ok else words.sentence(reply.text))

        self.desk.wire.ask("person", args | {"roles": {"": "administer"}}, added, JUDGE_S)


def _checked(group: QButtonGroup) -> str:
    made = group.checkedButton()
    return str(made.property("value")) if made is not None else ""
