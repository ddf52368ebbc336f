"""An hour of the small plant on a real disk; the small engine answers out of it as the real one does."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from hmi.core.batch import FLAG_TEXT, Batch
from hmi.link.messages import Reply
from hmi.store.paging import page
from hmi.store.query import Reader
from hmi.store.report import Wanted
from hmi.store.store import Store

S = 1_000_000_000


@pytest.fixture
def stored(tmp_path, engine, clock) -> Path:
    """Levels, speeds against them, a pump that runs for five of every ten minutes, a lot every quarter of an hour."""
    folder = tmp_path / "data"
    store = Store(folder, engine.plant.tags, clock)
    for second in range(0, 3600, 10):
        now = clock.now_ns()
        store.append(Batch.of([0, 2, 3], [second / 60.0, 60.0 - second / 60.0, second // 300 % 2], now, now))
        if second % 900 == 0:
            lot = Batch.of([5], [math.nan], now, now, flags=FLAG_TEXT)
            store.append(Batch(lot.rows, (f"L-{second // 900}",)))
        clock.advance(10)
    store.flush().result(20)
    store.close()
    engine.answers |= answers(Reader(folder))
    return folder


def answers(reader):
    """What the engine says, out of the history on the disk."""

    def samples(request):
        found, after = page(reader, request.args["tag"], request.args["from_ns"], request.args["to_ns"], 100)
        return Reply(request.number, True, "", {"samples": found.pack(), "next_ns": after})

    def history(request):
        args = request.args
        found = reader.window(args["tags"], args["from_ns"], args["to_ns"], args["points"])
        return Reply(request.number, True, "", [one.pack() for one in found])

    def figures(request):
        edges = np.array(request.args["edges"], np.int64)
        found = reader.aggregate(request.args["tags"], Wanted(request.args["kinds"], edges, int(edges[-1])))
        return Reply(request.number, True, "", [one.pack() for one in found])

    return {"samples": samples, "history": history, "figures": figures}


@pytest.fixture
def hour(stored, clock) -> tuple[int, int]:
    """From when to when that is."""
    return clock.now_ns() - 3600 * S, clock.now_ns()


@pytest.fixture
def host(qtbot, desk) -> QWidget:
    """What sheets lie over, without a page on it."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


@pytest.fixture
def heard(qtbot, desk):
    """Hear the engine until something is so."""

    def until(is_so):
        def hear():
            desk.wire.tick()
            return bool(is_so())

        qtbot.waitUntil(hear, timeout=20_000)

    return until
