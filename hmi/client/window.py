"""The window: waits for an engine, shows its plant, and starts over when the engine comes back with another one."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.frame import Frame
from hmi.client.page import Desk, Words
from hmi.client.shell import Shell
from hmi.client.style import dress
from hmi.client.theme import Theme, day, night
from hmi.client.wire import Wire
from hmi.clock import Clock
from hmi.core.plant.model import Plant

log = logging.getLogger(__name__)


class Waiting(QWidget):
    """What is shown until an engine has said which plant it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.headline = Words("Waiting for the engine", px=24, bold=True)
        self.detail = Words("", "muted", 15)
        self.detail.setWordWrap(True)
        self.detail.setMaximumWidth(720)
        for label in (self.headline, self.detail):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self.headline, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.detail, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(2)


class Window(QStackedWidget):
    """The one top-level window of the client; owns the wire and the frame clock."""

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        theme: Theme,
        touch: bool = False,
        screen: str = "",
        user: str = "",
        station: str = "",
    ) -> None:
        super().__init__()
        self.setWindowTitle("HMI")
        self.setMinimumSize(960, 600)
        self.wire, self.theme = wire, theme
        self.shell: Shell | None = None
        self._clock, self._touch, self._screen = clock, touch, screen
        self._who = (user, station)
        self.waiting = Waiting()
        self.addWidget(self.waiting)
        self.frame = Frame(wire, clock, self.draw, self.pulse, self)
        wire.plant_changed.connect(self.show_plant)
        wire.link_changed.connect(self._link_changed)
        self._link_changed()

    def start(self) -> None:
        """Look for the engine and begin to beat."""
        self.wire.start()
        self.frame.start()

    def show_plant(self, plant: Plant) -> None:
        """The engine has said which plant it runs: build its screens, in place of those of the one before."""
        assert self.wire.mirror is not None
        user, station = self._who
        start = self._screen or next((one.screen for one in plant.stations if one.id == station), "")
        if self.shell is not None and self.shell.page is not None:
            start = self.shell.page.key
        self._clear()
        desk = Desk(
            plant,
            self.wire.mirror,
            self.wire,
            self._clock,
            zone_of(plant),
            self.theme,
            self._touch,
            user,
            station,
            self.frame,
        )
        self.shell = Shell(desk, start)
        self.shell.theme_asked.connect(self.change_theme)
        self.shell.full_screen_asked.connect(self.change_full_screen)
        self.addWidget(self.shell)
        self.setCurrentWidget(self.shell)
        self.setWindowTitle(plant.name)
        self.frame.redraw()

    def draw(self) -> None:
        """Called by the frame clock when the mirror changed."""
        if self.shell is not None:
            self.shell.refresh()

    def pulse(self, lit: bool) -> None:
        """Called by the frame clock twice a second."""
        if self.shell is not None:
            self.shell.pulse(lit)

    def tell(self, text: str) -> None:
        """Say something to the operator in one line."""
        if self.shell is not None:
            self.shell.banner.tell(text)

    def change_theme(self) -> None:
        """The other of day and night."""
        self.theme = night() if self.theme.name == "day" else day()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            dress(application, self.theme, self._touch)
        if self.shell is not None:
            self.shell.restyle(self.theme)

    def change_full_screen(self) -> None:
        """To the whole display and back."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def stop(self) -> None:
        """Beat no more, hang up, and let go of every page."""
        self.frame.stop()
        self._clear()
        self.wire.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop()
        super().closeEvent(event)

    def _clear(self) -> None:
        if self.shell is not None:
            self.shell.dispose()
            self.removeWidget(self.shell)
            self.shell.deleteLater()
            self.shell = None

    def _link_changed(self) -> None:
        self.waiting.detail.say(words.sentence(self.wire.text))


def zone_of(plant: Plant) -> ZoneInfo:
    """The plant's time zone; UTC where this machine does not know it."""
    try:
        return ZoneInfo(plant.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("time zone %s is not known on this machine: times are shown in UTC", plant.timezone)
        return ZoneInfo("UTC")
