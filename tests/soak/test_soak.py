"""The demo plant runs and runs, with a fault ever again: nothing grows, and no gap is without a fault that explains it.

`make soak` runs it for half an hour; HMI_SOAK_S says for how long, HMI_SOAK_SEED in which order the faults come.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable

import pytest

from tests.faults.ledger import balance
from tests.faults.station import Load
from tests.faults.yard import Yard
from tests.soak.line import FAULTS, ORACLE, Fault, Line

SOAK_S = float(os.environ.get("HMI_SOAK_S") or 0)
SEED = int(os.environ.get("HMI_SOAK_SEED") or 20261122)
WARM_UP_S = 25.0
QUIET_S = (4.0, 10.0)  # between two faults, once everything is live again
AFTER_S = 15.0  # a gap ends when the device is heard again, which is a while after the fault is over
MOST_MIB, MOST_FILES, MOST_THREADS = 15.0, 6, 2  # by which the last third may be above the first
# An hour that is not sealed yet is kept in memory, on purpose. That it stays so over a day is in `hmi bench history`.
KEPT_BYTES = 100
NS = 10**9

pytestmark = [
    pytest.mark.fault(rows=[50]),
    pytest.mark.timeout(SOAK_S * 3 + 300),
    pytest.mark.skipif(not SOAK_S, reason="a long run: `make soak` runs it, HMI_SOAK_S=180 its short form"),
]


class Diary:
    """What was done to the line, and how it did."""

    def __init__(self) -> None:
        self.faults: list[tuple[int, int, Fault]] = []  # from and to, ns UTC
        self.loads: list[Load] = []
        self.stored: list[int] = []  # values, when the load was looked at

    def look(self, line: Line) -> None:
        """How the engine does."""
        self.loads.append(Load.of(line.pid))
        self.stored.append(line.json("status")["samples_stored"])

    def explains(self, connection: str, from_ns: int, to_ns: int) -> bool:
        """Whether a fault that may cost values of a connection lies in a gap."""
        return any(
            connection in fault.costs and begun - NS <= to_ns and from_ns <= ended + AFTER_S * NS
            for begun, ended, fault in self.faults
        )


@pytest.fixture
def line(yard: Yard) -> Line:
    """The line, running."""
    made = yard.add(Line(yard.folder))
    made.start()
    return made


def test_nothing_grows_and_every_gap_has_its_fault(line: Line, measured: Callable[..., None]):
    chance, diary = random.Random(SEED), Diary()
    with line.window() as window:
        window.until_moving(ORACLE)
        window.listen(WARM_UP_S)
    soaked_ns, until = time.time_ns(), time.monotonic() + SOAK_S
    while time.monotonic() < until:
        with line.window() as window:
            window.until_moving(ORACLE)
            window.until(lambda: line.json("status")["connections_live"] == 3)
            diary.look(line)
            window.listen(chance.uniform(*QUIET_S))
            diary.look(line)
        fault = chance.choice(FAULTS)
        begun = time.time_ns()
        fault.inject(line)
        diary.faults.append((begun, time.time_ns(), fault))
    with line.window() as window:
        window.until_moving(ORACLE)
        window.listen(2.0)
    account = balance(line, line.server.counts, ORACLE, "oracle")
    measured("faults", f"{len(diary.faults)} of {len({fault.name for _, _, fault in diary.faults})} kinds")
    measured("account", str(account))
    expect_every_gap_explained(line, diary, soaked_ns)
    expect_nothing_grows(diary, measured)
    assert line.hmi("journal", "verify").returncode == 0
    assert [one for one in line.log() if "our fault" in one] == []
    assert line.hmi("history", "check").returncode == 0


def expect_every_gap_explained(line: Line, diary: Diary, soaked_ns: int) -> None:
    """The faults are the only reason for a gap; each is declared for its own connection."""
    for name in ("line", "palletiser", "oracle"):
        gaps = [gap for gap in line.gaps(name) if gap.to_ns > soaked_ns]
        unexplained = [gap for gap in gaps if not diary.explains(name, gap.from_ns, gap.to_ns)]
        assert unexplained == [], f"{name}: {unexplained}"


def expect_nothing_grows(diary: Diary, measured: Callable[..., None]) -> None:
    """The last third against the first: memory beside the values of this hour, threads, file handles of the engine."""
    loads, third = diary.loads, max(1, len(diary.loads) // 3)
    more = statistics.median(diary.stored[-third:]) - statistics.median(diary.stored[:third])
    kept = max(0.0, more) * KEPT_BYTES / 2**20
    measured("MiB that the values in between may take", kept)
    for what, most in (("mib", MOST_MIB + kept), ("files", MOST_FILES), ("threads", MOST_THREADS)):
        first, last = (
            statistics.median(getattr(one, what) for one in part) for part in (loads[:third], loads[-third:])
        )
        measured(what, f"{first:.0f} at first, {last:.0f} at last")
        assert last - first <= most, f"{what} grow: {[round(getattr(one, what)) for one in loads]}"
