"""What a station remembers of its windows: where they stand, what they show, theme, language, pinned faceplates."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

log = logging.getLogger(__name__)

_VERSION: Final = 1
_GRIP: Final = (160, 48)  # px of a window that must lie on a display, so that it can be reached
_LARGEST_BYTES: Final = 1_000_000

Plate = tuple[str, int, int, bool, str]  # equipment, x, y, pinned, tab


class Spot(msgspec.Struct, frozen=True):
    """One window: its place on the desktop and what it shows."""

    screen: str = ""
    x: int = 0
    y: int = 0
    width: int = 0  # 0: not known
    height: int = 0
    state: str = "normal"  # normal | maximised | full
    faceplates: tuple[Plate, ...] = ()

    @property
    def rect(self) -> QRect:
        """Its place, in px of the desktop."""
        return QRect(self.x, self.y, self.width, self.height)


class Layout(msgspec.Struct, frozen=True):
    """Everything that a station remembers; the first window is the main one."""

    version: int = _VERSION
    theme: str = ""
    language: str = ""
    plant: str = ""  # whose screens the windows show
    windows: tuple[Spot, ...] = ()


class LayoutFile:
    """The file that keeps a layout, in the user's own configuration; written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: Layout | None = None

    def read(self) -> Layout:
        """What was remembered; the defaults, with a line in the log, where the file is broken."""
        try:
            with self.path.open("rb") as file:
                found = msgspec.json.decode(file.read(_LARGEST_BYTES), type=Layout)
        except FileNotFoundError:
            return Layout()
        except (OSError, ValueError, RecursionError) as error:
            log.warning("%s cannot be read (%s): the windows open as they do the first time", self.path, error)
            return Layout()
        if found.version != _VERSION:
            log.warning("%s is of another version: the windows open as they do the first time", self.path)
            return Layout()
        return found

    def write(self, layout: Layout) -> None:
        """Remember a layout, if it is another one than before; a disk that does not take it is said once."""
        if layout == self._written:
            return
        self._written = layout
        beside = self.path.with_suffix(f".{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(msgspec.json.format(msgspec.json.encode(layout), indent=1))
            beside.replace(self.path)
        except OSError as error:
            log.warning("%s cannot be written (%s): the places of the windows are not remembered", self.path, error)


def usual_file(station: str) -> Path:
    """Where the layout of a station lies when nobody says otherwise."""
    import platformdirs

    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in station) or "station"
    return platformdirs.user_config_path("hmi", appauthor=False) / f"layout-{name}.json"


def brought_back(rect: QRect) -> QRect:
    """A window's place on the displays there are now: one whose display is gone comes to the first, none is too big."""
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    if not screens:
        return rect
    home = max(screens, key=lambda room: _shared(room, rect))
    size = rect.size().boundedTo(home.size())
    if _reachable(home, rect):
        return QRect(rect.topLeft(), size)
    home = QGuiApplication.primaryScreen().availableGeometry()
    made = QRect(home.topLeft(), rect.size().boundedTo(home.size()))
    made.moveCenter(home.center())
    return made


def _shared(room: QRect, rect: QRect) -> int:
    both = room.intersected(rect)
    return 0 if both.isEmpty() else both.width() * both.height()


def _reachable(room: QRect, rect: QRect) -> bool:
    """Whether enough of a window's upper edge lies on the display to take hold of."""
    grip = room.intersected(QRect(rect.x(), rect.y(), rect.width(), _GRIP[1]))
    return grip.width() >= min(_GRIP[0], rect.width()) and grip.height() >= _GRIP[1] // 2
