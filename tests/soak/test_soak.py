"""The demo plant runs and runs, with a fault ever again: nothing grows, and no gap is without a fault that explains it.

Every run of the tests has it for three minutes, `make soak` for half an hour. HMI_SOAK_S says for how long (0: not at
all), HMI_SOAK_SEED in which order the faults come.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults.ledger import balance
from tests.faults.yard import Yard
from tests.soak.diary import Diary, expect_every_gap_explained, expect_nothing_grows
from tests.soak.line import FAULTS, ORACLE, Fault, Line

SOAK_S = float(os.environ.get("HMI_SOAK_S") or 180)
SEED = int(os.environ.get("HMI_SOAK_SEED") or 20261122)
WARM_UP_S = 25.0
QUIET_S = (4.0, 10.0)  # between two faults, once everything is live again

pytestmark = [
    pytest.mark.fault(rows=[50]),
    pytest.mark.timeout(SOAK_S * 3 + 300),
    pytest.mark.skipif(not SOAK_S, reason="HMI_SOAK_S=0 leaves the long run out"),
]


@pytest.fixture
def line(yard: Yard) -> Line:
    """The line, running."""
    made = yard.add(Line(yard.folder))
    made.start()
    return made


def in_turn(chance: random.Random) -> Iterator[Fault]:
    """Every kind of fault once, then every kind again, each time in another order."""
    while True:
        yield from chance.sample(FAULTS, len(FAULTS))


def test_nothing_grows_and_every_gap_has_its_fault(line: Line, measured: Callable[..., None]):
    chance, diary = random.Random(SEED), Diary()
    faults = in_turn(chance)
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
        fault, begun = next(faults), time.time_ns()
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
