"""Tags and the table that holds the newest value of each, in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT, ROW, Batch

INTEGER_TYPES: Final = ("int16", "uint16", "int32", "uint32", "int64", "uint64")
NUMBER_TYPES: Final = (*INTEGER_TYPES, "float32", "float64")
TYPES: Final = ("bool", *NUMBER_TYPES, "string")


@dataclass(frozen=True, slots=True)
class Tag:
    """One measured, set or derived value of the plant: a row of tags.csv."""

    index: int  # position in the plant's tag list: the number every batch row carries
    name: str  # dotted lower-case path, line1.filler.tank.level
    connection: str  # id of its connection; "" for a derived tag
    address: str  # in the connection's own language; "= expression" for a derived tag
    type: str  # one of TYPES ("string" also for string[n])
    unit: str = ""
    low: float | None = None  # normal range in engineering units
    high: float | None = None
    scale: float = 1.0  # engineering value = raw * scale + offset
    offset: float = 0.0
    deadband: float = 0.0  # engineering units; smaller changes are not news
    period_ms: int = 0  # 0: the connection's own
    history: str = "change"  # change | off | every:SECONDS
    access: str = "r"  # r | rw | w: a method, which can only be called
    description: str = ""
    length: int = 0  # bytes of a string[n]
    clamp: str = ""  # low | high | both: values beyond that limit are put to it, flagged and made uncertain

    @property
    def is_text(self) -> bool:
        """Whether its values are text (the value column then holds NaN)."""
        return self.type == "string"


class TagTable:
    """The newest value of every tag, in columns, with a change counter per tag.

    `version[i]` is the value of `counter` when tag i last changed, so "what changed since I last looked" is one
    comparison. Belongs to one thread (the engine's loop, or the Qt thread for the client's mirror).
    """

    def __init__(self, tags: Sequence[Tag]) -> None:
        count = len(tags)
        self.tags = tuple(tags)
        self.index = {tag.name: tag.index for tag in tags}
        self.value = np.full(count, np.nan)
        self.raw = np.zeros(count, np.int64)
        self.quality = np.full(count, q.BAD_WAITING, np.uint32)
        self.time = np.zeros(count, np.int64)
        self.received = np.zeros(count, np.int64)
        self.flags = np.zeros(count, np.uint32)
        self.version = np.zeros(count, np.uint64)
        self.text: dict[int, str] = {}
        self.names: Mapping[int, Mapping[int, str]] = {}  # by tag: of the states that its numbers stand for
        self.counter = 0
        self._deadband = np.array([tag.deadband for tag in tags], np.float64)

    def __len__(self) -> int:
        return len(self.tags)

    def news(self, batch: Batch) -> Batch:
        """The rows that say something new: another value (beyond the deadband), another quality, a tag seen twice.

        `received` of every row's tag is refreshed whether it is news or not: hearing the same is a sign of life.
        """
        rows = batch.rows
        tags = np.ascontiguousarray(rows["tag"])
        self.received[tags] = rows["received"]
        old, new = self.value[tags], rows["value"]
        same = (new == old) & (rows["raw"] == self.raw[tags]) | (np.isnan(new) & np.isnan(old))
        with np.errstate(invalid="ignore", over="ignore"):  # between infinities there is no distance
            same |= np.abs(new - old) < self._deadband[tags]
        for position in np.flatnonzero((rows["flags"] & FLAG_TEXT) != 0) if batch.texts else ():
            same[position] = batch.texts[int(rows["raw"][position])] == self.text.get(int(tags[position]))
        keep = ~same | (rows["quality"] != self.quality[tags]) | _repeated(tags)
        return batch if keep.all() else Batch(rows[keep], batch.texts)

    def apply(self, batch: Batch) -> NDArray[np.uint32]:
        """Put a batch into the columns, the last row of each tag winning; returns the tags it touched (unique)."""
        rows = batch.rows
        if not len(rows):
            return np.empty(0, np.uint32)
        tags = np.ascontiguousarray(rows["tag"])
        self.counter += 1
        for column in ("value", "raw", "quality", "time", "received", "flags"):
            getattr(self, column)[tags] = rows[column]
        self.version[tags] = self.counter
        if batch.texts:
            for row in rows[(rows["flags"] & FLAG_TEXT) != 0]:
                self.text[int(row["tag"])] = batch.texts[int(row["raw"])]
        return tags if _rising(tags) else np.flatnonzero(self.version == self.counter).astype(np.uint32)

    def changed_since(self, counter: int) -> NDArray[np.intp]:
        """Indexes of the tags that changed after the counter stood at `counter`."""
        return np.flatnonzero(self.version > counter)

    def rows(self, tags: NDArray[Any] | Sequence[int]) -> Batch:
        """The newest values of some tags, as a batch."""
        index = np.asarray(tags, np.intp)
        rows = np.zeros(len(index), ROW)
        rows["tag"] = index
        for column in ("value", "raw", "quality", "time", "received", "flags"):
            rows[column] = getattr(self, column)[index]
        texts: list[str] = []
        for position in np.flatnonzero((rows["flags"] & FLAG_TEXT) != 0):
            rows["raw"][position] = len(texts)
            texts.append(self.text.get(int(index[position]), ""))
        return Batch(rows, tuple(texts))

    def mark(self, tags: NDArray[Any], quality: int, now_ns: int, flags: int) -> Batch:
        """Rows that keep each tag's last value but give it another quality (stale, no communication)."""
        batch = self.rows(tags)
        batch.rows["quality"] = quality
        batch.rows["time"] = now_ns
        batch.rows["flags"] &= ~np.uint32(FLAG_TIME_SUSPECT)  # the time is ours now
        batch.rows["flags"] |= flags
        return batch


def _rising(tags: NDArray[np.uint32]) -> bool:
    """Whether every tag is beyond the one before, as in most publish responses: then none occurs twice."""
    return bool((tags[1:] > tags[:-1]).all())


def _repeated(tags: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Where a tag occurs more than once in a batch: what is between its first and last row is not judged here."""
    if _rising(tags):
        return np.zeros(len(tags), bool)
    ordered = np.sort(tags)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.isin(tags, twice) if len(twice) else np.zeros(len(tags), bool)
