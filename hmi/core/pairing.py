"""Two tags as one line: what the one was while the other was what, for an XY plot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hmi.core.held import Held


@dataclass(frozen=True, slots=True)
class Pairs:
    """Points in order of time (ns); NaN in both where one of the two is not known, which breaks the line."""

    time: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which of them are points."""
        found: NDArray[np.bool_] = np.isfinite(self.x) & np.isfinite(self.y)
        return found


def paired(x: Held, y: Held) -> Pairs:
    """A point whenever one of the two changes or ends, the other as it stood then."""
    time = np.unique(np.concatenate([x.start, x.stop, y.start, y.stop]))
    across, up = x.at(time), y.at(time)
    unknown = ~(np.isfinite(across) & np.isfinite(up))
    across[unknown] = up[unknown] = np.nan
    doubled = np.zeros(len(time), np.bool_)
    doubled[1:] = unknown[1:] & unknown[:-1]
    return Pairs(time[~doubled], across[~doubled], up[~doubled])
