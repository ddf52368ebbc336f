"""The engine that runs on a data folder, seen through its link: how it is, what must not be disturbed, and its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from hmi.clock import Clock
from hmi.core import plant as plant_files
from hmi.core.errors import HmiError, LinkError
from hmi.link import address
from hmi.link.messages import AlarmRow, Welcome
from hmi.link.socket import Connection, connect
from hmi.update.ownership import as_owner

URGENT: Final = 1  # priority of the alarms that nothing may take attention from
STOP_S: Final = 60.0  # an engine with much to write takes its time
_WAITS: Final = ("unacknowledged", "returned-unacknowledged", "latched-unacknowledged")
_ASK_S: Final = 5.0


class State(NamedTuple):
    """How an engine is."""

    pid: int
    version: str
    plant: str  # its id
    digest: str  # of the plant's files that it shows
    live: frozenset[str]  # connections on which values come
    fault: str  # what is wrong with its records, or why it may not write; "" nothing
    files: str  # folder of the plant's files
    files_state: str  # current | mistakes | restart


def state(data: Path, clock: Clock) -> State | None:
    """How the engine of a data folder is; None where none runs or answers."""
    try:
        found = address.read(data)
        with _talk(data, clock) as link:
            told = link.ask("status", timeout_s=_ASK_S).body
    except LinkError:
        return None
    live = frozenset(str(row["id"]) for row in told["connections"] if row["state"] == "live")
    files = told.get("plant_files", {})
    fault = str(told.get("store_fault") or told.get("safe_mode") or "")
    return State(
        pid=found.pid,
        version=str(told.get("version", "")),
        plant=str(told.get("plant", "")),
        digest=str(told.get("digest", "")),
        live=live,
        fault=fault,
        files=str(files.get("folder", "")),
        files_state=str(files.get("state", "current")),
    )


def hindrances(data: Path, clock: Clock) -> list[str]:
    """What must not be disturbed now, in words: jobs that are open, urgent alarms that nobody has acknowledged."""
    try:
        with _talk(data, clock) as link:
            jobs = link.ask("jobs", timeout_s=_ASK_S, state="open")
            alarms = link.ask("alarms", timeout_s=_ASK_S)
            urgent = _urgent(link, alarms.body or [], clock)
    except LinkError:
        return []  # no engine, so nobody works with it
    found = [f"job {row['id']} is open" for row in (jobs.body or []) if jobs.ok]
    return found + [f"urgent alarm {name} is not acknowledged" for name in urgent]


def _urgent(link: Connection, rows: list[Any], clock: Clock) -> list[str]:
    waiting = [row for row in msgspec.convert(rows, list[AlarmRow]) if row.state in _WAITS]
    if not waiting:
        return []
    plant = _plant(link, clock)
    found = []
    for row in waiting:
        if row.condition is not None:
            found += [row.condition.id] if row.condition.priority <= URGENT else []
        elif row.rule < len(plant.rules) and plant.rules[row.rule].priority <= URGENT:
            found.append(plant.rules[row.rule].id)
    return found


def _plant(link: Connection, clock: Clock) -> Any:
    until = clock.monotonic() + _ASK_S
    while clock.monotonic() < until:
        for message in link.wait(_ASK_S):
            if isinstance(message, Welcome):
                return plant_files.load(message.plant, message.library)
    raise LinkError("the engine accepted the link and says nothing: is it stopped or overloaded?")


def stop(data: Path, clock: Clock, pause: Callable[[float], None]) -> None:
    """End the engine of a data folder in order and wait until it has; raises HmiError when it does not end."""
    found = state(data, clock)
    if found is None:
        return
    try:
        with as_owner(data):  # the number stands in a file of the engine's account: no process but its own
            os.kill(found.pid, signal.SIGTERM)
        until = clock.monotonic() + STOP_S
        while _lives(found.pid):
            if clock.monotonic() > until:
                raise HmiError(f"The engine (process {found.pid}) does not end: nothing was changed. Stop it by hand")
            pause(0.1)
    except ProcessLookupError:
        return
    except PermissionError:
        raise HmiError(
            f"The engine (process {found.pid}) is another user's: do it as that user, or with sudo"
        ) from None


def _lives(pid: int) -> bool:
    """Whether a process is still there; one that has ended and was not asked for yet is not."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] not in "ZX"


class _talk:  # noqa: N801 - used as a function
    """A link to the engine for a few questions."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._link = connect(data, program="update", stream=False, clock=clock)

    def __enter__(self) -> Connection:
        return self._link

    def __exit__(self, *_: object) -> None:
        self._link.close()
