"""How long each value stood: until the next one came, nothing was recorded any more, or what is known ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Gap, Samples, usable


@dataclass(frozen=True, slots=True)
class Held:
    """The values of one tag in order of time, each from `start` to `stop` (ns); NaN where it cannot be used.

    `joined` tells which go on from the one before, without a gap between.
    """

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    value: NDArray[np.float64]
    joined: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def at(self, moments: NDArray[np.int64]) -> NDArray[np.float64]:
        """What stood at some moments; NaN where nothing is known."""
        place = np.searchsorted(self.start, moments, side="right") - 1
        found = np.append(self.value, np.nan)[place]
        found[(place < 0) | (moments >= np.append(self.stop, 0)[place])] = np.nan
        return found


def held(samples: Samples, span: tuple[int, int], gaps: Sequence[Gap] = (), before: float | None = None) -> Held:
    """Samples (in order of `at`) as they stood between two moments; `before` is what stood when that began.

    Nothing is held over a gap: what stood before it ends there, and what came in it begins as it came.
    """
    from_ns, to_ns = span
    at, value = samples.at, np.where(usable(samples.value, samples.quality), samples.value, np.nan)
    inside = (at >= from_ns) & (at < to_ns)
    at, value = at[inside], value[inside]
    begun_in_gap = any(gap.from_ns < from_ns < gap.to_ns for gap in gaps)
    if before is not None and not begun_in_gap and (not len(at) or at[0] > from_ns):
        at, value = np.insert(at, 0, from_ns), np.insert(value, 0, before)
    stop = np.append(at[1:], to_ns) if len(at) else at
    begins = np.sort(np.array([gap.from_ns for gap in gaps], np.int64))
    cut = np.append(begins, np.iinfo(np.int64).max)[np.searchsorted(begins, at, side="left")]
    ends = np.minimum(stop, cut)
    joined = np.append(False, ends[:-1] >= at[1:]) if len(at) else np.zeros(0, np.bool_)
    return Held(at, ends, value, joined)
