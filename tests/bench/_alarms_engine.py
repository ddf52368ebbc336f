"""An engine with 10,000 alarms whose values are given it by hand: `-m tests.bench._alarms_engine DATA`.

It prints `ready`. On standard input, each answered by a line: `journal N` -> so many alarm records more; `burst` ->
every alarm raised within a second; `calm` -> all normal and acknowledged; `rate R S` -> so many transitions a second
for so long.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hmi.clock import MachineClock
from hmi.core import plant as plant_files
from hmi.core.batch import Batch
from hmi.core.journal import Record
from hmi.engine.alarms import Who
from hmi.engine.engine import Engine

COUNT = 10_000
MACHINES = 100
BEAT_S = 0.05
NORMAL, ABNORMAL = 50.0, 95.0
_HEAD = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
_PLANT = """[plant]
id = "bench"
name = "Bench"
timezone = "Europe/Berlin"
[[connection]]
id = "plc"
driver = "opcua"
address = "opc.tcp://127.0.0.1:1"
"""
_ALARM = """[[alarm]]
id = "m{machine}.t{number}.h"
tag = "m{machine}.t{number}"
type = "level_h"
limit = 90.0
deadband = 1.0
title = "Measurement {number} of machine {machine} high"
consequence = "minor"
respond_min = {minutes}
cause = "A fouled transmitter, or a valve that sticks"
effect = "Product out of its specification"
action = "Look at the valve, then call maintenance"
"""
_SCREEN = '[screen]\nid = "overview"\ntitle = "Overview"\nlevel = 1\nsize = [1600, 900]\n'


def texts() -> dict[str, str]:
    """A plant of a hundred machines with a hundred measurements each, every one with a high limit."""
    places = [(number // (COUNT // MACHINES), number) for number in range(COUNT)]
    rows = (
        f"m{machine}.t{number},plc,ns=2;i={number},float64,%,0,100,,,,,off,r,T {number}\n" for machine, number in places
    )
    alarms = (
        _ALARM.format(machine=machine, number=number, minutes=(5, 60, 60, 60)[number % 4]) for machine, number in places
    )
    machines = (f'[[equipment]]\nid = "m{one}"\nname = "Machine {one}"\npath = "m{one}"\n' for one in range(MACHINES))
    return {
        "plant.toml": _PLANT,
        "tags.csv": _HEAD + "".join(rows),
        "alarms.toml": "".join(alarms),
        "equipment.toml": "".join(machines),
        "screens/overview.toml": _SCREEN,
    }


class Hand:
    """Gives the engine its values; lives on its loop."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._clock = MachineClock()
        self._high = np.zeros(COUNT, bool)
        self._random = np.random.default_rng(1)

    def put(self, which: Any, is_high: Any) -> None:
        """These tags beyond their limit, or not."""
        now = self._clock.now_ns()
        self._high[which] = is_high
        values = np.where(self._high[which], ABNORMAL, NORMAL)
        self.engine.tick.deliver(Batch.of(which, values, now, now))

    async def burst(self) -> None:
        """Every alarm, a tenth each tenth of a second."""
        begin = self._clock.monotonic()
        for part in range(10):
            await asyncio.sleep(max(0.0, begin + part / 10 - self._clock.monotonic()))
            self.put(np.arange(part * COUNT // 10, (part + 1) * COUNT // 10), True)

    async def calm(self) -> None:
        """Normal, and every one acknowledged."""
        self.put(np.arange(COUNT), False)
        for rule in self.engine.plant.rules:
            self.engine.tick.room.acknowledge(rule.id, Who("bench"), "")

    async def rate(self, per_s: float, seconds: float) -> None:
        """Alarms picked at random are raised or return."""
        begin, beats = self._clock.monotonic(), round(seconds / BEAT_S)
        for beat in range(beats):
            await asyncio.sleep(max(0.0, begin + beat * BEAT_S - self._clock.monotonic()))
            which = self._random.choice(COUNT, round(per_s * BEAT_S), replace=False)
            self.put(np.sort(which), ~self._high[np.sort(which)])

    async def journal(self, count: float) -> None:
        """So many records of alarms, a second apart, up to now."""
        now, promise = self._clock.now_ns(), None
        names = [rule.id for rule in self.engine.plant.rules]
        for number in range(int(count)):
            promise = self.engine.store.record(
                _record(now - (int(count) - number) * 10**9, names[number % COUNT], number)
            )
        if isinstance(promise, Future):
            await asyncio.wrap_future(promise)


def _record(time_ns: int, name: str, number: int) -> Record:
    event = ("raised", "acknowledged", "returned")[number % 3]
    return Record(
        time_ns=time_ns,
        category="alarm",
        event=event,
        subject=name,
        occurrence=number // 3,
        value=ABNORMAL,
        limit=90.0,
        priority=4,
        result="normal",
        user="bench" if number % 3 == 1 else "",
    )


async def serve(folder: Path) -> None:
    """Until standard input ends."""
    plant = plant_files.load(texts(), {})
    engine = Engine(replace(plant, connections=()), {}, folder, MachineClock(), ready_s=0.0)
    hand, loop = Hand(engine), asyncio.get_running_loop()
    running = loop.create_task(engine.run(lambda line: None))
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    hand.put(np.arange(COUNT), False)
    print("ready", flush=True)  # noqa: T201
    while line := (await reader.readline()).decode().split():
        await getattr(hand, line[0])(*map(float, line[1:]))
        print(line[0], flush=True)  # noqa: T201
    running.cancel()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
