"""Samples of one tag put in order: what was committed late, came twice, or stands in several places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT
from hmi.core.history import Samples

COLUMNS: Final = ("time", "received", "value", "raw", "quality", "flags")


def picked(samples: Samples, rows: NDArray[Any] | slice) -> Samples:
    """Some of the samples; text indexes stay valid."""
    return Samples.of(samples.tag, {name: getattr(samples, name)[rows] for name in COLUMNS}, samples.texts)


def in_order(samples: Samples) -> Samples:
    """The same samples in order of time; those of one moment stay as they came."""
    at = samples.received  # of what was stored, this is where a sample stands in time
    if len(at) < 2 or bool((at[1:] >= at[:-1]).all()):
        return samples
    return picked(samples, np.argsort(at, kind="stable"))


def told_once(samples: Samples) -> Samples:
    """Without those that only repeat the one before them, at the same moment: a device's own history, fetched twice."""
    if len(samples) < 2:
        return samples
    again = samples.received[1:] == samples.received[:-1]
    if not again.any():
        return samples
    flags = samples.flags & ~np.uint32(FLAG_BACKFILLED)
    bits = np.ascontiguousarray(samples.value).view(np.int64)
    for column in (samples.time, samples.quality, samples.raw, flags, bits):
        again = again & (column[1:] == column[:-1])
    return picked(samples, np.append(True, ~again)) if again.any() else samples


def joined(tag: str, parts: Sequence[Samples]) -> Samples | None:
    """Several stretches as one, in order of time and each told once; None when there is none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    texts = tuple(text for part in parts for text in part.texts)
    if texts:
        columns["raw"] = _shifted(columns, parts, texts)
    whole = in_order(Samples.of(tag, columns, texts))
    return told_once(whole)


def _shifted(columns: dict[str, Any], parts: Sequence[Samples], texts: tuple[str, ...]) -> NDArray[np.int64]:
    """Indexes into the texts of all parts; equal texts get equal indexes, so that they can be compared."""
    first: dict[str, int] = {}
    own = np.array([first.setdefault(text, place) for place, text in enumerate(texts)], np.int64)
    shift = np.repeat(np.cumsum([0, *(len(part.texts) for part in parts[:-1])]), [len(part) for part in parts])
    is_text = (columns["flags"] & FLAG_TEXT) != 0
    raw: NDArray[np.int64] = columns["raw"].copy()
    raw[is_text] = own[raw[is_text] + shift[is_text]]
    return raw
