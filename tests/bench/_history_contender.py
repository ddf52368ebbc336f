"""What is asked of everything that can keep a plant's history, ours and the peers, and how the cost is counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tests.bench._history_workload import HOUR_NS, SECOND_NS

LOOK_BACK_NS = 10 * SECOND_NS  # every tag is scanned once a second, so its value at any moment is not older
_BAD = -(2**31)  # BAD as the signed number that fits the peers' 32-bit columns: what is bad is negative there
_T = TypeVar("_T")


class Raw(NamedTuple):
    """Samples of one tag, in order of time."""

    time: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.int32]


class Grid(NamedTuple):
    """Buckets of a trend: number k begins at `from_ns + k * width_ns`."""

    from_ns: int
    to_ns: int
    width_ns: int

    def start_of(self, number: NDArray[np.int64]) -> NDArray[np.int64]:
        """When a bucket begins."""
        return self.from_ns + number * self.width_ns


class Buckets(NamedTuple):
    """One pen of a trend; a bucket without a sample may be left out."""

    start: NDArray[np.int64]
    count: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Hours(NamedTuple):
    """Hourly figures of one tag, of its usable values; `weighted` holds each value until the next one came."""

    count: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    weighted: NDArray[np.float64]


class Digest(NamedTuple):
    """Everything that was kept, in a few numbers."""

    count: int
    low: float
    high: float
    bad: int


class Contender(Protocol):
    """One way to keep history, in a folder of its own."""

    name: str

    def append(self, rows: NDArray[Any]) -> None:
        """Keep the values of one second; they are on the disk when it returns."""

    def load(self, rows: NDArray[Any]) -> None:
        """Keep an hour of values, as fast as may be."""

    def settle(self) -> None:
        """Finish what is done later: sealing, checkpoints, indexes."""

    def size(self) -> int:
        """Bytes on disk that the samples take, once settled."""

    def pids(self) -> Sequence[int]:
        """Other processes that work for it."""

    def digest(self) -> Digest:
        """Of all that it holds."""

    def raw(self, tag: int, from_ns: int, to_ns: int) -> Raw:
        """A stretch of one tag, the end left out."""

    def forget(self) -> None:
        """Let go of answers and of what was unpacked for them; files stay open and in the system's memory."""

    def trend(self, tags: Sequence[int], asked: Grid) -> tuple[Grid, list[Buckets]]:
        """Pens, thinned to what a screen can draw, and the grid that was taken: the one asked for, or a bit more."""

    def hourly(self, tag: int, from_ns: int, to_ns: int) -> Hours:
        """Whole hours of one tag."""

    def at(self, tags: Sequence[int], when_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Time and value of each tag at a moment."""

    def close(self) -> None:
        """Give everything back."""


def bits(quality: NDArray[Any]) -> NDArray[np.int32]:
    """A status code as the signed number of the same bits."""
    return np.ascontiguousarray(quality, np.uint32).view(np.int32)


def hours_of(found: Raw, from_ns: int, to_ns: int) -> Hours:
    """Hourly figures out of samples, with those of shortly before: what a client of a row store works out itself."""
    edges = np.arange(from_ns, to_ns + 1, HOUR_NS)
    time, value, usable = found.time, found.value, found.quality >= 0
    inside = usable & (time >= from_ns) & (time < to_ns)
    own_time, own = time[inside], value[inside]
    heads = np.searchsorted(own_time, edges[:-1])
    count = np.diff(np.append(heads, len(own)))
    places = np.searchsorted(time, edges, side="right") - 1  # what was held when each hour began
    marks = np.concatenate([time, edges])
    order = np.argsort(marks, kind="stable")
    marks, held = marks[order], np.concatenate([value, value[places]])[order]
    good = np.concatenate([usable, usable[places]])[order][:-1]
    spans = np.where(good, np.diff(marks), 0).astype(np.float64)
    starts = np.searchsorted(marks, edges)
    area = np.add.reduceat(np.append(spans * held[:-1], 0.0), starts)[:-1]
    known = np.add.reduceat(np.append(spans, 0.0), starts)[:-1]
    mean = np.add.reduceat(own, heads) / count
    return Hours(count, mean, np.minimum.reduceat(own, heads), np.maximum.reduceat(own, heads), area / known)


# ------------------------------------------------------------------------------------------------ what it costs


@dataclass
class Spent:
    """What a piece of work cost: seconds by the clock, CPU seconds and bytes written of all processes."""

    wall_s: float
    cpu_s: float
    written: int


def spent(work: Callable[[], Any], pids: Callable[[], Sequence[int]] = tuple) -> Spent:
    """Do the work and count."""
    cpu, written, start = _cpu_s(pids()), written_bytes(pids()), time.perf_counter()
    work()
    wall = time.perf_counter() - start
    return Spent(wall, _cpu_s(pids()) - cpu, written_bytes(pids()) - written)


def timed(work: Callable[[], _T]) -> tuple[float, _T]:
    """Milliseconds, and what came of it."""
    start = time.perf_counter()
    found = work()
    return (time.perf_counter() - start) * 1000, found


def written_bytes(pids: Sequence[int] = ()) -> int:
    """Bytes that this process and others caused to be written to the disk; 0 where the system does not say."""
    total = 0
    for name in ("self", *pids):
        try:
            lines = Path(f"/proc/{name}/io").read_text("ascii").splitlines()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))
    return total


def resident_mb() -> float:
    """Memory of this process that is in RAM; 0 where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def files_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _cpu_s(pids: Sequence[int]) -> float:
    return time.process_time() + sum(map(_others_cpu_s, pids))


def _others_cpu_s(pid: int) -> float:
    """Of another process and of its children that have ended."""
    import os

    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
