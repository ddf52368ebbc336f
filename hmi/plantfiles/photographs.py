"""Photographs of work instructions: in a plant's texts each stands as a mark of what is in its file.

So a photograph that is missing is a mistake like any other, one that was changed makes the text a draft again, and
the plant's digest is of them, too. Whoever shows one reads it from the folder, and compares the mark.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from hmi.core.errors import HmiError
from hmi.plantfiles.picture import KINDS, read_picture

FOLDER: Final = "instructions"
MOST_BYTES: Final = 8_000_000  # of one: what a job can keep


def is_photograph(name: str) -> bool:
    """Whether a path in a plant's folder is that of a photograph of its instructions."""
    folder, _, file = name.rpartition("/")
    return folder == FOLDER and file.lower().endswith(KINDS)


def mark_of(data: bytes) -> str:
    """What stands for a photograph among the texts of its plant."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def read_photograph(folder: Path, file: str, mark: str) -> bytes:
    """A photograph of the instructions, as it was when the plant was read; raises HmiError in words. Blocks."""
    data = read_picture(folder, f"{FOLDER}/{file}")
    if mark_of(data) != mark:
        raise HmiError(f"the picture {file} was changed after the plant was read: try again in a moment")
    return data
