"""What every test is held to: no unexpected warning in the log, and nothing left running or open behind it.

Warnings of Python and exceptions in threads are failures by pytest's own settings (pyproject.toml).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import hypothesis
import pytest

# The same code passes or fails, however busy the machine is and whoever looks; the long runs look elsewhere each time.
hypothesis.settings.register_profile(
    "sure",
    deadline=None,
    derandomize=not {"HMI_FUZZ", "HMI_FAULTS"} & os.environ.keys(),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("sure")

GRACE_S = 2.0  # a thread that was told to end may still be on its way out
HAS_FAILED = pytest.StashKey[bool]()
ROOM = Path(__file__).parent
MANY = 8_000  # things that a search goes through; above, those of earlier tests are set aside
reported_timers: set[int] = set()
searched = [0]  # through how many things the last search went
known_timers: weakref.WeakSet[object] = weakref.WeakSet()  # all QTimers that a search has met


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Nothing that is made while tests are collected is thrown away soon: looking for such things costs a third."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        set_aside()


def set_aside() -> None:
    """Set aside for good what is there to stay, so that each search for what a test left is a short one."""
    gc.collect()
    gc.freeze()


# Rooms whose tests share servers in other processes, slow to start, or are held to times.
SHARING = ("drivers", "sim", "system", "faults", "interop")
# Rooms of which one worker runs all or one test lasts minutes, the longest first: begun late, the others would wait.
EARLY = ("soak", "faults", "drivers", "system", "security", "selftest", "interop", "update", "sim")
EARLY += ("commands", "store", "engine", "packaging_rules", "plantfiles", "uplink")  # files of half a minute


@pytest.hookimpl(tryfirst=True)  # before the distribution over workers is decided
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share servers, or what a file makes ready, run in one worker; what takes long begins first."""
    places = {room: place for place, room in enumerate(EARLY)}
    items.sort(key=lambda item: places.get(item.path.relative_to(ROOM).parts[0], len(EARLY)))
    for item in items:
        for marker in item.iter_markers("fault"):
            item.user_properties.append(("rows", " ".join(map(str, marker.kwargs["rows"]))))  # for the table of faults
        for room in SHARING:
            if f"tests/{room}/" in item.path.as_posix():
                item.add_marker(pytest.mark.xdist_group(room))
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOM).with_suffix("").as_posix()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember a failure: its traceback keeps widgets and tasks alive, and one report is enough."""
    report = yield
    if report.failed:
        item.stash[HAS_FAILED] = True
    return report


@pytest.fixture(autouse=True)
def leaves_nothing_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up before every other fixture of the test and looked at after them all, the event loop included."""
    if searched.pop() > MANY:
        set_aside()  # between two tests nothing is held but caches and what belongs to a whole file
    searched.append(0)
    threads, windows = set(threading.enumerate()), open_windows()
    with warnings_heard() as heard, tasks_cut_off() as tasks:
        yield
    if request.node.stash.get(HAS_FAILED, False):
        return
    faults = [f"unexpected in the log: {line}" for line in heard if not is_expected(line, request.node)]
    if not request.node.get_closest_marker("keeps_running"):
        faults += [f"thread left running: {thread}" for thread in left_threads(threads)]
        faults += [f"task left running: {task}" for task in tasks]
        faults += [f"window left open: {window}" for window in left_windows(windows)]
        if "qapp" in request.fixturenames:
            faults += [f"QTimer left running: {timer}" for timer in left_timers()]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


# ---------------------------------------------------------------------------------------------- the log


class _Ear(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        trouble = f" ({record.exc_info[1]!r})" if record.exc_info and record.exc_info[1] else ""
        self.heard.append(f"{record.levelname} {record.name}: {record.getMessage()}{trouble}")


@contextmanager
def warnings_heard() -> Iterator[list[str]]:
    """Collect what is logged at WARNING and above, asyncio's forgotten exceptions among it."""
    heard: list[str] = []
    ear = _Ear(heard)
    logging.getLogger().addHandler(ear)
    try:
        yield heard
        gc.collect(1)  # a task that fell over speaks up when it is thrown away
    finally:
        logging.getLogger().removeHandler(ear)


def is_expected(line: str, node: pytest.Item) -> bool:
    """Whether one of the test's `expect_log` markers speaks of this line."""
    for marker in node.iter_markers("expect_log"):
        if not marker.args or any(re.search(pattern, line) for pattern in marker.args):
            return True
    return False


# ------------------------------------------------------------------------------------- threads and tasks


def left_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Give back the Python threads that are new and do not end by themselves within the grace."""
    deadline = time.monotonic() + GRACE_S
    # Qt's own threads show up as dummies once they have run a line of Python; nobody can join them.
    new = [t for t in threading.enumerate() if t not in before and not isinstance(t, threading._DummyThread)]
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in new if thread.is_alive()]


@contextmanager
def tasks_cut_off() -> Iterator[list[str]]:
    """Collect the tasks that an event loop had to cancel because they were still there when it was closed."""
    cut_off: list[str] = []
    cancel_all = asyncio.runners._cancel_all_tasks

    def note_and_cancel(loop: asyncio.AbstractEventLoop) -> None:
        for _ in range(3):  # a cancelled task needs a turn or two of the loop to end
            loop.run_until_complete(asyncio.sleep(0))
        cut_off.extend(repr(task) for task in asyncio.all_tasks(loop))
        cancel_all(loop)

    asyncio.runners._cancel_all_tasks = note_and_cancel
    try:
        yield cut_off
    finally:
        asyncio.runners._cancel_all_tasks = cancel_all


# --------------------------------------------------------------------------------------------------- Qt


def open_windows() -> dict[int, str]:
    """Map every widget without a parent to its name; empty where no test has started Qt."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or not isinstance(widgets.QApplication.instance(), widgets.QApplication):
        return {}
    import shiboken6

    return {shiboken6.getCppPointer(w)[0]: repr(w) for w in widgets.QApplication.topLevelWidgets()}


def left_windows(before: dict[int, str]) -> list[str]:
    """Name the windows that are new and stay after Qt and Python have thrown away what nobody holds."""
    if not open_windows().keys() - before.keys():
        return []
    from PySide6.QtCore import QCoreApplication, QEvent

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return [name for pointer, name in open_windows().items() if pointer not in before]


def left_timers() -> list[str]:
    """Name the QTimers that still tick; each is held against one test only."""
    import shiboken6
    from PySide6.QtCore import QTimer

    things = gc.get_objects()
    searched[:] = [len(things)]
    known_timers.update(thing for thing in things if issubclass(type(thing), QTimer))
    ticking = {shiboken6.getCppPointer(t)[0]: repr(t) for t in known_timers if shiboken6.isValid(t) and t.isActive()}
    new = [name for pointer, name in ticking.items() if pointer not in reported_timers]
    reported_timers.update(ticking)
    return new
