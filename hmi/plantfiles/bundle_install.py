"""A judged plant pack put beside the plant that runs, and into its place by switching one link.

PLANT is a link to PLANT-4, the folder of version 4. An engine that runs PLANT sees the new files at once. The version
before stays, to go back to.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from hmi.core.errors import HmiError, Mistake, PlantError
from hmi.plantfiles.bundle import read
from hmi.plantfiles.bundle_pack import Pack, sync, unpack
from hmi.plantfiles.folder import load_folder
from hmi.plantfiles.signing import SignatureError

_PARTIAL = ".partial"


def install(found: Pack, place: Path, *, downgrade: bool = False) -> Path:
    """Put a judged pack into force as the plant folder `place`; gives the folder of its version. Raises HmiError.

    Refused are another plant than the one there, an older version unless `downgrade`, and a plant with mistakes.
    """
    plant = found.bundle.plant
    before = _before(place, found, downgrade)
    made = place.with_name(f"{place.name}-{plant.version}")
    try:
        if before == made:
            raise HmiError(f"{place} is of version {plant.version} already: nothing was done")
        clear(place)
        if made.exists():
            shutil.rmtree(made)
        prepare(found, made)
        switch(place, Path(made.name))
        _forget(place, keep={made, before or made})
    except OSError as error:
        raise HmiError(f"{error.filename or place}: {error.strerror}: the plant was not changed") from None
    return made


def prepare(found: Pack, made: Path) -> None:
    """Write a judged pack into a folder that appears only when it is whole and its plant has no mistakes."""
    partial = made.with_name(f".{made.name}{_PARTIAL}")
    shutil.rmtree(partial, ignore_errors=True)
    made.parent.mkdir(parents=True, exist_ok=True)
    unpack(found, partial)
    try:
        plant = load_folder(partial)
        if (plant.id, plant.version) != (found.bundle.plant.id, found.bundle.plant.version):
            what = f"it says plant {plant.id} version {plant.version}, and the list of its files another"
            raise PlantError([Mistake("plant.toml", 0, what, "Sign the plant again")])
        partial.rename(made)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    sync(made.parent)


def switch(link: Path, target: Path) -> None:
    """Have a link lead elsewhere, in one step: at every moment it leads to the old or to the new."""
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target, target_is_directory=True)
    draft.replace(link)
    sync(link.parent)


def clear(place: Path) -> None:
    """Take away what an attempt that was cut short has left behind."""
    for path in place.parent.glob(f".{place.name}-*{_PARTIAL}") if place.parent.is_dir() else ():
        shutil.rmtree(path, ignore_errors=True)


def _before(place: Path, found: Pack, downgrade: bool) -> Path | None:
    """The folder of the version in force; raises HmiError when the pack may not take its place."""
    plant = found.bundle.plant
    if not place.is_symlink():
        if place.exists():
            raise HmiError(f"{place} is a folder that somebody works in, no link to versions: give another name")
        return None
    try:
        bundle, _ = read(place)
    except SignatureError as error:
        raise HmiError(f"{error}: it is not known which version is in force. Give another name") from None
    refuse_other(bundle.plant.id, bundle.plant.version, plant.id, plant.version, downgrade)
    return place.with_name(place.readlink().name)


def refuse_other(plant: str, version: int, other: str, offered: int, downgrade: bool) -> None:
    """Raise HmiError for the files of another plant, and for an older version that nobody asked for."""
    if plant != other:
        raise HmiError(f"This is a pack of the plant {other!r}, and here runs {plant!r}: nothing was changed")
    if offered < version and not downgrade:
        raise HmiError(
            f"Version {offered} is older than {version}, which is in force: nothing was changed. --downgrade"
        )


def _forget(place: Path, keep: set[Path]) -> None:
    for path in place.parent.glob(f"{place.name}-*"):
        number = path.name.removeprefix(f"{place.name}-")
        if path not in keep and number.isdigit() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
