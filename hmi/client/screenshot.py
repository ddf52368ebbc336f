"""One screen of a plant as a picture, without a window and without an engine."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QApplication

from hmi.client.mimic.canvas import Mimic
from hmi.client.mirror import Mirror
from hmi.client.style import dress
from hmi.client.theme import theme_of
from hmi.clock import HandClock
from hmi.core.errors import HmiError
from hmi.core.plant.model import Plant
from hmi.core.tags import TagTable


def shoot(
    plant: Plant,
    screen: str,
    out: Path | str,
    size: tuple[int, int] = (1920, 1080),
    theme: str = "day",
    values: TagTable | None = None,
) -> None:
    """Draw a screen into a PNG file with these values, or with none known; raises HmiError when it cannot be written.

    Time stands still at the newest of the values, so that ages are those of that moment.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["hmi"])
    application.setStyle("Fusion")
    look = theme_of(theme)
    dress(application, look, False)
    mimic = Mimic(plant.screens[screen], plant, mirror_of(plant, values), look)
    mimic.resize(*size)
    mimic.ensurePolished()
    mimic.refresh()
    picture = mimic.grab()
    mimic.deleteLater()
    if not picture.save(str(out), "PNG"):
        raise HmiError(f"{out} cannot be written: is the folder there and yours, and the disk not full?")


def mirror_of(plant: Plant, values: TagTable | None) -> Mirror:
    """A mirror that shows these values as if an engine had just told them."""
    newest = int(values.received.max()) if values is not None and len(values) else 0
    mirror = Mirror(plant, HandClock(now_ns=newest) if newest else HandClock())
    if values is not None:
        mirror.table.apply(values.rows(range(len(values))))
    mirror.link_down = False
    return mirror
