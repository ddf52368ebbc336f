"""Qt for Python of some minors aborts this Python after some thousand calls: the one that is pinned does not."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

SMOKE = """
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLabel

class Tag(QObject):
    changed = Signal(float)

app = QApplication(["smoke", "-platform", "offscreen"])
label, timer, tag, seen = QLabel(), QTimer(), Tag(), []
tag.changed.connect(seen.append)
for number in range(20_000):
    label.setText(str(number))
    timer.setInterval(number)
    tag.changed.emit(number)
print(len(seen))
"""


def test_qt_survives_20_000_updates() -> None:
    """PySide6 6.12.0 loses a reference to None or True per call and aborts CPython 3.11 before the end."""
    version = tuple(map(int, importlib.metadata.version("PySide6-Essentials").split(".")))
    assert (6, 11, 3) <= version < (6, 12)
    command = [sys.executable, "-c", SMOKE]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=50)
    assert (done.returncode, done.stdout.strip()) == (0, "20000"), done.stderr
