"""One screen of a plant as a picture, without a window and without an engine; with the window's frame if wanted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.language import speak
from hmi.client.mimic.canvas import Mimic
from hmi.client.mirror import Mirror
from hmi.client.page import Desk
from hmi.client.shell import Shell
from hmi.client.style import dress
from hmi.client.theme import Theme, theme_of
from hmi.client.wire import Wire
from hmi.client.zone import zone_of
from hmi.clock import Clock, HandClock
from hmi.core.errors import HmiError, LinkError
from hmi.core.plant.model import Plant
from hmi.core.tags import TagTable
from hmi.link.street import Link


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is to be taken."""

    size: tuple[int, int] = (1920, 1080)
    theme: str = "day"
    language: str = "en"
    greyscale: bool = False
    frame: bool = False  # the window around the screen
    touch: bool = False  # the window of a tablet


def shoot(plant: Plant, screen: str, out: Path | str, look: Look | None = None, values: TagTable | None = None) -> None:
    """Draw a screen into a PNG file with these values, or with none known; raises HmiError when it cannot be written.

    Time stands still at the newest of the values, so that ages are those of that moment.
    """
    look = look or Look()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["hmi"])
    application.setStyle("Fusion")
    theme = theme_of(look.theme, plant.branding)
    dress(application, theme, look.touch)
    speak(look.language, plant.languages)
    clock = clock_at(values)
    mirror = mirror_of(plant, values, clock)
    if look.frame or look.touch:
        image = _framed(plant, screen, mirror, clock, theme, look)
    else:
        mimic = Mimic(plant.screens[screen], plant, mirror, theme)
        image = _grabbed(mimic, look.size)
        mimic.deleteLater()
    if look.greyscale:
        image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    if not QImageWriter(str(out), QByteArray(b"png")).write(image):
        raise HmiError(f"{out} cannot be written: is the folder there and yours, and the disk not full?")


def _framed(plant: Plant, screen: str, mirror: Mirror, clock: Clock, theme: Theme, look: Look) -> QImage:
    wire = Wire(_no_link, clock)
    shell = Shell(Desk(plant, mirror, wire, clock, zone_of(plant), theme, look.touch), screen)
    shell.resize(*look.size)
    shell.refresh()
    shell.pulse(True)
    image = _grabbed(shell, look.size)
    shell.dispose()
    shell.deleteLater()
    wire.stop()
    return image


def _grabbed(widget: QWidget, size: tuple[int, int]) -> QImage:
    widget.resize(*size)
    widget.ensurePolished()
    picture = widget.grab()
    return picture.toImage()


def _no_link() -> Link:
    raise LinkError("a picture needs no engine")


def clock_at(values: TagTable | None) -> HandClock:
    """A clock that stands at the newest of the values."""
    newest = int(values.received.max()) if values is not None and len(values) else 0
    return HandClock(now_ns=newest) if newest else HandClock()


def mirror_of(plant: Plant, values: TagTable | None, clock: Clock | None = None) -> Mirror:
    """A mirror that shows these values as if an engine had just told them."""
    mirror = Mirror(plant, clock or clock_at(values))
    if values is not None:
        mirror.table.apply(values.rows(range(len(values))))
    mirror.link_down = False
    return mirror
