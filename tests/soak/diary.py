"""What was done to the line and how it did, and the rules of a long run: nothing grows, and every gap has its fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmi.core.history import Gap
from tests.faults.station import Load
from tests.soak.line import Fault, Line

NS = 10**9
BEFORE_S = 5.0  # a gap begins with what was heard last
AFTER_S = 30.0  # a gap ends when the device is heard again, which is a while after the fault is over
OVERFLOW_S = 1.0  # its queue holds half a second
OVERFLOW_SHARE = 0.05  # of the run: an engine that ever again does not listen for a while is no busy machine
MOST_MIB, MOST_FILES, MOST_THREADS = 15.0, 6, 2  # by which the last third may be above the first
# An hour that is not sealed yet is kept in memory, on purpose. That it stays so over a day is in `hmi bench history`.
KEPT_BYTES = 100


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
        """Whether a gap of a connection is about as long as a fault that may cost values of it."""
        return any(
            connection in fault.costs
            and begun - BEFORE_S * NS <= from_ns
            and begun - NS <= to_ns <= ended + AFTER_S * NS
            for begun, ended, fault in self.faults
        )

    def unexplained(self, connection: str, gaps: Sequence[Gap], since_ns: int) -> list[Gap]:
        """The gaps of a connection that no fault is the reason for, but for the little that the device says it lost."""
        gaps = [gap for gap in gaps if gap.to_ns > since_ns]
        left = [gap for gap in gaps if not self.explains(connection, gap.from_ns, gap.to_ns)]
        lost_ns = sum(gap.to_ns - gap.from_ns for gap in left if is_device_s_own(gap))
        if lost_ns > OVERFLOW_SHARE * (self.faults[-1][1] - since_ns):
            return left
        return [gap for gap in left if not is_device_s_own(gap)]


def is_device_s_own(gap: Gap) -> bool:
    """Whether the device says that its queue was full: on a machine that does other things too, it may stand still."""
    return "queue was full" in gap.reason and gap.to_ns - gap.from_ns <= OVERFLOW_S * NS


def expect_every_gap_explained(line: Line, diary: Diary, soaked_ns: int) -> None:
    """The faults are the only reason for a gap; each is declared for its own connection."""
    for name in ("line", "palletiser", "oracle"):
        unexplained = diary.unexplained(name, line.gaps(name), soaked_ns)
        assert unexplained == [], f"{name}: {unexplained}"


def expect_nothing_grows(diary: Diary, measured: Callable[..., None]) -> None:
    """The least of the last third against that of the first: memory beside the values of this hour, threads, files.

    The least, because what an answer to a window or a read-back takes for a while comes and goes in steps of 12 MiB.
    """
    third = max(1, len(diary.loads) // 3)
    kept = max(0, diary.stored[-1] - diary.stored[0]) * KEPT_BYTES / 2**20
    measured("MiB that the values in between may take", round(kept, 1))
    for what, most in (("mib", MOST_MIB + kept), ("files", MOST_FILES), ("threads", MOST_THREADS)):
        rows = [getattr(one, what) for one in diary.loads]
        first, last = min(rows[:third]), min(rows[-third:])
        measured(what, f"{first:.0f} at first, {last:.0f} at last, {max(rows):.0f} at most")
        assert last - first <= most, f"{what} grow: {[round(one) for one in rows]}"
