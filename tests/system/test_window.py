"""The real window on a real engine that dies: what the operator is told, and when."""

import os
import signal

import pytest

from hmi.client.app import RunOptions, open_window
from hmi.clock import MachineClock
from hmi.core import quality as q
from tests.faults.yard import SLACK


@pytest.fixture
def window(stand, qtbot):
    """The window on the demo plant, with every value live."""
    made = open_window(RunOptions(data=stand.folder, size=(1280, 800)), MachineClock())
    qtbot.addWidget(made)
    made.show()
    made.start()
    qtbot.waitUntil(lambda: made.wire.mirror is not None and worst(made) < q.UNCERTAIN, timeout=60_000)
    yield made
    made.stop()


def worst(window):
    return q.worst(window.wire.mirror.table.quality)


def all_stale(window):
    mirror = window.wire.mirror
    return mirror.link_down and not (mirror.table.quality < q.UNCERTAIN).any()


@pytest.mark.fault(rows=[45])
def test_engine_frozen_the_window_shows_it_and_comes_back(stand, window, qtbot):
    os.kill(stand.engine.process.pid, signal.SIGSTOP)
    try:
        qtbot.waitUntil(lambda: all_stale(window), timeout=int(3000 * SLACK))
    finally:
        os.kill(stand.engine.process.pid, signal.SIGCONT)
    qtbot.waitUntil(lambda: worst(window) < q.UNCERTAIN, timeout=60_000)


@pytest.mark.fault(rows=[45])
def test_engine_killed_the_window_shows_it_in_two_seconds_and_comes_back(stand, window, qtbot):
    stand.kill(stand.engine)
    qtbot.waitUntil(lambda: all_stale(window), timeout=int(2000 * SLACK))
    stand.start_engine()
    qtbot.waitUntil(lambda: worst(window) < q.UNCERTAIN, timeout=60_000)
