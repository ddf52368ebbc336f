"""The rules of the long run bite: what leaks is noticed, and so is a gap that no fault explains."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hmi.core.history import Gap
from tests.faults.station import Load
from tests.soak.diary import AFTER_S, NS, Diary, expect_nothing_grows
from tests.soak.line import FAULTS

LOOKS, EACH_S = 36, 5.0  # the short run: three minutes
LEAKING = """
import sys, threading
kept = []
print("ready", flush=True)
for line in sys.stdin:
    kept.append((bytearray(b"x" * 40 * 2**20), [open("/dev/null") for _ in range(10)]))
    for _ in range(4):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    print("leaked", flush=True)
"""


def nobody_measures(*_: object) -> None:
    """The figures of these runs are made up."""


def run(mib_s: float = 0.0, files: int = 0, threads: int = 0, stored_s: float = 170.0) -> Diary:
    """A run in which this much is lost a second, or has come by its end."""
    made = Diary()
    for number in range(LOOKS):
        part = number / LOOKS
        step = 12.0 if number % 5 == 0 else 0.0  # taken for an answer, and given back
        mib = 95.0 + step + mib_s * number * EACH_S
        made.loads.append(Load(5 + round(threads * part), 20 + round(files * part), mib))
        made.stored.append(round(number * EACH_S * stored_s))
    return made


def test_a_run_in_which_memory_comes_and_goes_is_a_good_one():
    expect_nothing_grows(run(), nobody_measures)


@pytest.mark.parametrize(
    ("leak", "what"),
    [({"mib_s": 1.0}, "mib"), ({"mib_s": 0.2}, "mib"), ({"files": 18}, "files"), ({"threads": 9}, "threads")],
)
def test_what_leaks_is_noticed_within_three_minutes(leak: dict[str, float], what: str):
    with pytest.raises(AssertionError, match=f"{what} grow"):
        expect_nothing_grows(run(**leak), nobody_measures)


def test_values_of_this_hour_may_be_kept_in_memory():
    expect_nothing_grows(run(mib_s=0.15, stored_s=2000.0), nobody_measures)


def test_what_a_process_takes_is_seen_from_outside():
    pipe = subprocess.PIPE
    leaking = subprocess.Popen([sys.executable, "-c", LEAKING], stdin=pipe, stdout=pipe, text=True)
    assert leaking.stdin is not None and leaking.stdout is not None
    try:
        assert leaking.stdout.readline() == "ready\n"
        before = Load.of(leaking.pid)
        leaking.stdin.write("more\n")
        leaking.stdin.flush()
        assert leaking.stdout.readline() == "leaked\n"
        after = Load.of(leaking.pid)
    finally:
        leaking.kill()
        leaking.communicate()
    assert after.mib - before.mib > 39
    assert (after.files - before.files, after.threads - before.threads) == (10, 4)


def test_a_gap_is_explained_by_a_fault_of_its_own_connection_alone():
    (killed,) = [fault for fault in FAULTS if fault.name == "device killed"]
    diary = Diary()
    diary.faults.append((100 * NS, 102 * NS, killed))

    def left(connection: str, from_s: float, to_s: float, why: str = "the connection was silent") -> list[Gap]:
        gap = Gap(int(from_s * NS), int(to_s * NS), why)
        return diary.unexplained(connection, [gap], 50 * NS)

    assert left("oracle", 100.5, 107) == []
    assert left("oracle", 99.5, 102 + AFTER_S) == []
    assert left("oracle", 101, 140), "nor is the device away for so long"
    assert left("oracle", 80, 105), "it began long before"
    assert left("line", 100.5, 107), "that device was not touched"
    assert left("oracle", 90, 98), "before it"
    assert left("oracle", 102 + AFTER_S + 1, 150), "long after it"
    assert left("oracle", 40, 49) == [], "before the run"


def test_what_a_device_says_it_lost_needs_no_fault_as_long_as_it_is_little():
    (killed,) = [fault for fault in FAULTS if fault.name == "device killed"]
    diary = Diary()
    diary.faults.append((200 * NS, 202 * NS, killed))

    def left(*lengths_s: float) -> list[Gap]:
        full = "the server's queue was full 1 times: ask for these tags less often"
        gaps = [Gap((60 + 5 * n) * NS, int((60 + 5 * n + one) * NS), full) for n, one in enumerate(lengths_s)]
        return diary.unexplained("oracle", gaps, 50 * NS)

    assert left(0.2) == []
    assert left(*[0.3] * 20) == []
    assert [gap.to_ns - gap.from_ns for gap in left(0.2, 8.0)] == [8 * NS], "no queue is so long"
    assert len(left(*[0.7] * 20)) == 20, "somebody does not listen, ever again"
