"""The horn: a tone for each priority, played by whatever program this machine has for sounds, or the system's beep."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QProcess, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from hmi.client.language import tr
from hmi.plantfiles.folder import resources_folder

PLAYERS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
LOWEST: Final = 4


class Horn(QObject):
    """Plays one tone at a time; a window without a display makes no sound.

    A player that fails is not tried again. Where none is left the system's beep is asked for, which many machines do
    not have, and `fault` says so; it changes once.
    """

    failed = Signal(str)

    def __init__(self, players: Sequence[Sequence[str]] = PLAYERS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fault = ""
        self.played = 0  # tones asked for since the start
        self._players = [tuple(one) for one in players]
        self._process: QProcess | None = None
        self._priority = 0

    def look(self) -> None:
        """Find out before the first alarm whether anything here plays sounds."""
        if self._may_sound() and sys.platform != "win32":
            self._drop_missing()
            if not self._players:
                self._give_up()

    def play(self, priority: int) -> None:
        """Sound the tone of a priority, in place of one that still sounds."""
        self.stop()
        self.played += 1
        self._priority = min(max(1, priority), LOWEST)
        if self._may_sound():
            self._start()

    def _may_sound(self) -> bool:
        return QGuiApplication.platformName() != "offscreen" or self._players != list(PLAYERS)

    def _drop_missing(self) -> None:
        while self._players and not QStandardPaths.findExecutable(self._players[0][0]):
            self._players.pop(0)

    def stop(self) -> None:
        """Be quiet now."""
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(None, 0)
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._broke)
            process.kill()
            process.waitForFinished(200)
            process.deleteLater()

    def _start(self) -> None:
        file = resources_folder() / "sounds" / f"priority{self._priority}.wav"
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            return
        self._drop_missing()
        if not self._players:
            QApplication.beep()
            self._give_up()
            return
        self._process = process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broke)
        process.start(self._players[0][0], [*self._players[0][1:], str(file)])

    def _finished(self, code: int) -> None:
        if code:
            self._next()
        else:
            self.stop()

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._next()

    def _next(self) -> None:
        """This player cannot: a machine without a sound card has none that can."""
        self.stop()
        self._players.pop(0)
        self._start()

    def _give_up(self) -> None:
        if not self.fault:
            self.fault = tr("No alarm can be heard at this place: no program here plays sounds. Watch the list")
            self.failed.emit(self.fault)
