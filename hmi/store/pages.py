"""How blobs are put into the pages of a day's file: in an order that leaves little of a page empty.

A table's rows go into its pages in the order of their numbers, and a blob that does not fit into what is left of a page
begins a new one: of blobs of a tenth of a page, that leaves a twentieth of all pages empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

PAGE_BYTES: Final = 32768
_ROOM: Final = PAGE_BYTES - 8  # of a page that holds rows
_CELL: Final = 14  # bytes around a blob, at most
_MOST: Final = PAGE_BYTES - 35  # of a longer row, part lies in pages of its own
_LEAST: Final = (PAGE_BYTES - 12) * 32 // 255 - 23
_NEAR: Final = 64  # blobs: what is asked for together stays together


class Pages:
    """The last page of a table that only grows, as far as it is known here; after a restart its room is a guess."""

    def __init__(self) -> None:
        self._left = _ROOM

    def order(self, blobs: Sequence[bytes]) -> list[int]:
        """In which order to write blobs, by their places: their own but for some that fill up a page's end."""
        sizes = [_size(len(blob)) for blob in blobs]
        waiting, found = list(range(len(sizes))), list[int]()
        while waiting:
            place = 0
            if sizes[waiting[0]] > self._left:
                fitting = [near for near, blob in enumerate(waiting[:_NEAR]) if sizes[blob] <= self._left]
                if fitting:
                    place = max(fitting, key=lambda near: sizes[waiting[near]])
                else:
                    self._left = _ROOM
            found.append(waiting.pop(place))
            self._left = max(0, self._left - sizes[found[-1]])
        return found


def _size(blob: int) -> int:
    """What a row with a blob of so many bytes takes of its page."""
    row = blob + _CELL
    if row <= _MOST:
        return row
    local = _LEAST + (row - _LEAST) % (PAGE_BYTES - 4)
    return local if local <= _MOST else _LEAST
