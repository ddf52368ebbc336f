"""The oracle "nothing lost": what the device says it was is what is stored, but for gaps that were declared."""

from __future__ import annotations

import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hmi.core.batch import FLAG_BACKFILLED
from hmi.core.history import Gap
from tests.faults.station import PATIENCE_S, Station, live_rows

NS = 10**9
UNDER_WAY_NS = NS // 4  # publishing interval and sampling of these trials, and a moment
OVERFLOW = 0x0480  # OPC UA Part 4, 7.39.1: in a value's status, "the server's queue was full: the ones before are lost"


@dataclass(frozen=True)
class Ledger:
    """One tag's account after a trial."""

    told: int  # values that the device had between the first and the last stored one
    stored: int
    backfilled: int
    declared: int  # values that are not stored, in gaps that say so
    flagged: int  # that are not stored, and the next one's status says so
    gap_s: float  # declared in all, but for the time until the first values after a start

    def __str__(self) -> str:
        return (
            f"{self.told} values, {self.stored} stored ({self.backfilled} of them backfilled), "
            f"{self.declared} in {self.gap_s:.1f} s of declared gaps, {self.flagged} flagged as overflow, 0 lost"
        )


def balance(
    station: Station, counts: Callable[[], Mapping[int, int]], name: str = "line.count", of: str = "plc"
) -> Ledger:
    """Hold everything stored of a counter against its device's own account (value -> source time, ns).

    Fails for a value that the device never had, another time than its own, a value twice, values out of order,
    and a missing value for which no gap was declared.
    """
    until_on_disk(station, name)
    samples, gaps = station.samples(name), station.gaps(of)
    truth = counts()
    mine = live_rows(samples) & (samples.quality < 0x8000_0000)
    values, times = samples.raw[mine].tolist(), samples.time[mine].tolist()
    assert values, f"nothing of {name} is stored"
    strange = [(value, stamp) for value, stamp in zip(values, times, strict=True) if truth.get(value) != stamp]
    assert not strange, f"{len(strange)} stored values that the device never had at that time: {strange[:5]}"
    twice = [value for value, count in Counter(values).items() if count > 1]
    assert not twice, f"stored twice: {twice[:5]}"
    assert values == sorted(values), "not in the order of the device's own times"
    missing = [value for value in truth if values[0] < value < values[-1] and value not in set(values)]
    flagged = before_overflows(values, samples.quality[mine].tolist())
    lost = [value for value in missing if not inside(truth[value], gaps) and value not in flagged]
    assert not lost, describe(lost, truth, gaps)
    shift = np.diff(samples.received[mine & ((samples.flags & FLAG_BACKFILLED) == 0)])
    assert (shift >= 0).all(), "values were taken in another order than they were stored"
    told = sum(values[0] <= value <= values[-1] for value in truth)
    backfilled = int(np.count_nonzero(samples.flags[mine] & FLAG_BACKFILLED))
    declared = sum(inside(truth[value], gaps) for value in missing)
    first, last = truth[values[0]], truth[values[-1]]
    later = [gap for gap in gaps if "just started" not in gap.reason]
    gap_s = sum(max(0, min(gap.to_ns, last) - max(gap.from_ns, first)) for gap in later) / NS
    return Ledger(told, len(values), backfilled, declared, len(missing) - declared, gap_s)


def before_overflows(values: Sequence[int], qualities: Sequence[int]) -> set[int]:
    """The counts right before values whose status says that the server's queue could not hold them all."""
    pairs = zip(values, values[1:], qualities[1:], strict=False)
    return {count for one, other, quality in pairs if quality & OVERFLOW == OVERFLOW for count in range(one + 1, other)}


def inside(stamp: int, gaps: Sequence[Gap]) -> bool:
    """Whether a moment lies in a declared gap."""
    return any(gap.from_ns - under_way(gap) <= stamp <= gap.to_ns for gap in gaps)


def under_way(gap: Gap) -> int:
    """A dead engine's gap begins with its last commit: what was sampled shortly before was still on its way to it."""
    return UNDER_WAY_NS if "not running" in gap.reason else 0


def describe(lost: Sequence[int], truth: Mapping[int, int], gaps: Sequence[Gap]) -> str:
    """What was lost, and how far from the nearest declared gap."""
    rows = []
    for value in lost[:8]:
        stamp = truth[value]
        ends = [end for gap in gaps for end in (gap.from_ns, gap.to_ns)]
        near = min((end - stamp for end in ends), key=abs, default=0) / NS
        rows.append(f"{value} ({near:+.3f} s to the nearest end of a gap)")
    return f"{len(lost)} values are neither stored nor declared missing: {', '.join(rows)}; gaps: {list(gaps)}"


def until_on_disk(station: Station, name: str) -> None:
    """Wait until what has come by now is stored: the historian commits once a second."""
    newest = time.time_ns()
    deadline = time.monotonic() + PATIENCE_S
    while True:
        samples = station.samples(name)
        if len(samples) and int(samples.received.max()) >= newest:
            return
        assert time.monotonic() < deadline, f"nothing new of {name} reaches the disk"
        time.sleep(0.2)


def bits(value: float) -> str:
    """A double, bit for bit; all NaNs are one."""
    return "nan" if value != value else struct.pack(">d", value).hex()
