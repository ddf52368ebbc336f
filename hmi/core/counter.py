"""What a counter went on by from one reading to the next: a roll-over told apart from a reset and from a correction."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_SPANS: Final = {"int16": 2.0**16, "uint16": 2.0**16, "int32": 2.0**32, "uint32": 2.0**32}
_NEAR: Final = 1 / 8  # of the span: a counter that rolled over has not gone further since it was last read
_SMALL: Final = 1 / 10  # of the reading: a step backwards that is a correction


def span_of(kind: str, scale: float = 1.0) -> float | None:
    """After how much a counter of a tag's type and scale begins anew; None for types that do not."""
    span = _SPANS.get(kind)
    return None if span is None else span * abs(scale)


def went_on(before: NDArray[np.float64], after: NDArray[np.float64], span: float | None = None) -> NDArray[np.float64]:
    """How far a counter went from each reading to the next.

    A step down is a roll-over where the way over the end of `span` is short; else, where it is small beside the
    reading, a correction (negative: redundant controllers disagree by a few); else a reset, after which the counter
    has counted what it shows.
    """
    with np.errstate(invalid="ignore"):  # inf - inf: no counter, and no warning either
        step = after - before
        down = step < 0
        around = step + span if span else np.full_like(step, -1.0)
        rolled = down & (around >= 0) & (around < (span or 0.0) * _NEAR)
        reset = down & ~rolled & (after >= 0) & (after < before * (1 - _SMALL))
    return np.where(rolled, around, np.where(reset, after, step))
