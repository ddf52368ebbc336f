"""What happens around the historian, told from outside: someone reads while it writes, it is killed, a day goes by."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from hmi.core.errors import HmiError
from hmi.store.folder import day_files, day_path
from tests.bench._history_child import UNSEALED
from tests.bench._history_contender import Contender, timed
from tests.bench._history_ours import Ours
from tests.bench._history_queries import Month
from tests.bench._history_truth import demand
from tests.bench._history_workload import DAY_NS, HOUR_NS, PENS, SECOND_NS, START_NS, Workload

_ROOT = Path(__file__).parents[2]
_PAUSE_S = 0.01  # between a reader's questions


def reader_beside_writer(reader: Contender, month: Month, folder: Path, tags: int, seconds: int) -> dict[str, float]:
    """p99 of an hour of a tag, ms, while nobody writes and while 10 commits a second of `tags` values do."""
    idle = _reads(reader, month, lambda: len(idle_took) < 100, idle_took := [])
    start_ns = _before_an_hour_ends(month, seconds)
    kind = "ours" if isinstance(reader, Ours) else "rows"
    with _child("beside_a_reader", folder, kind, tags, seconds, start_ns) as child:
        busy = _reads(reader, month, lambda: child.poll() is None, [])
        commits = _answer(child)
    return {"idle": idle, "p99": busy, "commit p99": commits["p99"], "commit longest": commits["longest"]}


def asked_of_the_engine(month: Month, folder: Path, tags: int, seconds: int) -> float:
    """The same when a window asks the engine, which writes and reads in one process: p99, ms."""
    start_ns = _before_an_hour_ends(month, seconds) + 24 * HOUR_NS
    with _child("asked_inside", folder, "ours", tags, seconds, start_ns) as child:
        return float(_answer(child)["read p99"])


def _before_an_hour_ends(month: Month, seconds: int) -> int:
    """When a child begins, so that an hour ends, and is sealed, in the middle of what it does."""
    return month.end_ns + 2 * HOUR_NS - (UNSEALED + seconds * 10 // 2) * SECOND_NS


def _reads(reader: Contender, month: Month, goes_on: Any, took: list[float]) -> float:
    random = np.random.default_rng(7)
    while goes_on() or len(took) < 100:
        tag = PENS[len(took) % len(PENS)]
        from_ns = START_NS + int(random.integers(0, month.days * 24 - 2)) * HOUR_NS + 1017 * SECOND_NS
        spent, found = timed(lambda: reader.raw(tag, from_ns, from_ns + HOUR_NS))  # noqa: B023 - called at once
        month.pens[tag].check_raw(reader.name, found, from_ns, from_ns + HOUR_NS)
        took.append(spent)
        time.sleep(_PAUSE_S)
    return float(np.percentile(took, 99))


def grown(folder: Path, month: Month, wanted: int) -> int:
    """Put the last whole day there as earlier days, too, until there are `wanted` samples; how many there are then."""
    day = month.end_ns // DAY_NS - 1
    first, samples = next(iter(day_files(folder))), month.samples
    while samples < wanted:
        first -= 1
        os.link(day_path(folder, day), day_path(folder, first))
        samples += 86_400 * len(month.workload.tags)
    return samples


def open_ms(folder: Path, month: Month, rounds: int) -> tuple[float, float]:
    """How long an engine takes to open a data folder, and then to answer for the first time; ms, the medians.

    Nothing is left unsealed there: replaying that is another figure.
    """
    before = Ours(folder, month.workload, month.end_ns + 71 * HOUR_NS)
    before.settle()
    before.close()
    opening, answering = [], []
    for number in range(rounds):
        now_ns = month.end_ns + 72 * HOUR_NS + number * SECOND_NS
        spent, ours = timed(lambda: Ours(folder, month.workload, now_ns))  # noqa: B023 - called at once
        opening.append(spent)
        answering.append(timed(lambda: ours.at(PENS, month.end_ns))[0])  # noqa: B023
        ours.close()
    return float(np.median(opening)), float(np.median(answering))


def replay_s(folder: Path, tags: int, seconds: int) -> float:
    """An engine is killed with an hour unsealed: seconds until the next one knows every value of it."""
    with _child("killed", folder, "ours", tags, seconds, START_NS) as child:
        wanted = _answer(child)["samples"]
        child.wait(600)
    now_ns = START_NS + seconds * SECOND_NS
    took, ours = timed(lambda: Ours(folder, Workload(tags, seed=6), now_ns))
    try:
        again, found = timed(lambda: ours.raw(tags - 1, START_NS, START_NS + HOUR_NS))
        demand(len(found.time) == seconds, "ours", f"{len(found.time)} samples of a tag after a kill, not {seconds}")
        count = ours.digest().count
        demand(count == wanted, "ours", f"{count} samples after a kill, not {wanted}")
    finally:
        ours.close()
    return (took + again) / 1000


def sealing_ms(folder: Path, tags: int, seconds: int, paced: int) -> dict[str, float]:
    """Commits at an even pace while an hour is sealed: p50, p99 and the longest, ms."""
    with _child("sealing", folder, "ours", tags, paced, START_NS + HOUR_NS - seconds * SECOND_NS) as child:
        found: dict[str, float] = _answer(child)
        return found


def day_mb(folder: Path, tags: int, seconds: int) -> list[float]:
    """Memory of an engine's store after each hour of a day, MB."""
    with _child("day", folder, "ours", tags, seconds, START_NS) as child:
        memory: list[float] = _answer(child)["memory"]
        return memory


@contextmanager
def _child(job: str, folder: Path, kind: str, tags: int, seconds: int, start_ns: int) -> Iterator[Any]:
    command = [sys.executable, "-m", "tests.bench._history_child", job, str(folder), kind]
    command += [str(tags), str(seconds), str(start_ns)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            if job != "killed":
                _line(child)
            yield child
        finally:
            child.kill()


def _answer(child: Any) -> Any:
    return json.loads(_line(child))


def _line(child: Any) -> str:
    line: str = child.stdout.readline()
    if not line:
        raise HmiError("a part of the bench that runs in a process of its own has failed: see its message above")
    return line
