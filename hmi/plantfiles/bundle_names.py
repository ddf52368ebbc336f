"""What a file of a plant may be called, so that it lands where it says on every system, and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from hmi.plantfiles.folder import MAX_DEPTH

LONGEST: Final = 200  # characters of a name with its folders
_PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|/]{1,100}")  # one part of a name, on every system
_DEVICES: Final = re.compile(
    r"(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE
)


def wrong_name(name: str) -> str:
    """What is wrong with the name of a file, in words; "" nothing is."""
    parts = name.split("/")
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "it leads to a place of its own, not into the plant's folder"
    if ".." in parts or "." in parts or "" in parts or "\\" in name:
        return "it leads out of the plant's folder, or is no plain path"
    if len(parts) > MAX_DEPTH + 1:
        return f"it lies more than {MAX_DEPTH} folders deep"
    if len(name) > LONGEST or not name.isprintable():
        return "it is too long, or holds unprintable characters"
    if any(part.startswith(".") for part in parts):
        return "it is hidden"
    if any(_DEVICES.fullmatch(part) for part in parts):
        return "it is the name of a device on Windows"
    if not all(_PLAIN.fullmatch(part) and part[-1] not in ". " for part in parts):
        return "it cannot be the name of a file on every system"
    return ""


def clash(names: Iterable[str]) -> str:
    """Names that would be one file, or a file and a folder, on some system; "" there are none."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            return f"{seen[folded]!r} and {name!r} are one file"
        seen[folded] = name
        parts, real = folded.split("/"), name.split("/")
        for depth in range(1, len(parts)):
            folder, written = "/".join(parts[:depth]), "/".join(real[:depth])
            if folders.setdefault(folder, written) != written:
                return f"{folders[folder]!r} and {written!r} are one folder"
    return next((f"{seen[one]!r} is a file and a folder" for one in seen.keys() & folders.keys()), "")
