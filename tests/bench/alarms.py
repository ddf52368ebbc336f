"""What alarms cost engine and window: 10,000 rules over 10,000 changing tags, and 10,000 transitions in one second.

Of the engine: its own tick and room for alarms, with a real journal on a real disk. CPU is that of this process, where
nothing else runs; medians of rounds. No other product is beside it: none can be had here with a journal of its own.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from hmi.clock import MachineClock
from hmi.core.alarms.rules import Rule
from hmi.core.batch import Batch
from hmi.core.journal import Record
from hmi.core.plant import Connection, Plant
from hmi.core.tags import Tag
from hmi.engine.tick import Tick
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.bench import _alarms_live
from tests.bench._figures import figure

COUNT: Final = 10_000
HZ: Final = 10
NORMAL, ABNORMAL = 50.0, 95.0
_PER_BEAT: Final = COUNT // HZ


def measure() -> list[dict[str, Any]]:
    """The figures of this bench."""
    return [*_judging(rounds=5, beats=100), *_transitions(rounds=3), *_alarms_live.measure(rounds=5, seconds=10)]


def measure_quick() -> list[dict[str, Any]]:
    """Fewer and shorter rounds: for every change of the program."""
    return [*_judging(rounds=3, beats=20), *_transitions(rounds=1), *_alarms_live.measure(rounds=1, seconds=2)]


def the_plant() -> Plant:
    """10,000 tags on one controller, each with one high limit at 90."""
    tags = tuple(Tag(n, f"a.t{n}", "plc", f"ns=2;i={n}", "float64", low=0, high=100) for n in range(COUNT))
    rules = tuple(
        Rule(n, f"a.t{n}.h", n, "level_h", 90.0, 2.0, 0.0, 0.0, False, "process", "minor", 10, 4, "c", "e", "a")
        for n in range(COUNT)
    )
    return Plant("bench", "Bench", "UTC", (Connection("plc", "opcua", "opc.tcp://x:1"),), tags, rules, {}, {})


class Stage:
    """A tick with all its alarms, and what it handed to the journal."""

    def __init__(self, record: Callable[[Record], Any] = lambda record: None) -> None:
        self.clock = MachineClock()
        self.tick = Tick(the_plant(), self.clock, lambda batch: None, record)
        self._all = np.arange(COUNT)
        self._random = np.random.default_rng(1)

    def batch(self, values: Any, which: Any = None) -> Batch:
        """Values of these tags, else of all, as a driver delivers them."""
        now = self.clock.now_ns()
        return Batch.of(self._all if which is None else which, values, now, now)

    def moving(self) -> Batch:
        """Every tag a little different from before, none beyond its limit."""
        return self.batch(NORMAL + self._random.random(COUNT))


def _judging(rounds: int, beats: int) -> list[dict[str, Any]]:
    """CPU of a core at 10 Hz, of the alarms alone and of the whole tick around them."""
    stage = Stage()
    batches = [stage.moving() for _ in range(beats)]
    changed = np.arange(COUNT)
    alone, whole = [], []
    for _ in range(rounds):
        alone.append(_cpu_s(batches, lambda batch: stage.tick.room.judge(batch.rows, changed)) / beats)
        whole.append(_cpu_s(batches, stage.tick.deliver) / beats)
    percent = [100 * HZ * median(one) for one in (alone, whole)]
    name = f"{COUNT:,} limit alarms over {COUNT:,} changing tags at {HZ} Hz: of a core"
    return [figure(name, percent[0], "%", 10.0, {"with the whole tick": percent[1]})]


def _cpu_s(batches: list[Batch], act: Callable[[Batch], Any]) -> float:
    begin = time.process_time()
    for batch in batches:
        act(batch)
    return time.process_time() - begin


def _transitions(rounds: int) -> list[dict[str, Any]]:
    """10,000 alarms raised within a second: how many the journal lacks, and how long the last was on its way."""
    lost, late, held = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="hmi-bench-") as folder:
            one = _one_second(Path(folder))
        lost.append(one["lost"])
        late.append(one["late_s"])
        held.append(one["held_ms"])
    name = f"{COUNT:,} transitions in a second: "
    return [
        figure(f"{name}not in the journal", max(lost), "records", 0),
        figure(f"{name}longest way to the disk", max(late), "s", 2.0),
        figure(f"{name}engine held by {_PER_BEAT:,} at once", median(held), "ms", 1000.0 / HZ),
    ]


def _one_second(folder: Path) -> dict[str, float]:
    promises: list[tuple[float, Future[int]]] = []
    clock = MachineClock()
    store = Store(folder, (), clock)
    ended: list[float] = []
    done = threading.Semaphore(0)

    def record(one: Record) -> Future[int]:
        promise = store.record(one)
        promises.append((clock.monotonic(), promise))
        promise.add_done_callback(lambda _: (ended.append(clock.monotonic()), done.release()))
        return promise

    try:
        stage = Stage(record)
        held = _raise_all(stage, clock)
        for _ in range(len(promises)):
            done.acquire(timeout=60.0)
    finally:
        store.close()
    kept = {one.subject for _, one in Reader(folder).journal(limit=2 * COUNT, category="alarm")}
    late = max((end - begin for (begin, _), end in zip(promises, ended, strict=False)), default=60.0)
    return {"lost": float(COUNT - len(kept)), "late_s": late, "held_ms": 1000 * max(held)}


def _raise_all(stage: Stage, clock: MachineClock) -> list[float]:
    """A tenth of the alarms each tenth of a second; gives how long each beat held the engine."""
    stage.tick.deliver(stage.batch(np.full(COUNT, NORMAL)))
    pause, begin, held = threading.Event(), clock.monotonic(), []
    for beat in range(HZ):
        pause.wait(max(0.0, begin + beat / HZ - clock.monotonic()))
        which = np.arange(beat * _PER_BEAT, (beat + 1) * _PER_BEAT)
        batch, before = stage.batch(np.full(_PER_BEAT, ABNORMAL), which), clock.monotonic()
        stage.tick.deliver(batch)
        held.append(clock.monotonic() - before)
    return held
