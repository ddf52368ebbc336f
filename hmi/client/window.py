"""The window: waits for an engine, shows its plant, and starts over when the engine comes back with another one."""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from hmi.client import words
from hmi.client.alarms.annunciator import Annunciator
from hmi.client.aside import SIZE, Aside, put, spot_of
from hmi.client.frame import Frame
from hmi.client.language import plant_text, speak, spoken, tr
from hmi.client.layout import Layout, LayoutFile, Spot
from hmi.client.page import Desk, Words
from hmi.client.people.present import Present
from hmi.client.sentences import said
from hmi.client.shell import KIOSK, MAIN, Shell
from hmi.client.style import dress
from hmi.client.theme import Theme, theme_of
from hmi.client.visits import Stay
from hmi.client.wire import Wire
from hmi.client.zone import zone_of
from hmi.clock import Clock
from hmi.core.plant.model import Plant

log = logging.getLogger(__name__)

MOST_WINDOWS: Final = 8
_TOUCHED: Final = ("tablet", "panel")  # kinds of stations that are operated with fingers
_REMEMBER_EVERY: Final = 20  # pulses: what a station remembers is on disk ten seconds after it changed


class Waiting(QWidget):
    """What is shown until an engine has said which plant it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.headline = Words("", px=24, bold=True)
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

    def say(self, text: str) -> None:
        """Tell why nothing can be shown yet."""
        self.headline.say(tr("Waiting for the engine"))
        self.detail.say(words.sentence(text))


class Window(QStackedWidget):
    """The main window of the client; owns the wire, the frame clock and the further windows.

    `memory` keeps what the station remembers of its windows; without one nothing is remembered.
    """

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        theme: Theme,
        touch: bool = False,
        screen: str = "",
        user: str = "",
        station: str = "",
        memory: LayoutFile | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("HMI")
        self.setMinimumSize(640, 480)
        self.wire, self.theme, self.kiosk = wire, theme, False
        self.shell: Shell | None = None
        self.calls: Annunciator | None = None
        self.asides: list[Aside] = []
        self._closed: list[Aside] = []  # Qt deletes them once nobody works in them any more
        self._clock, self._touch, self._screen = clock, touch, screen
        self._who = (user, station)
        self._memory, self._layout = memory, Layout() if memory is None else memory.read()
        self._pulses = 0
        self._renewed: Plant | None = None  # shown once nobody has a hand on the old screens
        self._may_close = True
        self.present = Present(wire, clock, station, user, self)
        self.present.told.connect(self.tell)
        self.waiting = Waiting()
        self.addWidget(self.waiting)
        self.frame = Frame(wire, clock, self.draw, self.pulse, self)
        wire.plant_changed.connect(self.show_plant)
        wire.link_changed.connect(self._link_changed)
        self._link_changed()

    def become_kiosk(self) -> None:
        """Be a window that nobody leaves by accident; before it is shown and before an engine is found."""
        self.kiosk, self._may_close = True, False
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint, True)

    def start(self) -> None:
        """Look for the engine and begin to beat."""
        self.wire.start()
        self.frame.start()

    # -- the plant

    def show_plant(self, plant: Plant) -> None:
        """The engine has said which plant it runs: build its screens, in place of those of the one before.

        Where only the files have changed under a plant that is seen, a dialog is not torn from anybody's hands.
        """
        same = self.shell is not None and self.shell.desk.mirror is self.wire.mirror
        self._renewed = plant if same and any(shell.above.in_use() for shell in self.shells()) else None
        if self._renewed is not None:
            return
        speak(spoken(), plant.languages)
        user, station = self._who
        touch = self._touch or plant.station(station).kind in _TOUCHED
        theme = theme_of(self.theme.name, plant.branding)
        if (touch, theme) != (self._touch, self.theme):
            self._touch, self.theme = touch, theme
            self.dress()
        assert self.wire.mirror is not None
        desk = Desk(plant, self.wire.mirror, self.wire, self._clock, zone_of(plant), self.theme, touch, user, station)
        desk.present = self.present
        desk.frame, desk.own = self.frame, self._memory.path.parent if self._memory else None
        self._listen_to_alarms(desk)
        remembered = self._layout.windows if self.shell is None and self._layout.plant == plant.id else ()
        start = self._screen or next((one.screen for one in plant.stations if one.id == station), "")
        stay = Stay() if self.shell is None else self.shell.stay()
        if remembered and not self._screen:
            stay.place = remembered[0].screen
        if remembered:
            stay.faceplates = list(remembered[0].faceplates)
        changed = same and self.shell is not None and self.shell.desk.plant.digest != plant.digest
        commands = self.shell.commands if self.shell is not None and same else None
        if commands is not None:
            commands.desk = desk
        self._clear(with_commands=not same)
        self._furnish(Shell(desk, start, stay, commands, KIOSK if self.kiosk else MAIN))
        for aside in self.asides:
            self._listen(aside.renew(desk))
        for spot in remembered[1:]:
            self.open_aside(spot.screen, spot)
        if changed:
            self.tell(tr("The plant's files have changed: this is what they show now"))

    def change_language(self, code: str) -> None:
        """Speak another language: every window's inside is built anew, and one stays where one was."""
        speak(code, None if self.wire.plant is None else self.wire.plant.languages)
        self._link_changed()
        if self.shell is None:
            return
        desk, stay, commands = self.shell.desk, self.shell.stay(), self.shell.commands
        self._clear(with_commands=False)
        self._furnish(Shell(desk, stay.place, stay, commands, KIOSK if self.kiosk else MAIN))
        for aside in self.asides:
            self._listen(aside.renew(desk))
        self.remember()

    def _listen_to_alarms(self, desk: Desk) -> None:
        """One horn for all windows of the station, for as long as the plant is shown."""
        if self.calls is None or self.calls.desk.mirror is not desk.mirror:  # what was silenced stays so
            if self.calls is not None:
                self.calls.dispose()
                self.calls.deleteLater()
            self.calls = Annunciator(desk, parent=self)
            self.calls.told.connect(self.tell)
        self.calls.desk, desk.calls = desk, self.calls

    def _furnish(self, shell: Shell) -> None:
        self.shell = shell
        self._listen(shell)
        self.addWidget(shell)
        self.setCurrentWidget(shell)
        self.setWindowTitle(plant_text(shell.desk.plant.name))

    def _listen(self, shell: Shell) -> None:
        shell.theme_asked.connect(self.change_theme)
        shell.language_asked.connect(self.change_language)
        shell.window_asked.connect(self.open_aside)
        shell.full_screen_asked.connect(self._change_full_screen_of_sender)
        shell.leave_asked.connect(self.ask_to_leave)
        self.frame.redraw()

    # -- beats

    def draw(self) -> None:
        """Called by the frame clock when the mirror changed."""
        for shell in self.shells():
            shell.refresh()

    def pulse(self, lit: bool) -> None:
        """Called by the frame clock twice a second."""
        self.present.pulse()
        if self.calls is not None:
            self.calls.pulse()
        for shell in self.shells():
            shell.pulse(lit)
        self._closed = [aside for aside in self._closed if isValid(aside)]
        if self._renewed is not None:
            self.show_plant(self._renewed)
        self._pulses += 1
        if self._pulses % _REMEMBER_EVERY == 0:
            self.remember()

    def shells(self) -> list[Shell]:
        """The insides of all windows, the main one first."""
        main = [] if self.shell is None else [self.shell]
        return [*main, *(aside.shell for aside in self.asides)]

    def tell(self, text: str) -> None:
        """Say something to the operator in one line."""
        if self.shell is not None:
            self.shell.banner.tell(text)

    # -- the look

    def change_theme(self) -> None:
        """The other of day and night, in every window."""
        branding = None if self.shell is None else self.shell.desk.plant.branding
        self.theme = theme_of("night" if self.theme.name == "day" else "day", branding)
        self.dress()
        for shell in self.shells():
            shell.restyle(self.theme)
        self.remember()

    def change_full_screen(self) -> None:
        """To the whole display and back."""
        self._turn_full_screen(self)

    def _change_full_screen_of_sender(self) -> None:
        sender = self.sender()
        if isinstance(sender, Shell):
            self._turn_full_screen(sender.window())

    def _turn_full_screen(self, window: QWidget) -> None:
        if self.kiosk:
            return
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def dress(self) -> None:
        """Give the whole program the look of this window's theme."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            dress(application, self.theme, self._touch)

    # -- further windows

    def open_aside(self, place: str, spot: Spot | None = None) -> Aside | None:
        """A screen or page in a window of its own, where it was before or beside this one."""
        if self.shell is None or self.kiosk:
            return None
        if len(self.asides) >= MOST_WINDOWS:
            self.tell(tr("{count} windows are open: close one of them first", count=MOST_WINDOWS))
            return None
        aside = Aside(self.shell.desk, place)
        self._listen(aside.shell)
        aside.closing.connect(self._aside_closing)
        self.asides.append(aside)
        put(aside, spot or self._beside(place))
        aside.show()
        self.remember()
        return aside

    def _beside(self, place: str) -> Spot:
        """On the next display where there is one, else a little off this window's corner."""
        others = [screen for screen in QApplication.screens() if screen is not self.screen()]
        if others:
            room = others[len(self.asides) % len(others) - 1].availableGeometry()
            return Spot(place, room.x() + 40, room.y() + 40, *SIZE)
        step = 40 * len(self.asides)
        return Spot(place, self.x() + step, self.y() + step, *SIZE)

    def _aside_closing(self) -> None:
        sender = self.sender()
        if isinstance(sender, Aside) and sender in self.asides:
            self.asides.remove(sender)
            self._closed.append(sender)
            self.remember()

    # -- what is remembered, and the end

    def put_back(self) -> bool:
        """Have the window where it was last; False when that is not known."""
        if not self._layout.windows or not self._layout.windows[0].width:
            return False
        put(self, self._layout.windows[0])
        return True

    def remember(self) -> None:
        """Write down where the windows stand and what they show, if that has changed."""
        if self._memory is not None and self.shell is not None:
            spots = (spot_of(self, self.shell), *(aside.spot() for aside in self.asides))
            plant = self.shell.desk.plant.id
            self._memory.write(Layout(theme=self.theme.name, language=spoken(), plant=plant, windows=spots))

    def ask_to_leave(self) -> None:
        """Ctrl+Alt+Q in a window that cannot be closed otherwise."""
        if self.kiosk and self.shell is not None:
            self.shell.above.leaving().agreed.connect(self.leave)

    def leave(self) -> None:
        """Close the window, also one that does not let itself be closed by hand."""
        self._may_close = True
        self.close()

    def stop(self) -> None:
        """Beat no more, hang up, and let go of every page."""
        self.remember()
        self._memory = None
        self.frame.stop()
        if self.calls is not None:
            self.calls.dispose()
        for aside in list(self.asides):
            aside.close()
        self._clear()
        self.wire.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close:
            event.ignore()
            return
        self.stop()
        super().closeEvent(event)

    def _clear(self, with_commands: bool = True) -> None:
        if self.shell is not None:
            self.shell.dispose(with_commands)
            self.removeWidget(self.shell)
            self.shell.hide()
            self.shell.deleteLater()
            self.shell = None

    def _link_changed(self) -> None:
        self.waiting.say(said(self.wire.text))
