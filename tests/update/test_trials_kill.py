"""Power cuts in mid-update: whenever it happens, a version that starts is in use, and every record is there.

Everything of the station is killed at one moment: the update and whatever engine runs. Then the engine is started as
the station's supervisor does after a power cut. In the long form (HMI_FAULTS=whole) 50 times at random.
"""

import os
import random
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.installed import verify
from hmi.update import running
from hmi.update.versions import Installation
from tests.update.standin import ENGINES, ROOT, command, in_use, records, start, stick, stop_all, update

CLOCK = MachineClock()
WHOLE = os.environ.get("HMI_FAULTS") == "whole"
STEPS = ("update verified", "update tried", "update in use")
MORE_STEPS = ("update begun", "update backed up", "update tried on a copy", "update agreed")


def begun(root: Path, *words: str) -> "subprocess.Popen[str]":
    """An update under way, in a process group of its own."""
    given = command(root, *words, "--yes")
    return subprocess.Popen(
        given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, process_group=0
    )


def cut(root: Path, updating: "subprocess.Popen[str]") -> None:
    """The power goes: nobody gets to finish anything."""
    updating.kill()
    updating.communicate()
    while ENGINES:
        engine = ENGINES.pop()
        engine.kill()
        engine.wait()
    own = str(root.parent).encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if own in (entry / "cmdline").read_bytes() and int(entry.name) != os.getpid():
                os.kill(int(entry.name), signal.SIGKILL)
        except (OSError, ValueError):
            continue


def stands(root: Path, before: list[str]) -> str:
    """After the cut: the version in use is whole, starts and answers; gives its name."""
    found = Installation(root)
    assert verify(found.current) == [], "the version in use is not whole"
    assert found.previous is None or verify(found.previous) == []
    start(root)
    state = running.state(root.parent / "data", CLOCK)
    assert state is not None and state.version == found.manifest.program
    assert records(root)[: len(before)] == before
    return in_use(root)


@pytest.mark.fault(rows=[48])
@pytest.mark.parametrize("step", (*STEPS, *MORE_STEPS) if WHOLE else STEPS)
def test_a_cut_after_each_step_leaves_a_version_that_starts(root: Path, tmp_path: Path, step: str) -> None:
    start(root)
    before = records(root)
    updating = begun(root, str(stick(tmp_path, "0.2.0+1")))
    assert updating.stdout is not None
    for line in updating.stdout:
        if line.startswith(step):
            break
    else:
        pytest.fail(f"the update never came to {step!r}")
    cut(root, updating)
    assert stands(root, before) == ("0.2.0+1" if step == "update in use" else "0.1.0+1")
    stop_all(root)
    if step == "update tried":  # and the next one goes through
        start(root)
        assert update(root, str(tmp_path / "stick"), "--yes").returncode == 0
        assert in_use(root) == "0.2.0+1"


@pytest.mark.fault(rows=[48])
@pytest.mark.timeout(3600)
def test_a_cut_at_any_moment_leaves_a_version_that_starts(root: Path, tmp_path: Path) -> None:
    """Every other version that is brought is one whose engine dies: it must never be the one in use."""
    luck = random.Random(11)
    reached: Counter[str] = Counter()  # the last step before each cut
    start(root)
    began = CLOCK.monotonic()
    assert update(root, str(stick(tmp_path / "0", "0.1.1+1")), "--yes").returncode == 0
    usual_s = CLOCK.monotonic() - began
    for number in range(1, 51 if WHOLE else 9):
        version = f"0.{number + 1}.0+1"
        before, was = records(root), in_use(root)
        updating = begun(root, str(stick(tmp_path / version, version, "crash" if number % 2 else "well")))
        with suppress(subprocess.TimeoutExpired):
            updating.wait(luck.uniform(0, usual_s))
        cut(root, updating)
        now = stands(root, before)
        assert now == was or (now == version and not number % 2)
        reached[(root / "update.log").read_text().splitlines()[-1].partition(" ")[2].partition(":")[0]] += 1
        assert len(list((root / "versions").glob("[0-9]*"))) <= 3  # in use, the one before, and one that was prepared
    stop_all(root)
    assert len(reached) >= (5 if WHOLE else 2), f"the cuts came too much alike: {reached}"
