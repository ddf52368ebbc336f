"""A further window of a station: any screen on another display, on the same mirror and the same frame clock."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.client.commands import Commands
from hmi.client.language import plant_text
from hmi.client.layout import Spot, brought_back
from hmi.client.page import Desk
from hmi.client.shell import ASIDE, Shell
from hmi.client.visits import Stay

SIZE = (1100, 700)


class Aside(QWidget):
    """Holds a shell of its own; `closing` before it goes. It has no clock: the main window's beats for it."""

    closing = Signal()

    def __init__(self, desk: Desk, place: str) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(480, 320)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.shell = self._furnish(desk, Stay(place))

    def _furnish(self, desk: Desk, stay: Stay, commands: Commands | None = None) -> Shell:
        shell = Shell(replace(desk), stay.place, stay, commands, ASIDE)
        self._column.addWidget(shell)
        self.setWindowTitle(plant_text(shell.desk.plant.name))
        return shell

    def renew(self, desk: Desk) -> Shell:
        """Build the inside anew: another language, other screens, another plant; one stays where one was."""
        stay = self.shell.stay()
        commands = self.shell.commands if self.shell.desk.mirror is desk.mirror else None
        if commands is not None:
            commands.desk = desk
        self.clear(with_commands=commands is None)
        self.shell = self._furnish(desk, stay, commands)
        return self.shell

    def clear(self, with_commands: bool = True) -> None:
        """Let go of everything that hears of the engine; commands on their way may go on."""
        self.shell.dispose(with_commands)
        self._column.removeWidget(self.shell)
        self.shell.hide()
        self.shell.deleteLater()

    def spot(self) -> Spot:
        """Where it stands and what it shows, to be remembered."""
        return spot_of(self, self.shell)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        self.clear()
        super().closeEvent(event)


def spot_of(window: QWidget, shell: Shell | None) -> Spot:
    """Where a window stands, and what of it is remembered."""
    place = window.normalGeometry() if window.isFullScreen() or window.isMaximized() else window.geometry()
    state = "full" if window.isFullScreen() else "maximised" if window.isMaximized() else "normal"
    screen = shell.page.key if shell is not None and shell.page is not None else ""
    plates = [] if shell is None else [plate for plate in shell.above.plates() if plate[3]]
    return Spot(screen, place.x(), place.y(), place.width(), place.height(), state, tuple(plates))


def put(window: QWidget, spot: Spot) -> None:
    """Have a window where it was, on a display that is there; before it is shown."""
    if spot.width and spot.height:
        window.setGeometry(brought_back(spot.rect))
    state = {"full": Qt.WindowState.WindowFullScreen, "maximised": Qt.WindowState.WindowMaximized}.get(spot.state)
    if state is not None:
        window.setWindowState(state)
