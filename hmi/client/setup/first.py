"""Whether a station is new, and then its first start: asked once a window has found its engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from hmi.client.window import Window
from hmi.core.plant.model import Plant
from hmi.link.messages import Reply
from hmi.plantfiles.station import StationSettings

if TYPE_CHECKING:
    from hmi.client.setup.steps import Answers
    from hmi.client.setup.wizard import Wizard


class FirstStart(QObject):
    """Opens the sheet where the plant wants accounts and nobody has one; lives on the Qt thread, as long as the window.

    `again` is set when the window is to be opened anew: as another station than it was.
    """

    def __init__(
        self, window: Window, station: str, settings: StationSettings, file: Path | None, wanted: bool = False
    ) -> None:
        """`wanted`: somebody asked for it, also where the plant does not."""
        super().__init__(window)
        self._window, self._station, self._file, self._wanted = window, station, file, wanted
        self._settings = settings
        self.again: StationSettings | None = None
        self.wizard: Wizard | None = None
        self._answers: Answers | None = None
        self._asked = False
        window.wire.plant_changed.connect(self._look)

    def _look(self, plant: Plant) -> None:
        if self._answers is not None and self.wizard is None:
            self._open()  # the inside of the window was made anew under the sheet
        elif not self._asked and (self._wanted or plant.people.accounts):
            self._asked = True
            self._window.wire.ask("whoami", {}, self._came)

    def _came(self, reply: Reply) -> None:
        if not reply.ok or not isinstance(reply.body, dict) or reply.body["accounts"] or reply.body["fault"]:
            return
        from hmi.client.setup.steps import Answers

        self._answers = Answers(self._settings, self._file)
        self._open()

    def _open(self) -> None:
        shell, answers = self._window.shell, self._answers
        if shell is None or answers is None:
            return
        from hmi.client.setup.wizard import Wizard

        made = shell.above.lay(lambda: Wizard(shell.desk, shell.middle, self._window.present, answers))
        made.finished.connect(self._finish)
        made.put_off.connect(self._end)
        made.closed.connect(self._closed)
        made.station.language_asked.connect(self._speak)
        made.station.theme_asked.connect(self._dress)
        self.wizard = made

    def _closed(self) -> None:
        self.wizard = None

    def _speak(self, code: str) -> None:
        self._window.change_language(code)
        self._open()

    def _dress(self, theme: str) -> None:
        if theme != self._window.theme.name:
            self._window.change_theme()

    def _end(self) -> None:
        self._answers = None

    def _finish(self) -> None:
        answers, self._answers = self._answers, None
        if answers is not None and answers.settings.name not in ("", self._station):
            self.again = answers.settings
            self._window.leave()
