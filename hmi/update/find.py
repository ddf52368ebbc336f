"""What there is on a stick or share for this station: the newest program with its plant, and the newest plant pack."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from hmi.core.errors import HmiError
from hmi.plantfiles.bundle_pack import ENDING, opened
from hmi.plantfiles.signing import Keys, SignatureError
from hmi.update import apt
from hmi.update.versions import Version, version_of

_NAME: Final = re.compile(
    r"hmi-(?P<plant>[a-z][a-z0-9_-]*)-(?P<version>[0-9.]+\+\d+)-(?P<platform>[a-z0-9_-]+)\.tar\.(gz|zst)"
)
_PACKAGE: Final = re.compile(r"hmi-(?P<plant>[a-z][a-z0-9-]*)_(?P<version>[0-9.]+\+\d+)_amd64(-xz)?\.deb")
_OF_PACKAGES: Final = "linux-x86_64"
_MOST: Final = 2_000  # files of a folder that are looked at


class Found(NamedTuple):
    """One file that may be put into use here; its name is a hint only, until its signature was proven."""

    path: Path
    is_pack: bool
    version: Version | None  # of a pack without its program: None


def find(path: Path, plant: str, platform: str, in_use: Version, keys: Keys) -> Found:
    """The newest that fits; a single file is taken at its word. Raises HmiError where there is nothing."""
    if path.is_file():
        return _named(path)
    try:
        names = _names(path)
    except OSError as error:
        raise HmiError(f"{path} cannot be read ({error.strerror}): is the stick in, the share there?") from None
    programs = [found for one in names if (found := _program(one, plant, platform)) is not None]
    newest = max(programs, key=lambda found: found.version or in_use, default=None)
    if newest is not None and newest.version is not None and newest.version > in_use:
        return newest
    packs, refused = _packs((one for one in names if one.name.endswith(ENDING)), plant, keys)
    if packs and max(packs)[0] > in_use.plant:
        return Found(max(packs)[1], True, None)
    if newest is None and not packs:
        why = f" ({refused[0]})" if refused else ""
        raise HmiError(
            f"There is nothing for {plant} on {platform} in {path}{why}: look for hmi-{plant}-….tar.zst or .deb"
        )
    older = newest.path.name if newest is not None else max(packs)[1].name
    raise HmiError(f"{in_use} is in use, and {path} holds nothing newer ({older}): name the file, with --downgrade")


def _names(folder: Path) -> list[Path]:
    """What lies in a folder, and the packages of one that apt installs from; raises OSError, HmiError."""
    names = sorted(folder.iterdir())[:_MOST]
    if any(path.name == apt.INDEX for path in names):
        names += [row.path for row in apt.listed(folder)][:_MOST]
    return names


def _named(path: Path) -> Found:
    if path.name.endswith(ENDING):
        return Found(path, True, None)
    match = _NAME.fullmatch(path.name) or _PACKAGE.fullmatch(path.name)
    if match is None:
        known = f"hmi-PLANT-VERSION-PLATFORM.tar.zst (or .tar.gz), hmi-PLANT_VERSION_amd64.deb or NAME{ENDING}"
        raise HmiError(f"{path.name} is no update: {known}")
    return Found(path, False, version_of(match["version"]))


def _program(path: Path, plant: str, platform: str) -> Found | None:
    match = _NAME.fullmatch(path.name)
    fits = match is not None and match["plant"] == plant and match["platform"] == platform
    if match is None and (match := _PACKAGE.fullmatch(path.name)) is not None:
        fits = match["plant"] == plant.replace("_", "-") and platform == _OF_PACKAGES  # Debian knows no underlines
    if match is None or not fits or not path.is_file():
        return None
    version = version_of(match["version"])
    return None if version is None else Found(path, False, version)


def _packs(paths: Iterable[Path], plant: str, keys: Keys) -> tuple[list[tuple[int, Path]], list[str]]:
    """Packs of this plant with their versions, and why others are none."""
    found, refused = [], []
    for path in paths:
        try:
            bundle = opened(path, keys).bundle
        except SignatureError as error:
            refused.append(str(error))
        else:
            if bundle.plant.id == plant:
                found.append((bundle.plant.version, path))
    return found, refused
