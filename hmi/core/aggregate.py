"""Figures for reports out of history: averages, totals, durations and more, one for each step of time.

Names and meanings are those of OPC UA Part 13, with stepped interpolation (a value stands until the next one) and
simple bounding values; uncertain values count as usable, and durations are in seconds. Not of that standard is
CounterTotal: how far a counter went on, roll-overs and resets told apart. Time in which nothing was recorded counts
neither as good nor as bad, and no value is held over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from hmi.core.figures import FIGURES, Steps
from hmi.core.history import Gap
from hmi.core.nearest import suggestion
from hmi.core.stretch import Stretches

_ARRAYS: Final = {"edges": "<i8", "values": "<f8", "covered": "<f8", "quality": "<u4"}
_T = TypeVar("_T")
_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Aggregates:
    """The figures of one tag, a row for each kind and a column for each step; NaN where there is nothing to say.

    `quality` is good where a good value stood all the time, uncertain where for a part of it or an uncertain one, else
    the worst that stood; Bad_NoData where nothing is known.
    """

    tag: str
    kinds: tuple[str, ...]
    edges: _Ints  # ns: where each step begins, and at last where the last one ends
    values: _Floats  # kinds x steps
    covered: _Floats  # share of each step, 0 to 1, in which a usable value stood
    quality: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.covered)

    def of(self, kind: str) -> _Floats:
        """The figures of one kind."""
        found: _Floats = self.values[self.kinds.index(kind)]
        return found

    def rows(self) -> Iterator[dict[str, Any]]:
        """One plain row a step, for listings and exports."""
        columns = [self.edges[:-1], self.edges[1:], *self.values, self.covered, self.quality]
        for row in zip(*(column.tolist() for column in columns), strict=True):
            yield dict(zip(("time", "end", *self.kinds, "covered", "quality"), row, strict=True))

    def pack(self) -> dict[str, Any]:
        """For the link: plain words and little-endian bytes."""
        arrays = {n: np.ascontiguousarray(getattr(self, n), kind).tobytes() for n, kind in _ARRAYS.items()}
        return {"tag": self.tag, "kinds": list(self.kinds), **arrays}

    @classmethod
    def unpack(cls, body: Mapping[str, Any]) -> Aggregates:
        """The other way; raises ValueError for anything that is no packed aggregates."""
        kinds = tuple(_typed(body, "kinds", list[str]))
        arrays: dict[str, Any] = {n: np.frombuffer(_typed(body, n, bytes), kind) for n, kind in _ARRAYS.items()}
        steps = len(arrays["covered"])
        arrays["values"] = arrays["values"].reshape(len(kinds), steps)
        if len(arrays["quality"]) != steps or len(arrays["edges"]) != steps + 1:
            raise ValueError("packed aggregates have columns of different lengths")
        return cls(tag=_typed(body, "tag", str), kinds=kinds, **arrays)


def kinds_of(names: Sequence[str]) -> tuple[str, ...]:
    """Aggregates by their names in any case; raises ValueError that suggests a mend."""
    known = {kind.lower(): kind for kind in FIGURES}
    for name in names:
        if name.lower() not in known:
            mend = suggestion(name, FIGURES, f"Known are {', '.join(FIGURES)}")
            raise ValueError(f"there is no aggregate {name!r}. {mend}")
    return tuple(dict.fromkeys(known[name.lower()] for name in names))


def aggregate(
    tag: str,
    kinds: Sequence[str],
    stretches: Stretches,
    edges: _Ints,
    gaps: Sequence[Gap] = (),
    until_ns: int | None = None,
    span: float | None = None,
) -> Aggregates:
    """The figures for each step from one of `edges` up to the next.

    `stretches` may begin before the first edge: the last row before it is the value that stands there. No edge and no
    gap may fall into one (see `hmi.core.stretch.to_read`), and none may overlap. What stood last is held up to
    `until_ns`, the end of what is known. `span` is after how much a counter rolls over.
    """
    edges = np.asarray(edges, np.int64)
    if len(edges) < 2 or (edges[1:] <= edges[:-1]).any():
        raise ValueError("steps need edges, each later than the one before")
    if (stretches.t0[1:] < stretches.t1[:-1]).any():
        raise ValueError("stretches of history overlap: they can be summed up only from their samples")
    with np.errstate(all="ignore"):  # inf is a value, too
        steps = Steps(stretches, edges, gaps, int(edges[-1]) if until_ns is None else until_ns, span)
        values = np.array([FIGURES[kind](steps) for kind in kinds]).reshape(len(kinds), len(edges) - 1)
    return Aggregates(tag, tuple(kinds), edges, values, steps.held_good / np.diff(edges), steps.quality())


def _typed(body: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    return msgspec.convert(body.get(name), kind)
