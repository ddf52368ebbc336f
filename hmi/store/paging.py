"""Every kept value of a tag, a page after the other: exports of any length need the memory of one page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from hmi.core.errors import TooMany
from hmi.core.history import Samples

PAGE: Final = 50_000  # samples
_SHORTER: Final = 4


class Shelf(Protocol):
    """Where samples are read, such as `hmi.store.query.Reader`."""

    def samples(self, names: list[str], from_ns: int, to_ns: int, limit: int) -> list[Samples]:
        """Every kept value, both ends included; TooMany for more than `limit` of one tag."""


def page(shelf: Shelf, name: str, from_ns: int, to_ns: int, most: int = PAGE) -> tuple[Samples, int | None]:
    """The first samples of a stretch, at most so many, and where to go on (None: that was all), both ends included.

    Raises StoreError where history cannot be read, or has more than `most` samples of one moment.
    """
    stop = to_ns
    while True:
        try:
            found = shelf.samples([name], from_ns, stop, most)[0]
        except TooMany:
            if stop <= from_ns:
                raise
            stop = from_ns + (stop - from_ns) // _SHORTER
        else:
            return found, None if stop >= to_ns else stop + 1


def pages(shelf: Shelf, name: str, from_ns: int, to_ns: int, most: int = PAGE) -> Iterator[Samples]:
    """All of them; at least one page, which is empty where nothing was kept. Raises StoreError."""
    start: int | None = from_ns
    while start is not None:
        found, start = page(shelf, name, start, to_ns, most)
        if len(found) or start is None:
            yield found
