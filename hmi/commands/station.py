"""Which station this is, as its settings say: for the window, and for whoever makes a new one ready."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from hmi.core.errors import HmiError
from hmi.installed import place
from hmi.plantfiles.folder import id_of
from hmi.plantfiles.station import StationSettings, read_station, station_file

PLANT: Final = "plant"  # file of a data folder that names the plant whose engine has it
_ID: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def station_place(files: Path) -> Path:
    """The file with the settings of the station that runs a plant."""
    own = place()
    return station_file(id_of(files), own.site if own else "")


def station_of(files: Path) -> tuple[StationSettings, Path]:
    """What the station says of itself, and where; raises PlantError with every mistake in it."""
    path = station_place(files)
    return read_station(path), path


def keep_plant(data: Path, plant_id: str) -> None:
    """Leave word in an engine's data folder which plant it is of, for commands that are given the folder alone."""
    with suppress(OSError):  # they then call the station as its computer is called; the store says what is wrong
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (data / PLANT).is_file() or (data / PLANT).read_text("utf-8") != f"{plant_id}\n":
            (data / PLANT).write_text(f"{plant_id}\n", "utf-8")


def name_at(data: Path) -> str:
    """What the station of a data folder calls itself; "" as its computer is called, or nobody can tell.

    A station whose settings have a mistake goes by its computer's name, as its window, which says so, does not start.
    """
    with suppress(HmiError, OSError):
        site = site_at(data)
        return read_station(site).name if site is not None else ""
    return ""


def site_at(data: Path) -> Path | None:
    """The file with the settings of the station of a data folder; None where nobody can tell its plant."""
    try:
        plant_id = (data / PLANT).read_text("utf-8").strip()
    except (OSError, ValueError):
        plant_id = data.resolve().name  # an engine of before: the usual place is called as its plant
    if not _ID.fullmatch(plant_id):
        return None
    own = place()
    return station_file(plant_id, own.site if own else "")
