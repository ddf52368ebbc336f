"""Where a trial's parts stand, and the times that they are held to."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.parts import Counting
from tests.faults.station import Station

WHOLE = os.environ.get("HMI_FAULTS") == "whole"
SLACK = 1.0 if WHOLE else 3.0
STALE_S = 3.0  # after the last good update, a value is shown as stale
BACK_S = 5.0  # after the peer listens again, values are live
WATCHED_S = 3.0 if WHOLE else 1.5  # for so long nothing comes of it


class Yard:
    """Where a trial's parts stand; everything in it is ended with the trial."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts: list = []

    def add(self, part):
        """Take a part under care; gives it back."""
        self._parts.append(part)
        return part

    def counting(self, **options) -> Counting:
        """A counting OPC UA server, listening."""
        made = self.add(Counting(self.folder, **options))
        made.start()
        return made

    def station(self, connections, tags, **more) -> Station:
        """A station, its engine running."""
        made = self.add(Station(self.folder / f"station{len(self._parts)}", connections, tags, **more))
        made.start()
        return made

    def clear(self) -> None:
        """End everything, the last first."""
        for part in reversed(self._parts):
            if isinstance(part, Station):
                part.stop()
            else:
                part.kill()
