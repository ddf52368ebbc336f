"""Follows the plant's files while the plant runs: what operators see is renewed, mistakes are told, nothing stops."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.errors import Mistake
from hmi.core.plant import Plant
from hmi.engine.welcome import made_ready
from hmi.link.messages import PlantFiles
from hmi.plantfiles.folder import Seal
from hmi.plantfiles.watch import Look, Reading, Stamp, look

LOOK_S: Final = 1.0
CURRENT, MISTAKES, RESTART = "current", "mistakes", "restart"
_MOST_TOLD: Final = 100  # mistakes in the status; hmi check has all of them
_log = logging.getLogger("hmi.engine")


def _look(*asked: Any) -> Look:
    """A look, with all made ready that windows are told of what was found: on the thread that may wait."""
    found = look(*asked)
    if found.reading is not None and found.reading.plant is not None:
        made_ready(found.reading.plant)
    return found


class Reload:
    """Lives on the engine's loop, looks at the folder in `pool`; without a folder it does nothing.

    All or nothing: the files are shown (`adopt`) only when none has a mistake and they differ from what runs in
    nothing but what operators see. `tell` gets an event and a text for the journal whenever the state changes. With a
    `seal` only files that a trusted key has signed are shown.
    """

    def __init__(
        self,
        folder: Path | None,
        library: Mapping[str, str],
        plant: Plant,
        clock: Clock,
        pool: Executor,
        adopt: Callable[[Plant], None],
        tell: Callable[[str, str], None],
        seal: Seal | None = None,
    ) -> None:
        self._folder = folder
        self._library = dict(library)
        self._plant = plant
        self._clock = clock
        self._pool = pool
        self._adopt = adopt
        self._tell = tell
        self._seal = seal
        self._mistakes: tuple[Mistake, ...] = ()
        self._looked = -LOOK_S
        self._under_way: Future[Look] | None = None
        self._before: Stamp | None = None  # how the folder was at the last look
        self._judged: Stamp | None = None  # and when it was last read
        self.told = PlantFiles(folder="" if folder is None else str(folder.absolute()))

    def look(self) -> None:
        """Begin a look when it is time, and judge what the last one found; called every beat."""
        if self._under_way is not None:
            if self._under_way.done():
                ended, self._under_way = self._under_way, None
                self._ended(ended)
        elif self._folder is not None and self._clock.monotonic() - self._looked >= LOOK_S:
            self._looked = self._clock.monotonic()
            self._under_way = self._pool.submit(
                _look, self._folder, self._library, self._plant, self._before, self._judged, self._seal
            )

    def status(self) -> dict[str, Any]:
        """How the files stand to what runs, as `hmi status --json` prints it."""
        return {
            "state": self.told.state,
            "waits_for_restart": self.told.what.split(", ") if self.told.state == RESTART else [],
            "mistakes": [str(mistake) for mistake in self._mistakes[:_MOST_TOLD]],
            "mistakes_in_all": len(self._mistakes),
            "folder": self.told.folder,
        }

    def _ended(self, ended: Future[Look]) -> None:
        try:
            found = ended.result()
        except Exception:  # noqa: BLE001 - our own bug in reading them: once, and the plant runs on as it was
            _log.exception("our fault in reading the plant's files: not followed until the engine is restarted")
            self._folder = None
            mend = "See the engine's log, and run hmi check"
            self._stand(MISTAKES, (Mistake("plant.toml", 0, "the program failed at the plant's files", mend),))
            return
        self._before = found.stamp
        if found.reading is not None:
            self._judged = found.stamp
            self._judge(found.reading)

    def _judge(self, reading: Reading) -> None:
        if reading.mistakes:
            self._stand(MISTAKES, reading.mistakes)
        elif reading.runs:
            self._stand(RESTART, what=", ".join(reading.runs))
        elif reading.plant is not None:
            self._show(reading.plant)
        elif self.told.state != CURRENT:
            self._stand(CURRENT)
            self._say("plant files as before", "they say again what the engine runs and shows", logging.INFO)

    def _show(self, plant: Plant) -> None:
        before, self._plant = self._plant, plant
        self._adopt(plant)
        self._stand(CURRENT)
        self._say("plant files reloaded", f"screens of {plant.digest} in place of {before.digest}", logging.INFO)

    def _stand(self, state: str, mistakes: tuple[Mistake, ...] = (), what: str = "") -> None:
        was, self._mistakes = self.told.state, mistakes
        if mistakes:
            what = str(mistakes[0])
        self.told = PlantFiles(state, what, max(0, len(mistakes) - 1), self.told.folder)
        if state == was:
            return
        if state == MISTAKES:
            more = f"; {self.told.more} more: hmi check {self.told.folder}" if self.told.more else ""
            self._say("plant files have mistakes", f"{what}{more}: nothing is changed", logging.WARNING)
        elif state == RESTART:
            self._say("plant files wait for a restart", f"changed: {what}", logging.WARNING)

    def _say(self, event: str, text: str, level: int) -> None:
        self._tell(event, text)
        _log.log(level, "%s: %s", event, text)
