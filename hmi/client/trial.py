"""What the windows' side of the self-test does: draws words and pages, prints, and looks at its own pictures."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel

from hmi.client.app import RunOptions, run
from hmi.client.printing import pdf_of
from hmi.client.screenshot import Look, shoot
from hmi.core.plant import Plant

_SIZE: Final = (800, 480)
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HEAD: Final = 4000  # of what is drawn on a sheet: where the first text begins
_SHOWS_TEXT: Final = re.compile(rb"\bT[jJ]\b")


class Picture(NamedTuple):
    """What can be said of a picture without eyes."""

    colours: int
    commonest: float  # share of the commonest colour


class Paper(NamedTuple):
    """What can be said of a PDF."""

    sheets: int
    fonts: int  # that are in the file
    words: int  # pieces of text that are drawn


class _Tag(QObject):
    changed = Signal(float)


def pixels(file: Path) -> NDArray[np.uint32]:
    """A picture's colours, one number a pixel, in rows."""
    image = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()].copy()


def looked_at(file: Path) -> Picture:
    """How varied a picture is: one that nothing was drawn into has one colour."""
    colours, counts = np.unique(pixels(file), return_counts=True)
    return Picture(len(colours), float(counts.max() / counts.sum()))


def drawn(plant: Plant, screen: str, folder: Path) -> NDArray[np.uint32]:
    """A screen as its pixels, 800 by 480."""
    file = folder / f"{screen}.png"
    shoot(plant, screen, file, Look(_SIZE))
    return pixels(file)


def toured(data: Path, folder: Path, seconds: float) -> list[Path]:
    """Open the window on an engine and photograph every page; no pictures where no value became live in time."""
    code = run(RunOptions(data=data, seconds=seconds, shots=folder, theme="day", language="en", size=(1280, 800)))
    return sorted(folder.glob("*.png")) if code == 0 else []


def updated(count: int) -> int:
    """Change a text, a timer and a signal so often; how many changes came through.

    PySide6 6.12.0 loses a reference at each, and ends the interpreter after a few thousand.
    """
    application = QApplication.instance() or QApplication(["hmi"])
    assert application is not None
    label, timer, tag, seen = QLabel(), QTimer(), _Tag(), list[float]()
    tag.changed.connect(seen.append)
    for number in range(count):
        label.setText(str(number))
        timer.setInterval(number)
        tag.changed.emit(number)
    return len(seen)


def printed(html: str) -> tuple[bytes, Paper]:
    """A page as PDF, and what is in it."""
    data = pdf_of(html, "Self-test", "Self-test")
    streams = [_unpacked(match[1]) for match in _STREAM.finditer(data)]
    words = sum(len(_SHOWS_TEXT.findall(stream)) for stream in streams if b"BT" in stream[:_HEAD])
    return data, Paper(len(re.findall(rb"/Type\s*/Page\b", data)), data.count(b"/FontFile"), words)


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""
