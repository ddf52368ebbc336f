"""A window at an engine that carries out jobs for real: the engine's own room, verbs, people and journal, one process.

Only the values of the plant are the test's, and the clock.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from argon2 import PasswordHasher

from hmi.core.errors import HmiError
from hmi.core.plant import load
from hmi.core.steps.job import Job
from hmi.core.steps.model import Instruction
from hmi.engine import hashing
from hmi.engine.accounts import Accounts
from hmi.engine.gate import Gate
from hmi.engine.jobs_made import Jobs
from hmi.engine.people import People
from hmi.engine.poller import Poller
from hmi.link.messages import Health, Reply, Request
from hmi.store.attachments import Attachments
from hmi.store.jobs import JobReader
from hmi.store.store import Store
from tests.client.conftest import SmallEngine, texts
from tests.engine.hall import GOOD, OTHER, at
from tests.engine.toy import ToyDriver

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="30" height="10"/></svg>'
JOB = """+++
title = "Change the seal"
revision = "3"
equipment = []
minutes = 12
hazards = ["Hot water"]
ppe = ["Gloves"]
ask = ["lot"]
every_h = 24
+++

# Change the seal

![The pump](pump.svg)

## Put on gloves

Both of them. <b>now</b>

![The pump](pump.svg)

## Pressure

```step
id = "pressure"
type = "number"
unit = "bar"
low = 1
high = 5
```

## Let it cool

```step
id = "cool"
type = "timer"
seconds = 60
```

## Pump stands

```step
id = "stands"
type = "verify"
needs = "pump.speed < 1"
hold_s = 2
blocked = "The pump still turns"
hazard = "The shaft may still turn"
```

## Slow it down

```step
id = "slow"
type = "write"
tag = "pump.speed"
value = 5
confirm = "Sets the speed"
```

## Changed by

```step
id = "done"
type = "sign"
```

## Checked by

```step
id = "checked"
type = "sign"
meaning = "verified"
second = true
```
"""


class Bench:
    """The engine's side of jobs behind a `SmallEngine`."""

    def __init__(self, engine: SmallEngine, folder: Path, **instructions: str) -> None:
        self.engine, self.folder, self.clock = engine, folder, engine.clock
        more = {f"instructions/{name.replace('_', '-')}.md": text for name, text in instructions.items()}
        engine.start(texts() | {"instructions/seal.md": JOB, "instructions/pump.svg": SVG} | more)
        engine.plant = load(engine.files, engine.library)
        engine.set({"pump.speed": 30.0})
        self.loop = asyncio.new_event_loop()
        self.pool = ThreadPoolExecutor(2)
        self.driver = ToyDriver()
        self.files: Path | None = None  # where photographs of the plant lie
        hashing._hasher = lambda: PasswordHasher(1, 8, 1)  # at its cheapest
        self._open()

    def _open(self) -> None:
        plant, table = self.engine.plant, self.engine.table
        self.store = Store(self.folder, plant.tags, self.clock)
        self.people = People(self.folder, plant, self.clock, self.store.record)
        poller = Poller(table, lambda batch: None, self.clock, lambda *trouble: None)
        poller.add(plant.connections[0], self.driver, list(range(len(plant.tags))))
        self.driver.health.last_life = self.clock.monotonic()
        gate = Gate(plant, table, poller, self.clock, self.store.record)
        self.attachments = Attachments(self.folder)
        folders = (self.folder, self.files)
        jobs = Jobs(plant, table, self.clock, self.store.record, self.people, gate, self.pool, folders)
        self.room, self.verbs = jobs.room, jobs.verbs
        self.reader = JobReader(self.folder)
        jobs.restore()
        self.engine.answers |= dict.fromkeys(self.verbs, self.answer)

    def answer(self, request: Request) -> Reply:
        """As the engine's own loop does it."""
        try:
            reply = self.loop.run_until_complete(self.verbs[request.verb](self.engine.sessions[0], request.args))
        except HmiError as error:
            reply = Reply(0, False, str(error))
        return msgspec.structs.replace(reply, number=request.number)

    def staff(self, *names: str) -> None:
        """Accounts, all with a password of their own."""
        accounts, desk = Accounts(self.people, self.clock), at("office")
        for name in names:
            roles = {"": "administer"} if name == names[0] else {"": "operate"}
            told = {"act": "add", "name": name, "password": OTHER, "roles": roles, "full_name": f"{name.title()} Lund"}
            self.loop.run_until_complete(accounts.act(desk, told))
            if name == names[0]:
                self.loop.run_until_complete(self.people.sign_in(desk, name, OTHER))
            else:
                told = {"act": "password", "name": name, "old": OTHER, "new": GOOD}
                self.loop.run_until_complete(accounts.act(at(), told))

    def release(self) -> None:
        """The instruction is released, as it must be where people can sign."""
        plant = self.room.filed
        some = {
            name: msgspec.structs.replace(one, release=msgspec.structs.replace(one.release, state="released"))
            for name, one in plant.instructions.items()
        }
        self.room.adopted(replace(plant, instructions=some))

    def change(self, one: Instruction) -> None:
        """The plant's files have another text of an instruction now."""
        plant = self.room.filed
        self.room.adopted(replace(plant, instructions={**plant.instructions, one.id: one}))

    def beat(self, seconds: float = 0.0) -> None:
        """Time passes at the engine, and it says that it is there."""
        if seconds:
            self.clock.advance(seconds)
        self.driver.health.last_life = self.clock.monotonic()
        self.room.look()
        self.engine.say(Health(self.clock.now_ns(), jobs=self.room.changed))

    def crash(self) -> None:
        """The engine is gone; its journal is all that is left."""
        self.engine.hang_up()
        self.close_files()

    def restart(self) -> None:
        """And there it is again."""
        self._open()
        self.engine.up = True

    def job(self) -> Job:
        """The one job, as the journal has it."""
        [row] = self.reader.find({})
        job = self.reader.job(row.id)
        assert job is not None
        return job

    def close_files(self) -> None:
        self.people.close()
        self.store.close()

    def close(self) -> None:
        self.close_files()
        self.pool.shutdown()
        self.loop.close()


def told(widget: Any) -> str:
    """What a label says."""
    return str(widget.whole)
