"""The drawings that lie under screens: found among the plant's files, read once each, and told if none shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from hmi.core.errors import Mistake
from hmi.core.screens.svg import Drawing, read_drawing

_FOLDER: Final = "screens/"


def backdrop_names(texts: Mapping[str, str]) -> frozenset[str]:
    """The drawings that a screen may name: the .svg files beside it."""
    return frozenset(
        file.removeprefix(_FOLDER) for file in texts if file.startswith(_FOLDER) and file.lower().endswith(".svg")
    )


def read_backdrops(texts: Mapping[str, str], used: Collection[str], mistakes: list[Mistake]) -> dict[str, Drawing]:
    """The drawings that screens show, by the name that they use; one that is refused is left out."""
    found: dict[str, Drawing] = {}
    for name in sorted(backdrop_names(texts)):
        file = f"{_FOLDER}{name}"
        if name not in used:
            mend = f'Write backdrop = "{name}" in a [screen], or remove the file'
            mistakes.append(Mistake(file, 1, "no screen shows the drawing", mend, "warning"))
            continue
        drawing = read_drawing(file, texts[file], mistakes)
        if drawing is not None:
            found[name] = drawing
    return found
