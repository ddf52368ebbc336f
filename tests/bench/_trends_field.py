"""What both sides of the trends bench draw: eight pens of a plant, a sample a second, the same for both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench._history_workload import HOUR_NS, PENS, START_NS, Stretch, Workload

SIZE = (1900, 800)
TAGS = 20  # of the plant; the pens are among them
HOURS_A_DAY = 24


def workload() -> Workload:
    """The plant, before its first second."""
    return Workload(TAGS)


def hours(plant: Workload, days: int) -> Iterator[Stretch]:
    """What its pens measured, hour by hour."""
    pens = np.array(PENS, np.int64)
    for hour in range(days * HOURS_A_DAY):
        yield plant.stretch(START_NS + hour * HOUR_NS, 3600, pens)


def columns(days: int) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Times in seconds and values of every pen, whole."""
    found = list(hours(workload(), days))
    time = np.concatenate([(stretch.time - START_NS) / 1e9 for stretch in found])
    value = np.concatenate([stretch.value for stretch in found])
    pens = range(len(PENS))
    return [np.ascontiguousarray(time[:, n]) for n in pens], [np.ascontiguousarray(value[:, n]) for n in pens]


def resident_mb() -> float:
    """Memory of this process, MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    line = next(line for line in lines if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
