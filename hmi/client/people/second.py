"""Where a command takes two: the other person says who he is, and that he agrees, at the same station."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.client.language import tr
from hmi.client.page import Words


class SecondPerson(QWidget):
    """A name and a password, for one command only; the engine judges them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.secret = QLineEdit(), QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        row = QHBoxLayout()
        row.setSpacing(8)
        for entry, text in ((self.name, tr("Name")), (self.secret, tr("Password"))):
            entry.setPlaceholderText(text)
            entry.setAccessibleName(tr("Second person: {what}", what=text))
            entry.setMaxLength(256)
            entry.textChanged.connect(self.changed)
            row.addWidget(entry)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Words(tr("This takes a second person, who agrees"), px=13, bold=True))
        column.addLayout(row)

    @property
    def is_given(self) -> bool:
        """Whether somebody has said who he is."""
        return bool(self.name.text().strip() and self.secret.text())

    def take(self) -> dict[str, str]:
        """Who agreed, for the engine; the password does not stay in the window."""
        given = {"name": self.name.text().strip(), "secret": self.secret.text()}
        self.secret.clear()
        return given
