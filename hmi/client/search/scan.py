"""The scan field: a reader types the code on a machine's plate and Enter, and the machine's faceplate opens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words
from hmi.client.search.index import Index
from hmi.core.nearest import nearest


class Scan(Overlay):
    """One field that waits for a code; `chosen` carries the id of the machine that has it."""

    chosen = Signal(str)

    def __init__(self, desk: Desk, host: QWidget, index: Index) -> None:
        super().__init__(desk, host, (520, 190 if desk.touch else 160))
        self._index = index
        self.entry = QLineEdit()
        self.entry.setMaxLength(200)
        self.entry.setPlaceholderText(tr("Scan the plate, or type its code and press Enter"))
        self.entry.setAccessibleName(tr("Scan a machine's plate"))
        self.told = Words("", "bad", 13)
        self.told.setWordWrap(True)
        self.column.addWidget(Words(tr("Scan a machine's plate"), px=18, bold=True))
        self.column.addWidget(self.entry)
        self.column.addWidget(self.told, 1)
        self.entry.returnPressed.connect(self.read)
        self.open(self.entry)

    def read(self) -> None:
        """A whole code has come: open its machine, or say that none has it, ready for the next."""
        code = self.entry.text().strip()
        machine = self._index.machine_of(code)
        if machine:
            self.leave()
            self.chosen.emit(machine)
        elif code:
            self.told.say(unknown(code, self._index))
            self.entry.selectAll()


def unknown(code: str, index: Index) -> str:
    """What to say of a code that no machine has."""
    if not index.codes:
        return tr("No machine of this plant has a code: equipment.toml names them")
    alike = nearest(code.casefold(), index.codes)
    if alike:
        return tr("No machine has the code {code}. One has {alike}: scan again", code=code, alike=alike[0].upper())
    return tr("No machine has the code {code}. Look whether the plate is of this plant", code=code)
