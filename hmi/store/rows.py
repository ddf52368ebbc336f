"""How a sample stands in a table: plain columns where SQLite keeps every bit, a column of its own where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT, ROW, Batch
from hmi.core.history import Samples

INSERT: Final = "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
CARRY: Final = "INSERT INTO carried VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
TIME, SEQ, RECEIVED, QUALITY = 1, 2, 3, 6  # places in a row

_NAN_BITS: Final = int(np.array(np.nan).view(np.int64))
_MINUS_ZERO_BITS: Final = int(np.array(-0.0).view(np.int64))

Row = tuple[Any, ...]  # tag, time, seq, received, value, raw, quality, flags, text, source, bits


def rows_of(batch: Batch) -> list[Row]:
    """A batch as table rows; `tag` is still the tag's index in the plant and `seq` is 0."""
    rows = batch.rows
    suspect = (rows["flags"] & FLAG_TIME_SUSPECT) != 0
    times = np.where(suspect, rows["received"], rows["time"]).tolist()
    source = [time if odd else None for time, odd in zip(rows["time"].tolist(), suspect.tolist(), strict=True)]
    bits = _odd_bits(rows["value"])
    texts, raws = _texts(batch)
    columns = (
        rows["tag"].tolist(),
        times,
        [0] * len(rows),
        rows["received"].tolist(),
        rows["value"].tolist(),  # the driver of SQLite turns NaN into NULL
        raws,
        rows["quality"].tolist(),
        rows["flags"].tolist(),
        texts,
        source,
        bits,
    )
    return list(zip(*columns, strict=True))


def same(row: Row, other: Row) -> bool:
    """Whether a device has only told again what it told before, at the same source time."""
    return row[TIME] == other[TIME] and _content(row) == _content(other)


def samples_of(tag: str, rows: Sequence[Row]) -> Samples:
    """Table rows of one tag, in order, as columns again, bit for bit."""
    if not rows:
        return Samples.empty(tag)
    _, times, _, received, values, raws, qualities, flags, texts, sources, bits = zip(*rows, strict=True)
    kept = [text for text in texts if text is not None]
    value = np.array(values, np.float64)  # None becomes NaN
    _set_bits(value, bits)
    raw = np.array(raws, np.int64)
    raw[[at for at, text in enumerate(texts) if text is not None]] = np.arange(len(kept))
    time = [row_time if source is None else source for row_time, source in zip(times, sources, strict=True)]
    columns: dict[str, NDArray[Any]] = {
        "time": np.array(time, np.int64),
        "received": np.array(received, np.int64),
        "value": value,
        "raw": raw,
        "quality": np.array(qualities, np.uint32),
        "flags": np.array(flags, np.uint32),
    }
    return Samples.of(tag, columns, kept)


def batch_of(indexes: Sequence[int], rows: Sequence[Row]) -> Batch:
    """One table row each of several tags, as a batch that carries these tag indexes."""
    samples = samples_of("", rows)
    found = np.zeros(len(rows), ROW)
    found["tag"] = indexes
    for column in ("time", "received", "value", "raw", "quality", "flags"):
        found[column] = getattr(samples, column)
    return Batch(found, samples.texts)


def _content(row: Row) -> Row:
    value = row[4]
    nothing = value is None or value != value
    return (None if nothing else value, *row[5:])


def _odd_bits(value: NDArray[np.float64]) -> list[int | None]:
    bits = np.ascontiguousarray(value).view(np.int64)
    odd = (np.isnan(value) & (bits != _NAN_BITS)) | (bits == _MINUS_ZERO_BITS)
    if not odd.any():
        return [None] * len(value)
    return [bit if is_odd else None for bit, is_odd in zip(bits.tolist(), odd.tolist(), strict=True)]


def _set_bits(value: NDArray[np.float64], bits: Sequence[int | None]) -> None:
    view = value.view(np.int64)
    for at, kept in enumerate(bits):
        if kept is not None:
            view[at] = kept


def _texts(batch: Batch) -> tuple[list[str | None], list[int]]:
    raws = batch.rows["raw"].tolist()
    if not batch.texts:
        return [None] * len(raws), raws
    is_text = ((batch.rows["flags"] & FLAG_TEXT) != 0).tolist()
    texts = [_storable(batch.texts[raw]) if text else None for raw, text in zip(raws, is_text, strict=True)]
    return texts, [0 if text else raw for raw, text in zip(raws, is_text, strict=True)]


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be stored
