"""How long a station takes to record again after a kill, with ten million values in its folder."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hmi.store.query import Reader

ROOT = Path(__file__).parents[2]
START_S = 3.0
TAGS, HOUR_S = 2000, 3600
SEALED_S = 1400  # of 2,000 values: 2.8 million sealed, and an hour of 7.2 million that is not
STARTS = 5

_MAKE = """
import os, sys
from pathlib import Path
import numpy as np
from hmi.clock import HandClock
from hmi.core.batch import Batch
from tests.store.made import HOUR, MIDNIGHT, SECOND
from tests.store.truth import tags
from hmi.store.store import Store
count, sealed, unsealed = map(int, sys.argv[2:])
clock = HandClock(MIDNIGHT + HOUR - sealed * SECOND)
store = Store(Path(sys.argv[1]), tags(count), clock, reserve_mb=0)
value = np.full(count, 20.0)
rng = np.random.default_rng(1)
def tell(seconds):
    global value
    for _ in range(seconds):
        value = np.round(value + rng.normal(0, 0.05, count), 2)
        now = clock.now_ns()
        store.append(Batch.of(np.arange(count), value, now - rng.integers(0, 10**8, count), now))
        clock.advance(1)
        store.flush().result()
tell(sealed)
store.seal().result()
tell(unsealed)
os._exit(0)  # as a kill leaves it
"""
_START = """
import json, sys, time
from pathlib import Path
from hmi.clock import HandClock
from tests.store.made import HOUR, MIDNIGHT
from tests.store.truth import tags
from hmi.store.store import Store
began = time.perf_counter(), time.process_time()
store = Store(Path(sys.argv[1]), tags(int(sys.argv[2])), HandClock(MIDNIGHT + 2 * HOUR), reserve_mb=0)
print(json.dumps([time.perf_counter() - began[0], time.process_time() - began[1], len(store.unsealed)]), flush=True)
import os
os._exit(0)
"""


def run(script: str, *arguments: object) -> str:
    """Run it in a process of its own; what it says."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=600).stdout


@pytest.mark.fault(rows=[20])
@pytest.mark.faults
@pytest.mark.timeout(1200)
def test_a_station_records_again_soon_with_ten_million_values(tmp_path: Path, measured: Callable[..., None]) -> None:
    folder = tmp_path / "data"
    run(_MAKE, folder, TAGS, SEALED_S, HOUR_S)
    with closing(Reader(folder)) as reader:
        names = [f"line.t{number:03}" for number in range(TAGS)]
        assert all(len(samples) == SEALED_S + HOUR_S for samples in reader.samples(names[:20], 0, 2**62))
    found = [json.loads(run(_START, folder, TAGS)) for _ in range(STARTS)]
    assert min(waiting for _, _, waiting in found) > 0.99 * TAGS * HOUR_S
    measured("values in the folder", TAGS * (SEALED_S + HOUR_S))
    measured("start, of the processor", statistics.median(cpu for _, cpu, _ in found))
    walls = [wall for wall, _, _ in found]
    measured("start, median", statistics.median(walls))
    measured("start, longest", max(walls))
    measured("start, shortest", min(walls), START_S)  # the others waited for a machine that does other things, too
