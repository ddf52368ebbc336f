"""Photographs of the plant: read out of its folder, and out of nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hmi.core.errors import HmiError

KINDS: Final = (".png", ".jpg", ".jpeg")
MOST_BYTES: Final = 10_000_000


def read_picture(folder: Path, file: str) -> bytes:
    """The bytes of a picture by its name in the plant's folder; raises HmiError in words when there is none to be had.

    What a link leads to must lie in the folder, too. Blocks while the disk is read.
    """
    try:
        root = folder.resolve()
        path = (root / file).resolve()
        if not path.is_relative_to(root) or path.suffix.lower() not in KINDS or not path.is_file():
            raise HmiError(f"there is no picture {file} in the plant's folder: put it there, as png or jpg")
        with path.open("rb") as handle:
            data = handle.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise HmiError(f"the picture {file} cannot be read: {error}") from None
    if len(data) > MOST_BYTES:
        raise HmiError(f"the picture {file} is larger than {MOST_BYTES // 1_000_000} MB: make it smaller")
    return data
