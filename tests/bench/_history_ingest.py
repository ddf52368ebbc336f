"""What it costs to keep values: the same hour into every contender, a commit a second, rounds in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from numpy.typing import NDArray

from tests.bench._history_contender import Contender, Spent, spent
from tests.bench._history_ours import Ours
from tests.bench._history_truth import demand, digest_of
from tests.bench._history_workload import HOUR_NS, START_NS, Workload

Maker = Callable[[Path, Workload], Contender]


@dataclass
class Ingest:
    """What rounds of one contender cost."""

    samples: int
    costs: list[Spent] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Samples a second, all that is done later included."""
        return self.samples / median(cost.wall_s for cost in self.costs)

    @property
    def cpu_ns(self) -> float:
        """CPU of a sample, ns, of all processes."""
        return median(cost.cpu_s for cost in self.costs) * 1e9 / self.samples

    @property
    def written(self) -> float:
        """Bytes that a sample caused to be written."""
        return median(cost.written for cost in self.costs) / self.samples

    @property
    def size(self) -> float:
        """Bytes that a sample takes on the disk, for good."""
        return median(self.sizes) / self.samples


def ingest(
    makers: Sequence[tuple[Maker, int]], folder: Path, workload: Workload, seconds: int, rounds: int
) -> dict[str, Ingest]:
    """Rounds in turn; each contender is given the first so many seconds of one and the same hour."""
    stretch = workload.stretch(START_NS, seconds)
    rows = stretch.rows()
    found: dict[str, Ingest] = {}
    for number in range(rounds):
        for maker, own_seconds in makers:
            part = rows[: min(seconds, own_seconds) * len(workload.tags)]
            contender = maker(folder / f"ingest-{number}-{len(found)}-{own_seconds}-{maker.__name__}", workload)
            try:
                _round(contender, part, len(workload.tags), found)
            finally:
                contender.close()
    return found


def kept_bytes(folder: Path, workload: Workload, hours: int) -> float:
    """Bytes that a sample of ours takes when a day's file has some hours in it, its lists of tags shared by all."""
    ours = Ours(folder, workload)
    try:
        rows = workload.stretch(START_NS, 3600).rows()
        for _ in range(hours):
            ours.load(rows)
            for name in ("time", "received"):
                rows[name] += HOUR_NS
        ours.settle()
        count = ours.digest().count
        demand(count == hours * len(rows), ours.name, f"{count} samples, {hours * len(rows)} were stored")
        return ours.size() / count
    finally:
        ours.close()


def _round(contender: Contender, rows: NDArray[Any], a_second: int, found: dict[str, Ingest]) -> None:
    seconds = [rows[first : first + a_second] for first in range(0, len(rows), a_second)]

    def work() -> None:
        for second in seconds:
            contender.append(second)
        contender.settle()

    cost = spent(work, contender.pids)
    wanted = digest_of(rows)
    got = contender.digest()
    demand(got == wanted, contender.name, f"{got} of what was stored, which was {wanted}")
    known = found.setdefault(contender.name, Ingest(len(rows)))
    known.costs.append(cost)
    known.sizes.append(contender.size())
