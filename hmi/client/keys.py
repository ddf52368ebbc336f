"""The keys of the window: one table that binds them, and that the list of keys (Shift+F1) is written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

SCREENS_BY_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Key:
    """One key, what it is bound to (a name that the shell knows; "" where Qt or the page does it) and its words."""

    keys: str
    action: str
    text: str
    group: str = "Go"


KEYS: Final = (
    Key("Ctrl+K", "search", "Search: screens, tags, alarms, machines, instructions"),
    Key("F3", "scan", "Scan the code on a machine's plate"),
    Key("F2", "home", "First screen"),
    Key("Alt+Up", "up", "To the screen above"),
    Key("Alt+Left", "back", "Back"),
    Key("Alt+Right", "forward", "Forward"),
    Key("Ctrl+1 … Ctrl+9", "", "The first nine screens"),
    Key("F5", "alarms", "Alarms"),
    Key("F6", "trends", "Trends"),
    Key("F7", "journal", "Journal"),
    Key("Ctrl+I", "instructions", "Work instructions and jobs"),
    Key("F9", "system", "System: why something is grey"),
    Key("Shift+F9", "outages", "Links and outages: what is away, and what to do"),
    Key("F8", "acknowledge", "Acknowledge the alarm in the banner", "Work"),
    Key("F4", "silence", "Silence the horn: only the sound stops", "Work"),
    Key("F12", "", "In a flood of alarms: the full list, and back", "Work"),
    Key("Tab, Shift+Tab", "", "To the next or last element of the screen", "Work"),
    Key("Enter, Space", "", "What a click does: open, command", "Work"),
    Key("Ctrl+W", "close_faceplates", "Close the faceplates that are not pinned", "Work"),
    Key("F10", "why", "Why is this grey?", "Work"),
    Key("Esc", "", "Close what lies over the screen", "Work"),
    Key("Ctrl+U", "person", "Sign in or out", "Work"),
    Key("Ctrl+Shift+L", "lock", "Lock this station: screens and alarms go on", "Work"),
    Key("Ctrl+B", "navigation", "Show or hide the screens on the left", "Window"),
    Key("Ctrl+Shift+N", "new_window", "This screen in a window of its own", "Window"),
    Key("Ctrl+L", "language", "Language", "Window"),
    Key("Ctrl+T", "theme", "Day or night colours", "Window"),
    Key("F11", "full_screen", "Full screen", "Window"),
    Key("F1", "help", "Help: the manual, where it tells of this page", "Window"),
    Key("Shift+F1", "keys", "These keys", "Window"),
)
GROUPS: Final = ("Go", "Work", "Window")
LEAVE_KIOSK: Final = "Ctrl+Alt+Q"


class Shortcuts(QObject):
    """The keys of one window, bound: `acted` carries the name of an action, `place_asked` the id of a screen."""

    acted = Signal(str)
    place_asked = Signal(str)

    def __init__(self, window: QWidget, screens: Sequence[str], kiosk: bool) -> None:
        super().__init__(window)
        self._window = window
        for key in KEYS:
            if key.action:
                self._bind(key.keys, key.action)
        if kiosk:
            self._bind(LEAVE_KIOSK, "leave")
        for number, screen in enumerate(screens[:SCREENS_BY_NUMBER], 1):
            self._bind(f"Ctrl+{number}", "", screen)

    def _bind(self, keys: str, action: str, place: str = "") -> None:
        shortcut = QShortcut(QKeySequence(keys), self._window)
        shortcut.setProperty("action", action)
        shortcut.setProperty("place", place)
        shortcut.activated.connect(self._pressed)

    def _pressed(self) -> None:
        pressed = self.sender()
        if place := str(pressed.property("place")):
            self.place_asked.emit(place)
        else:
            self.acted.emit(str(pressed.property("action")))
