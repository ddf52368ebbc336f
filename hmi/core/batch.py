"""A batch of values: numpy rows, the one form in which values travel from the driver to the pixel and the disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q

ROW: Final = np.dtype(
    [
        ("time", "<i8"),  # source time, ns UTC, as the device gave it
        ("received", "<i8"),  # wall clock of this station when it came in, ns UTC
        ("value", "<f8"),  # the number; 0/1 for bool; NaN for text
        (
            "raw",
            "<i8",
        ),  # exact integer (uint64 as its two's complement), or index into `texts` for string tags
        ("tag", "<u4"),  # index of the tag in the plant
        ("quality", "<u4"),  # OPC UA status code
        ("flags", "<u4"),  # FLAG_... bits
        ("spare", "<u4"),  # keeps rows 48 bytes, 8-aligned; always 0
    ]
)

FLAG_NO_SOURCE_TIME: Final = 1  # the device sent no source time: the server's or the receive time stands in
FLAG_TIME_SUSPECT: Final = 2  # source time before 1990 or over a minute ahead: kept, but ordering goes by receipt
FLAG_BACKFILLED: Final = 4  # fetched later from the device's own history
FLAG_NOT_LIVE: Final = 8  # set by this station (stale, no communication), not sent by the device
FLAG_CLAMPED: Final = 16
FLAG_TEXT: Final = 32  # the value is text: `raw` is its index in `texts`, `value` is NaN
FLAG_AGAIN: Final = 64  # heard again after a gap, unchanged: stored once more, with the receipt as its time

_YEAR_1990_NS: Final = 631_152_000_000_000_000
_MINUTE_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Values that came in together, in the order in which they came; string values stand in `texts`."""

    rows: NDArray[Any]
    texts: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def empty(cls) -> Batch:
        """No values."""
        return cls(np.empty(0, ROW))

    @classmethod
    def of(
        cls,
        tags: Sequence[int] | NDArray[Any],
        values: Sequence[float] | NDArray[Any],
        time_ns: int | NDArray[Any],
        received_ns: int,
        quality: int | NDArray[Any] = q.GOOD,
        flags: int | NDArray[Any] = 0,
    ) -> Batch:
        """Numbers of several tags at once; scalars are used for every row."""
        rows = np.zeros(len(tags), ROW)
        rows["tag"] = tags
        rows["value"] = values
        rows["time"] = time_ns
        rows["received"] = received_ns
        rows["quality"] = quality
        rows["flags"] = flags
        return cls(rows)


def join(batches: Iterable[Batch]) -> Batch:
    """Several batches as one, in order; text indexes are shifted as needed."""
    parts = [batch for batch in batches if len(batch)]
    if not parts:
        return Batch.empty()
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([batch.rows for batch in parts])
    texts: list[str] = []
    start = 0
    for batch in parts:
        stop = start + len(batch)
        if batch.texts:
            text_rows = (rows[start:stop]["flags"] & FLAG_TEXT) != 0
            rows["raw"][start:stop][text_rows] += len(texts)
            texts.extend(batch.texts)
        start = stop
    return Batch(rows, tuple(texts))


def flag_times(rows: NDArray[Any]) -> None:
    """Flag, in place, source times that cannot be right; they are kept as received."""
    times, received = rows["time"], rows["received"]
    suspect = (times < _YEAR_1990_NS) | (times > received + _MINUTE_NS)
    rows["flags"][suspect] |= FLAG_TIME_SUSPECT
