"""History from elsewhere put into a data folder by the store's own hands: what is there already is not put in twice."""

from __future__ import annotations

import math
import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from hmi.clock import Clock
from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT, ROW
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.core.tags import Tag
from hmi.store.block import HOUR_NS
from hmi.store.day import known_tags
from hmi.store.folder import hot_files, words
from hmi.store.query import Reader
from hmi.store.schema import open_to_read
from hmi.store.slab import Slab
from hmi.store.store import Store

_AT_ONCE: Final = 100_000  # rows
_LOOKED_AT: Final = 48 * HOUR_NS  # what is there already is read in stretches of so long, at most
_ALL_OF_A_TAG: Final = 1 << 40
_FOR_EVER: Final = History(keep_days=1_000_000, max_gb=math.inf)  # an import drops nothing: the plant's own rule does


class Row(NamedTuple):
    """One value of a file."""

    line: int
    tag: str
    at_ns: int
    value: float | int | str
    quality: int


class Imported(NamedTuple):
    """What became of a file's rows."""

    given: int
    added: int  # the rest was there already


def tags_of(folder: Path) -> dict[str, Tag]:
    """The tags that a data folder knows, by name. Raises StoreError when there is no such folder."""
    rows = known_tags(folder)
    for path in hot_files(folder)[-1:]:
        try:
            with closing(open_to_read(path)) as file:
                rows = file.execute("SELECT id, name, connection, type, unit, description FROM tag").fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be read: {words(error)}. See hmi history check") from error
    return {
        name: Tag(index, name, connection, "", kind, unit=unit, description=description)
        for index, (_, name, connection, kind, unit, description) in enumerate(rows)
    }


def bring_in(
    folder: Path,
    tags: Sequence[Tag],
    rows: Iterable[Row],
    clock: Clock,
    told: Record,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Put rows into the folder's history, flagged as backfilled, and `told` with their number into its journal.

    They go into the files of their own days: kept as long as all others of their time, and summed up with them.
    Raises StoreError: an engine uses the folder, or the disk takes no more. What was put in until then stays; a second
    attempt adds the rest.
    """
    with closing(Store(folder, tags, clock, _FOR_EVER)) as store:
        importer = _Importer(store, tags, clock)
        given = added = 0
        for chunk in _chunks(rows):
            added += importer.put(chunk)
            given += len(chunk)
            if progress is not None:
                progress(given)
        store.filled().result()
        result = f"{added} values added, {given - added} were there already"
        fields = {name: getattr(told, name) for name in ("category", "event", "subject", "user", "station", "way")}
        store.record(Record(time_ns=clock.now_ns(), value=float(added), result=result, **fields)).result()
    return Imported(given, added)


class _Importer:
    def __init__(self, store: Store, tags: Sequence[Tag], clock: Clock) -> None:
        self._store = store
        self._reader = Reader(store.folder, store.unsealed)
        self._numbers = {tag.name: store.unsealed.tags[tag.name][0] for tag in tags}
        self._clock = clock

    def put(self, chunk: Sequence[Row]) -> int:
        """Commit those rows that are not there; gives how many."""
        news: list[Row] = []
        for name, own in groupby(sorted(chunk, key=itemgetter(1)), itemgetter(1)):
            for stretch in _stretches(sorted(own, key=itemgetter(2))):
                known = self._known(name, stretch)
                for row in stretch:
                    key = _key(row)
                    if key not in known:
                        known.add(key)
                        news.append(row)
        if news:
            self._store.fill(self._slab(news)).result()
        return len(news)

    def _known(self, name: str, stretch: Sequence[Row]) -> set[tuple[Any, ...]]:
        [found] = self._reader.samples([name], stretch[0].at_ns, stretch[-1].at_ns, _ALL_OF_A_TAG)
        bits = np.ascontiguousarray(found.value).view(np.int64).tolist()
        what = [text if (text := found.text(row)) is not None else bits[row] for row in range(len(found))]
        return set(zip(found.at.tolist(), found.quality.tolist(), what, strict=True))

    def _slab(self, news: list[Row]) -> Slab:
        news.sort(key=lambda row: (self._numbers[row.tag], row.at_ns))
        rows = np.zeros(len(news), ROW)
        texts: dict[str, int] = {}
        rows["time"] = [row.at_ns for row in news]
        rows["received"] = self._clock.now_ns()
        rows["quality"] = [row.quality for row in news]
        rows["flags"] = [FLAG_BACKFILLED | (FLAG_TEXT if isinstance(row.value, str) else 0) for row in news]
        rows["value"] = [math.nan if isinstance(row.value, str) else float(row.value) for row in news]
        rows["raw"] = [_raw(row.value, texts) for row in news]
        return Slab.of(np.array([self._numbers[row.tag] for row in news], np.uint32), rows, _storable(texts))


def _storable(texts: dict[str, int]) -> list[str]:
    return [text.encode("utf-8", "replace").decode() for text in texts]  # half a surrogate pair cannot be stored


def _raw(value: float | int | str, texts: dict[str, int]) -> int:
    if isinstance(value, str):
        return texts.setdefault(value, len(texts))
    if isinstance(value, int):
        return value - 2**64 if value >= 2**63 else value
    return 0


def _key(row: Row) -> tuple[Any, ...]:
    if isinstance(row.value, str):
        return row.at_ns, row.quality, row.value.encode("utf-8", "replace").decode()  # as it is stored
    return row.at_ns, row.quality, struct.unpack("<q", struct.pack("<d", row.value))[0]


def _stretches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows of one tag in order of time, cut at pauses of an hour and where it would be too much to read at once."""
    found: list[Row] = []
    for row in rows:
        if found and (row.at_ns - found[-1].at_ns > HOUR_NS or row.at_ns - found[0].at_ns > _LOOKED_AT):
            yield found
            found = []
        found.append(row)
    if found:
        yield found


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while chunk := list(islice(source, _AT_ONCE)):
        yield chunk
