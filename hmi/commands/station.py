"""Which station this is, as its settings say: for the window, and for whoever makes a new one ready."""

from __future__ import annotations

from pathlib import Path

from hmi.installed import place
from hmi.plantfiles.folder import id_of
from hmi.plantfiles.station import StationSettings, read_station, station_file


def station_place(files: Path) -> Path:
    """The file with the settings of the station that runs a plant."""
    own = place()
    return station_file(id_of(files), own.site if own else "")


def station_of(files: Path) -> tuple[StationSettings, Path]:
    """What the station says of itself, and where; raises PlantError with every mistake in it."""
    path = station_place(files)
    return read_station(path), path
