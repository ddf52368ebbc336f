"""A plant's values for the bench of the historian: seeded, so that every contender is given the very same ones.

Of twenty tags eleven are analogs that a controller sends in decimal steps (slow drift, noise of 0.3 to 1.5 steps),
two a 16-bit converter's counts scaled to float32, one an unquantised float32, two bits, two set-points, two counters.
Each is scanned once a second and every sample is kept; one hour of a tag in a hundred has a burst of bad quality.
Stamps have a resolution of 1 ms and a jitter of 5 ms (sigma): every tag its own, the worst case, or one for the fifty
tags of a scan group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import ROW
from hmi.core.quality import BAD_COMMUNICATION
from hmi.core.tags import Tag

SECOND_NS: Final = 1_000_000_000
HOUR_NS: Final = 3600 * SECOND_NS
DAY_NS: Final = 24 * HOUR_NS
START_NS: Final = 20_515 * DAY_NS  # a midnight, UTC
PENS: Final = (0, 1, 2, 3, 4, 11, 13, 18)  # of a trend: five decimal analogs, a converter, a float32, a counter

_GROUP: Final = 50  # tags of one scan
_MIX: Final = ("decimal",) * 11 + ("converter",) * 2 + ("float",) + ("bit",) * 2 + ("setpoint",) * 2 + ("counter",) * 2
_TYPES: Final = {"bit": "bool", "counter": "uint32", "converter": "float32", "float": "float32"}
_BLOCK: Final = 600  # seconds of drift worked out at once: further on, powers of the decay would lose digits


@dataclass(frozen=True)
class Stretch:
    """Some seconds of some tags: a row a second, a column a tag."""

    tags: NDArray[np.int64]
    start_ns: int
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    raw: NDArray[np.int64]
    quality: NDArray[np.uint32]

    def rows(self) -> NDArray[Any]:
        """As rows of a batch, second by second."""
        seconds, tags = self.time.shape
        rows = np.zeros(seconds * tags, ROW)
        for name in ("time", "value", "raw", "quality"):
            rows[name] = getattr(self, name).reshape(-1)
        rows["tag"] = np.tile(self.tags, seconds)
        rows["received"] = np.repeat(self.start_ns + np.arange(1, seconds + 1) * SECOND_NS, tags)
        return rows


class Workload:
    """Tags, and what they measure; `stretch` goes on where the one before ended."""

    def __init__(self, count: int, seed: int = 4, shared: bool = False) -> None:
        """`shared`: the tags of a scan group have one stamp between them."""
        self._random = random = np.random.Generator(np.random.SFC64(seed))
        self._shared = shared
        self.kinds = np.array([_MIX[i % len(_MIX)] for i in range(count)])
        self.tags = tuple(
            Tag(i, f"area{i // 400}.unit{i // 20}.t{i}", "plc", f"ns=2;i={i}", _TYPES.get(kind, "float64"))
            for i, kind in enumerate(self.kinds.tolist())
        )
        converter = self.kinds == "converter"
        self._step = random.choice([0.001, 0.01, 0.1, 1.0], count)
        self._level = np.rint(random.uniform(200, 8000, count))  # in steps
        self._noise = np.where(converter, random.uniform(1, 3, count), random.uniform(0.3, 1.5, count))
        self._decay = np.exp(-1 / random.uniform(600, 3600, count))
        spread = np.where(converter, random.uniform(50, 300, count), random.uniform(5, 30, count))
        self._push = spread * np.sqrt(1 - self._decay**2)
        self._drift = random.normal(0, spread)
        self._rate = random.uniform(0.5, 20, count)  # of counters, a second
        self._held = np.zeros(count)  # state of bits, set-points and counters
        self._held[self.kinds == "counter"] = random.integers(0, 1_000_000, count)[self.kinds == "counter"]
        self._phase = random.integers(100, 800, -(-count // _GROUP)) * 1_000_000  # when a group is scanned

    def stretch(self, start_ns: int, seconds: int, tags: NDArray[np.int64] | None = None) -> Stretch:
        """The next `seconds` of all tags, or of some."""
        chosen = np.arange(len(self.tags)) if tags is None else np.asarray(tags, np.int64)
        value = np.empty((seconds, len(chosen)))
        raw = np.zeros((seconds, len(chosen)), np.int64)
        for kind in sorted(set(_MIX)):
            columns = np.flatnonzero(self.kinds[chosen] == kind)
            if len(columns):
                found = getattr(self, f"_{kind}s")(chosen[columns], seconds)
                value[:, columns] = found
                if kind in ("bit", "counter"):
                    raw[:, columns] = found.astype(np.int64)
        return Stretch(chosen, start_ns, self._times(start_ns, seconds, chosen), value, raw, self._quality(value))

    def _times(self, start_ns: int, seconds: int, tags: NDArray[np.int64]) -> NDArray[np.int64]:
        groups, place = np.unique(tags // _GROUP, return_inverse=True)
        columns = len(groups) if self._shared else len(tags)
        jitter = np.rint(self._random.standard_normal((seconds, columns), np.float32) * 5).astype(np.int64) * 1_000_000
        own = jitter[:, place] if self._shared else jitter
        scans = start_ns + np.arange(seconds, dtype=np.int64)[:, None] * SECOND_NS
        found: NDArray[np.int64] = scans + self._phase[tags // _GROUP] + own
        return found

    def _quality(self, value: NDArray[np.float64]) -> NDArray[np.uint32]:
        seconds, tags = value.shape
        quality = np.zeros(value.shape, np.uint32)
        for column in np.flatnonzero(self._random.random(tags) < 0.01 * seconds / 3600):
            first = int(self._random.integers(0, seconds))
            quality[first : first + int(self._random.integers(5, 60)), column] = BAD_COMMUNICATION
        return quality

    # ------------------------------------------------------------------------------------------ kinds of tags

    def _decimals(self, tags: NDArray[np.int64], seconds: int) -> NDArray[np.float64]:
        steps = np.rint(self._level[tags] + self._wander(tags, seconds))
        found: NDArray[np.float64] = steps / np.rint(1 / self._step[tags])  # as a controller's decimal text reads
        return found

    def _converters(self, tags: NDArray[np.int64], seconds: int) -> NDArray[np.float64]:
        counts = np.clip(np.rint(2 * self._level[tags] + self._wander(tags, seconds)), 0, 27_648)
        return (counts * (100 / 27_648)).astype(np.float32).astype(np.float64)

    def _floats(self, tags: NDArray[np.int64], seconds: int) -> NDArray[np.float64]:
        found = (self._level[tags] + self._wander(tags, seconds)) * self._step[tags]
        return found.astype(np.float32).astype(np.float64)

    def _bits(self, tags: NDArray[np.int64], seconds: int) -> NDArray[np.float64]:
        turns = np.cumsum(self._random.random((seconds, len(tags)), np.float32) < 0.002, axis=0) + self._held[tags]
        self._held[tags] = turns[-1] % 2
        found: NDArray[np.float64] = turns % 2
        return found

    def _setpoints(self, tags: NDArray[np.int64], seconds: int) -> NDArray[np.float64]:
        moved = self._random.random((seconds, len(tags)), np.float32) < 0.0005
        steps = np.where(moved, self._random.integers(-20, 21, moved.shape), 0)
        held = np.cumsum(steps, axis=0) + self._held[tags]
        self._held[tags] = held[-1]
        return (self._level[tags] + held) / 10

    def _counters(self, tags: NDArray[np.int64], seconds: int) -> NDArray[np.float64]:
        counts = np.cumsum(self._random.poisson(self._rate[tags], (seconds, len(tags))), axis=0) + self._held[tags]
        self._held[tags] = counts[-1]
        return counts.astype(np.float64)

    def _wander(self, tags: NDArray[np.int64], seconds: int) -> NDArray[np.float64]:
        """Drift that is pulled back to its middle (Ornstein-Uhlenbeck), with noise on it; in steps."""
        found = self._random.standard_normal((seconds, len(tags)), np.float32).astype(np.float64) * self._noise[tags]
        for first in range(0, seconds, _BLOCK):
            count = min(_BLOCK, seconds - first)
            powers = self._decay[tags] ** np.arange(1, count + 1)[:, None]
            pushes = self._random.standard_normal((count, len(tags)), np.float32) * self._push[tags]
            drift = (np.cumsum(pushes / powers, axis=0) + self._drift[tags]) * powers
            self._drift[tags] = drift[-1]
            found[first : first + count] += drift
        return found
