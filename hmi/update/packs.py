"""A plant pack at an installed station: a version of its own with the same program, put into use live where it can be.

Its program's files are further names of the same files on the disk, so it takes kilobytes.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import msgspec

from hmi.core.errors import HmiError
from hmi.installed import MANIFEST, Manifest, PlantOfBundle
from hmi.plantfiles.bundle_install import prepare, refuse_other
from hmi.plantfiles.bundle_pack import Pack, sync
from hmi.plantfiles.folder import load_folder
from hmi.plantfiles.watch import differing
from hmi.update import running
from hmi.update.renewal import Station
from hmi.update.versions import PARTIAL, Installation, Version, remove

PROGRAM_MANIFEST: Final = "PROGRAM-MANIFEST.json"  # what the program was installed with, and its signature
SHOWN_S: Final = 20.0  # within which a running engine must show a plant that was switched under it
_SIGNATURE: Final = ".minisig"


def prepared(found: Pack, installation: Installation, *, downgrade: bool = False) -> Path:
    """The folder of a new version with the pack's plant, whole; raises HmiError, and then nothing of it is left."""
    own, plant = installation.manifest.plant, found.bundle.plant
    refuse_other(own.id, own.version, plant.id, plant.version, downgrade)
    if own.version == plant.version:
        raise HmiError(f"Version {plant.version} of {plant.id} is in force already: nothing was changed")
    folder = installation.folder(Version(installation.version.program, plant.version))
    partial = installation.versions / f".pack{PARTIAL}"
    remove(partial)
    try:
        current = installation.current
        partial.mkdir()
        for entry in sorted(current.iterdir()):
            if entry.name not in ("plant", MANIFEST, MANIFEST + _SIGNATURE):
                _linked(entry, partial / entry.name)
        for tail in ("", _SIGNATURE):
            if (current / (MANIFEST + tail)).exists() and not (partial / (PROGRAM_MANIFEST + tail)).exists():
                _linked(current / (MANIFEST + tail), partial / (PROGRAM_MANIFEST + tail))
        prepare(found, partial / "plant")
        _write_manifest(partial, installation.manifest, found)
        if folder != installation.current:
            remove(folder)
        for one in (partial, *(path for path in partial.rglob("*") if path.is_dir() and not path.is_symlink())):
            sync(one)
        partial.rename(folder)
        sync(installation.versions)
    except OSError as error:
        raise HmiError(f"Nothing was changed: {error.filename or partial}: {error.strerror}") from None
    finally:
        remove(partial)
    return folder


def _linked(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True, copy_function=_link)
    else:
        _link(os.fspath(source), os.fspath(target))


def _link(source: str, target: str, *, follow_symlinks: bool = False) -> None:
    try:
        os.link(source, target, follow_symlinks=follow_symlinks)
    except OSError:  # a file system without further names
        shutil.copy2(source, target, follow_symlinks=follow_symlinks)


def _write_manifest(folder: Path, before: Manifest, found: Pack) -> None:
    import hashlib

    files = {name: digest for name, digest in before.files.items() if not name.startswith("plant/")}
    for tail in ("", _SIGNATURE):
        path = folder / (PROGRAM_MANIFEST + tail)
        if path.exists():
            files[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    files |= {f"plant/{name}": hashlib.sha256(data).hexdigest() for name, data in found.files.items()}
    plant = found.bundle.plant
    made = msgspec.structs.replace(before, plant=PlantOfBundle(plant.id, plant.name, plant.version), files=files)
    path = folder / MANIFEST
    with path.open("xb") as file:
        file.write(msgspec.json.encode(msgspec.to_builtins(made), order="sorted") + b"\n")
        file.flush()
        os.fsync(file.fileno())


def can_be_live(station: Station, folder: Path) -> bool:
    """Whether the engine that runs can show another version's plant as it is: only what operators see has changed.

    It never shows an older one: an engine that checks signatures takes that at its start only.
    """
    installation = station.installation
    if installation.version_in(folder).plant < installation.version.plant:
        return False
    now = running.state(station.data, station.clock)
    if now is None or now.files != os.fspath(installation.root / "current" / "plant"):
        return False
    same_program = (folder / "app" / "hmi").samefile(installation.current / "app" / "hmi")
    return same_program and not differing(load_folder(installation.current / "plant"), load_folder(folder / "plant"))


def put_live(station: Station, folder: Path) -> bool:
    """Switch the plant under the engine that runs; False when it did not show it, and the one before is back."""
    installation, clock = station.installation, station.clock
    old, older, wanted = installation.current, installation.previous, load_folder(folder / "plant").digest
    installation.use(folder)
    until = clock.monotonic() + SHOWN_S
    while clock.monotonic() < until:
        now = running.state(station.data, clock)
        if now is not None and now.digest == wanted and now.files_state == "current":
            station.steps.tell("plant pack in use", f"{folder.name} in place of {old.name}, while the engine runs")
            return True
        station.pause(0.2)
    installation.take_back(old, older)
    station.steps.tell("update rolled back", f"the engine did not show {folder.name} within {SHOWN_S:.0f} s")
    return False
