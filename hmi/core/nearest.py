"""The known name that somebody probably meant: what a message suggests instead of a misspelt one."""

from __future__ import annotations

import difflib
from bisect import bisect
from collections.abc import Iterable
from typing import Final

_NEIGHBOURS: Final = 40  # difflib costs up to 0.1 ms a candidate, and a plant has ten thousand tags


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """The names most like `word`, best first; none where nothing is like it.

    Of many names only those are compared that stand beside the word in alphabetical order, read from either
    end: most typing mistakes are in one place.
    """
    candidates, wanted = list(known), word.lower()
    if len(candidates) > 4 * _NEIGHBOURS:
        backwards = _beside(wanted[::-1], [name[::-1] for name in candidates])
        candidates = [*_beside(wanted, candidates), *(name[::-1] for name in backwards)]
    return difflib.get_close_matches(wanted, dict.fromkeys(candidates), count, 0.6)


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """A mend for a name that nobody knows: the nearest one, else the text given."""
    found = nearest(word, known)
    return f"Write {found[0]}" if found else otherwise


def _beside(word: str, names: list[str]) -> list[str]:
    names = sorted(names)
    place = bisect(names, word)
    return names[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
