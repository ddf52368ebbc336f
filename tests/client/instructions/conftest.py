"""A window, a tablet and a desk at an engine that carries out jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hmi.client.instructions.page import InstructionsPage
from hmi.client.instructions.work import Work, work_of
from hmi.client.page import Desk
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.window import Window
from hmi.client.wire import Wire
from hmi.clock import HandClock
from hmi.engine import hashing
from tests.client.conftest import SmallEngine
from tests.client.instructions.bench import Bench


@pytest.fixture
def bench(engine: SmallEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(hashing, "_hasher", hashing._hasher)  # put back when the test is over
    made = Bench(engine, tmp_path, read_me="# Only a text\n\nTo be read.\n")
    hashing._nobody.cache_clear()
    yield made
    made.close()


@pytest.fixture
def work(bench: Bench, desk: Desk) -> Work:
    return work_of(desk)


@pytest.fixture
def page(qtbot: Any, bench: Bench, desk: Desk) -> Iterator[InstructionsPage]:
    """The page of a tablet that is held upright, alone."""
    made = InstructionsPage(replace(desk, touch=True))
    qtbot.addWidget(made)
    made.resize(800, 1100)
    made.show()
    yield made
    made.dispose()


@pytest.fixture
def beat(bench: Bench, desk: Desk, page: InstructionsPage) -> Callable[..., None]:
    """Time passes, the engine speaks, the window hears and shows it."""

    def one(seconds: float = 0.0) -> None:
        if bench.engine.up:
            bench.beat(seconds)
        elif seconds:
            bench.clock.advance(seconds)
        desk.wire.tick()
        for _ in range(3):  # an answer may ask for more
            page.refresh()
            desk.wire.tick()
        page.pulse(True)

    one()
    return one


@pytest.fixture
def tablet(qtbot: Any, qapp: Any, bench: Bench, wire: Wire, clock: HandClock) -> Iterator[Window]:
    """A window in the tablet's frame."""
    dress(qapp, day(), True)
    made = Window(wire, clock, day(), touch=True, user="anna", station="desk")
    qtbot.addWidget(made)
    made.resize(800, 1280)
    made.show()
    wire.start()
    made.frame.beat()
    yield made
    made.stop()
    dress(qapp, day(), False)
