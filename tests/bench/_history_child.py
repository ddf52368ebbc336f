"""What runs in a process of its own: a writer beside a reader, an engine that is killed, an engine's whole day.

`_history_child JOB FOLDER CONTENDER TAGS SECONDS START_NS`: a line `ready`, then what it found as a line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench._history_contender import resident_mb, timed
from tests.bench._history_ours import Ours
from tests.bench._history_rows import Rows
from tests.bench._history_truth import demand
from tests.bench._history_workload import HOUR_NS, PENS, SECOND_NS, START_NS, Workload

UNSEALED = 600  # seconds of the plant
_RATE = 10  # seconds of the plant that pass in one of ours while somebody reads


def beside_a_reader(contender: Any, workload: Workload, start_ns: int, seconds: int) -> dict[str, float]:
    """Ten minutes of the plant that are not sealed yet, then commits at an even pace over the end of the hour."""
    if isinstance(contender, Ours):
        _commit(contender, workload, start_ns, UNSEALED)
    return _paced(contender, workload, start_ns + UNSEALED * SECOND_NS, seconds)


def asked_inside(contender: Ours, workload: Workload, start_ns: int, seconds: int) -> dict[str, float]:
    """The same, and another thread asks as the engine does for its windows; adds the p99 of its answers, ms."""
    _commit(contender, workload, start_ns, UNSEALED)
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(_read, contender, (start_ns - START_NS) // HOUR_NS - 28, over)
        try:
            found = _paced(contender, workload, start_ns + UNSEALED * SECOND_NS, seconds)
        finally:
            over.set()
    return {**found, "read p99": float(np.percentile(reading.result(), 99))}


def _read(contender: Ours, hours: int, over: threading.Event) -> list[float]:
    """Ask for random ones of the first `hours` until it is over; ms."""
    random = np.random.default_rng(8)
    took: list[float] = []
    while not over.wait(0.01):
        tag, number = PENS[len(took) % len(PENS)], int(random.integers(0, hours))
        from_ns = START_NS + number * HOUR_NS + 1017 * SECOND_NS
        spent, found = timed(lambda: contender.raw(tag, from_ns, from_ns + HOUR_NS))  # noqa: B023 - called at once
        demand(len(found.time) == 3600, contender.name, f"{len(found.time)} samples of an hour")
        took.append(spent)
    return took


def _commit(contender: Any, workload: Workload, start_ns: int, seconds: int) -> None:
    """Commits as fast as may be."""
    for part in np.split(workload.stretch(start_ns, seconds).rows(), seconds):
        contender.append(part)


def _paced(contender: Any, workload: Workload, start_ns: int, seconds: int) -> dict[str, float]:
    """Commits at an even pace; p50, p99 and the longest, ms."""
    count = seconds * _RATE
    parts = np.split(workload.stretch(start_ns, count).rows(), count)
    _say("ready")
    took, due = [], time.perf_counter()
    for part in parts:
        took.append(timed(lambda part=part: contender.append(part))[0])
        due += 1 / _RATE
        time.sleep(max(0.0, due - time.perf_counter()))
    p50, p99, longest = np.percentile(took, [50, 99, 100]).tolist()
    return {"p50": p50, "p99": p99, "longest": longest}


def sealing(contender: Any, workload: Workload, start_ns: int, seconds: int) -> dict[str, float]:
    """Most of an hour as fast as may be, then an even pace over its end and while it is sealed; ms."""
    ahead = (HOUR_NS - start_ns % HOUR_NS) // SECOND_NS
    _commit(contender, workload, start_ns, ahead - _RATE)
    return _paced(contender, workload, start_ns + (ahead - _RATE) * SECOND_NS, seconds)


def killed(contender: Any, workload: Workload, start_ns: int, seconds: int) -> dict[str, float]:
    """Nearly an hour of commits, then the end, without a word."""
    _commit(contender, workload, start_ns, seconds)
    _say(json.dumps({"samples": seconds * len(workload.tags)}))
    os.kill(os.getpid(), 9)
    return {}


def day(contender: Any, workload: Workload, start_ns: int, seconds: int) -> dict[str, list[float]]:
    """A day of hours of `seconds` commits each; memory after each of them, MB."""
    rows = workload.stretch(start_ns, seconds).rows()
    parts = np.split(rows, seconds)
    pause_ns = HOUR_NS // seconds - SECOND_NS
    for name in ("time", "received"):  # fewer commits than seconds are spread over the hour
        rows[name] += np.repeat(np.arange(seconds) * pause_ns, len(workload.tags))
    _say("ready")
    memory = []
    for _ in range(24):
        for part in parts:
            contender.append(part)
        contender.until(int(rows["received"][-1]) + 11 * SECOND_NS)  # seals as it does in a plant
        contender.settle()
        memory.append(resident_mb())
        for name in ("time", "received"):
            rows[name] += HOUR_NS
    contender.close()
    return {"memory": memory}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do a job."""
    job, folder, name, tags, seconds, start_ns = sys.argv[1:]
    workload = Workload(int(tags), seed=6)
    make = {"ours": lambda: Ours(Path(folder), workload, int(start_ns)), "rows": lambda: Rows(Path(folder), workload)}
    jobs = {job.__name__: job for job in (beside_a_reader, asked_inside, sealing, killed, day)}
    contender = make[name]()
    _say(json.dumps(jobs[job](contender, workload, int(start_ns), int(seconds))))
    contender.close()


if __name__ == "__main__":
    main()
