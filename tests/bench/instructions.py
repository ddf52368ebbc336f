"""What 500 work instructions with pictures cost the window: the list opens, and is searched as somebody types.

The page itself over the street of one process, offscreen: from asking for it to the ink of its first picture, and from
a key to the ink of what is found. Medians of rounds, each key by itself; the slowest of them counts, too.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtWidgets import QApplication

from hmi.client.instructions.page import InstructionsPage
from hmi.client.page import Desk
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.wire import Wire
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.plant.model import Plant
from hmi.core.steps.conditions import Reading
from hmi.core.steps.procedure import procedure_of
from hmi.core.tags import TagTable
from hmi.engine.jobs_due import dues
from hmi.engine.jobs_pictures import Pictures
from hmi.engine.welcome import welcome_of
from hmi.link import local
from hmi.link.messages import Health, Hello, Reply, Request, Values
from hmi.link.street import Session
from hmi.plantfiles.folder import find_plant, load_folder, read_library, read_texts
from hmi.store.attachments import Attachments
from tests.bench._figures import figure

MANY = 500
TYPED = "seal pump 4"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><rect x="{0}" width="30" height="10"/></svg>'
)
TEXT = """+++
title = "Change the seal of pump {0}"
revision = "1"
equipment = ["filler"]
minutes = 12
every_h = 24
hazards = ["Hot water"]
+++

What it is for.

![Pump {0}](pump-{0}.svg)

## Close the valve

![Pump {0}](pump-{0}.svg)

## Level

```step
id = "level"
type = "number"
low = 1
high = 5
```
"""


def measure() -> list[dict[str, Any]]:
    """Ten openings, and a sentence typed ten times."""
    return _measured(10)


def measure_quick() -> list[dict[str, Any]]:
    """Three of each."""
    return _measured(3)


def _measured(rounds: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        plant = _plant(Path(folder) / "plant")
        with _desk(plant) as (desk, application):
            opened = [_opened(desk, application) for _ in range(rounds)]
            typed = [_typed(desk, application) for _ in range(rounds)]
        keys = [median(times) for times in zip(*typed, strict=True)]  # each key by itself
        begun = _pictured(plant, Path(folder))
    name = f"{MANY} instructions with pictures: "
    return [
        figure(f"{name}list open, to its first picture", median(opened), "ms", 300.0),
        figure(f"{name}search, a key to its picture, median", median(keys), "ms", 50.0),
        figure(f"{name}search, a key to its picture, slowest", max(keys), "ms", 50.0),
        figure(f"{name}a job's pictures kept at its start", begun, "ms", 50.0),
    ]


def _plant(folder: Path) -> Plant:
    """The demo plant with so many instructions more."""
    for file, text in read_texts(find_plant("bottling")).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for number in range(MANY):
        (folder / "instructions" / f"seal-{number}.md").write_text(TEXT.format(number))
        (folder / "instructions" / f"pump-{number}.svg").write_text(DRAWING.format(number))
    return load_folder(folder)


class _Far:
    """The engine's end of the link: the plant, its lists, nothing that happens."""

    def __init__(self, plant: Plant, clock: HandClock) -> None:
        self.plant, self.clock, self.table = plant, clock, TagTable(plant.tags)
        self.due = dues(plant, {}, lambda name: Reading(None, q.BAD), clock.now_ns())

    def opened(self, session: Session) -> None:
        """The window has come."""
        now = self.clock.now_ns()
        session.send(welcome_of(self.plant, read_library(), now, 0))
        session.send(Values.of(self.table.rows(np.arange(len(self.table))), now, snapshot=True))
        session.send(Health(now))

    def closed(self, session: Session) -> None:
        """It has gone."""

    def received(self, session: Session, message: Request) -> None:
        """What is due is told; of anything else there is nothing."""
        body = self.due if message.verb == "instructions" else []
        session.send(Reply(message.number, True, "", body))


@contextmanager
def _desk(plant: Plant) -> Iterator[tuple[Desk, QApplication]]:
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication(["hmi"])
    application.setStyle("Fusion")
    dress(application, day(), False)
    clock = HandClock()
    far = _Far(plant, clock)
    wire = Wire(lambda: local.pair(far, Hello(token="", program="client", user="a", station="b")), clock)
    wire.start()
    wire.tick()
    assert wire.plant is not None and wire.mirror is not None, wire.text
    yield Desk(wire.plant, wire.mirror, wire, clock, ZoneInfo("UTC"), day()), application
    wire.stop()


def _opened(desk: Desk, application: QApplication) -> float:
    """From asking for the page to its picture with all that is due."""
    before = perf_counter()
    page = _page(desk, application)
    took = (perf_counter() - before) * 1e3
    assert len(page.queue.instructions) >= MANY, "the list is not complete"
    _gone(page)
    return took


def _typed(desk: Desk, application: QApplication) -> list[float]:
    page, took = _page(desk, application), []
    for place in range(1, len(TYPED) + 1):
        before = perf_counter()
        page.queue.entry.setText(TYPED[:place])
        application.sendPostedEvents()
        page.grab()
        took.append((perf_counter() - before) * 1e3)
    assert 0 < len(page.queue.instructions) < MANY, "nothing was left out"
    _gone(page)
    return took


def _page(desk: Desk, application: QApplication) -> InstructionsPage:
    page = InstructionsPage(desk)
    page.resize(1232, 776)
    page.show()
    page.refresh()
    desk.wire.tick()
    application.sendPostedEvents()
    page.grab()
    return page


def _gone(page: InstructionsPage) -> None:
    page.dispose()
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents()


def _pictured(plant: Plant, folder: Path) -> float:
    pictures, took = Pictures(folder / "plant", Attachments(folder)), []
    for number in range(20):
        one = plant.instructions[f"seal-{number}"]
        procedure = procedure_of(one, plant.instructions, {})
        before = perf_counter()
        pictures.pictured(procedure, plant)
        took.append((perf_counter() - before) * 1e3)
    return median(took)
