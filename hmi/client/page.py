"""What every page of the window works with, and what the window asks of every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from hmi.client.mirror import Mirror
from hmi.client.style import narrowest_px
from hmi.client.theme import Theme, font
from hmi.client.tips import plain
from hmi.client.wire import Wire
from hmi.clock import Clock
from hmi.core.plant.model import Plant

TRENDS: Final = ":trends"
ALARMS: Final = ":alarms"
JOURNAL: Final = ":journal"
SYSTEM: Final = ":system"
INSTRUCTIONS: Final = ":instructions"
TRUST: Final = ":trust"
OUTAGES: Final = ":outages"


@dataclass(slots=True)
class Desk:
    """What an operator's desk is made of: one plant, its mirror, the wire to the engine, and the look of the glass."""

    plant: Plant
    mirror: Mirror
    wire: Wire
    clock: Clock
    zone: tzinfo
    theme: Theme
    touch: bool = False
    user: str = ""
    station: str = ""
    calls: Any = None  # the Annunciator of the station: horn and flood; None in a window without
    frame: Any = None  # the window's Frame, for the page that shows how it is doing
    present: Any = None  # who is signed in at the window; None in one without
    own: Path | None = None  # folder of what this person keeps at this station; None: nothing is kept

    @property
    def who(self) -> str:
        """The name that goes on record."""
        return str(self.present.name) if self.present is not None else self.user

    def role(self, tag: str = "") -> str:
        """What may be done from here to a tag, or ("") to the plant as a whole."""
        return str(self.present.role(self.plant, tag)) if self.present is not None else self.plant.role_at(self.station)


class Page(QWidget):
    """One page of the window; the frame clock calls it only while it is in front.

    It asks the window for another page with `asked` (a screen id or page key), for a trend with `trend_asked`
    (indexes of tags), for what is known of a tag with `picked` and for a command to it with `commanded` (its name),
    for a machine's faceplate with `faceplate_asked` (its id) and for a work instruction with `instruction_asked`: its
    id, and those of the machine and of the alarm that it is for, where there are any.
    """

    key = ""
    title = ""
    level = 0
    asked = Signal(str)
    trend_asked = Signal(object)
    picked = Signal(str)
    commanded = Signal(str)
    faceplate_asked = Signal(str)
    instruction_asked = Signal(str, str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def tags(self) -> NDArray[Any]:
        """Indexes of the tags it shows now: the header tells the worst quality of them."""
        return np.empty(0, np.intp)

    def refresh(self) -> None:
        """The mirror has changed; at most 20 times a second, and once whenever the page comes to the front."""

    def pulse(self, lit: bool) -> None:
        """Twice a second: ages grow, symbols that ask for attention blink with `lit`."""

    def why(self) -> str:
        """Why something on the page is not good, in words; "" when there is nothing to say."""
        return ""

    def restyle(self) -> None:
        """The theme has changed."""

    def ready(self) -> bool:
        """Whether everything it waits for (history, journal) has come and it may be photographed."""
        return True

    def dispose(self) -> None:
        """It goes away for good: no answer may reach it any more."""


class Words(QLabel):
    """A label of plain text that is only touched when the text changes, and that shortens itself with an ellipsis."""

    def __init__(self, text: str = "", role: str = "", px: float = 0, bold: bool = False, elide: bool = False):
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.whole = ""
        self._elide = elide
        if px or bold:
            self.setFont(font(px or 13, bold))
        if role:
            self.setProperty("role", role)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text."""
        if text != self.whole:
            self.whole = text
            self._fit()

    def play(self, role: str) -> None:
        """Take the colour of another role."""
        if role != self.property("role"):
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if self._elide:
            self._fit()

    def _fit(self) -> None:
        text = self.whole
        if self._elide:
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, self.width() - 2))
            self.setToolTip("" if text == self.whole else plain(self.whole))
        self.setText(text)


class Clickable(Words):
    """Words that lead somewhere: a click, Enter or Space asks for it."""

    clicked = Signal()

    def __init__(self, role: str = "") -> None:
        super().__init__("", role, 13)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


class Button(QPushButton):
    """A push button that is never too narrow for what hits it, nor for its text."""

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(narrowest_px(), 0))


def button(text: str, kind: str = "", tip: str = "", checkable: bool = False) -> QPushButton:
    """A push button of one of the program's kinds: plain, main, flat."""
    made = Button(text)
    made.setCheckable(checkable)
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    if tip:
        made.setToolTip(plain(tip))
    return made


def panel(name: str = "panel") -> QFrame:
    """A framed group of things that belong together."""
    made = QFrame()
    made.setObjectName(name)
    return made
