"""Checks in processes of their own: crashes, hangs, and what they leave running."""

import threading
from contextlib import suppress
from pathlib import Path

from hmi.clock import MachineClock
from hmi.selftest.checks import Check
from hmi.selftest.run import alone, each

HANGS = """
import threading
def _hangs(ground):
    threading.Event().wait()
CHECKS = (Check('history', 'it ends', _hangs), *CHECKS[:0])
"""
LEAVES = """
import os, subprocess, sys
def _leaves(ground):
    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (ground.folder / 'pids').write_text(f'{child.pid}\\n')
    print('left', child.pid, flush=True)
    os.abort()
CHECKS = (Check('history', 'it ends', _leaves), *CHECKS[:0])
"""


def runs(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_check_that_hangs_is_ended_and_named(sabotage):
    sabotage.breaks({"hmi.selftest.program": HANGS})
    hanging = Check("history", "it ends", lambda _: "", seconds=2.0)
    result = alone("program", hanging, None, MachineClock())
    assert (result.name, result.outcome) == ("history", "failed")
    assert result.text == "it hung and was ended after 2 s: it ends is not shown"


def test_what_a_crashed_check_has_left_is_ended(sabotage):
    result = sabotage.result("history", {"hmi.selftest.program": LEAVES})
    assert result.outcome == "failed"
    assert "crashed (signal SIGABRT)" in result.text
    pid = int(result.text.rpartition("left ")[2])
    while runs(pid):  # it was killed; the system may take a moment, and the test's own time is limited
        threading.Event().wait(0.02)


def test_each_goes_on_after_a_failure():
    told = []
    broken = Check("nonsense", "there is such a check", lambda _: "")
    good = Check("data people", "the accounts can be read", lambda _: "")
    results = list(each([("data", broken), ("data", good)], None, MachineClock(), told.append))
    assert [result.outcome for result in results] == ["failed", "not checked"]
    assert "There is no check 'nonsense'" in results[0].text
    assert told == [broken, good]
