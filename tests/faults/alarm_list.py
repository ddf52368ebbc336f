"""The alarm list of a station under trial, as a window has it, and what a person does to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from hmi.clock import MachineClock
from hmi.core.errors import LinkError
from hmi.link.messages import AlarmRow, Alarms, Reply
from hmi.link.socket import connect
from tests.faults.station import PATIENCE_S, Station

_ALARM = """[[alarm]]
id = "{id}"
tag = "{tag}"
type = "{type}"
limit = {limit}
deadband = 0.0
on_delay_s = {on_delay_s}
consequence = "minor"
respond_min = 60
cause = "a trial"
effect = "none"
action = "none"
status = "approved"
rationalised_by = "T. Rial"
rationalised_on = 2026-03-01

"""


def alarm(name: str, tag: str, limit: float, kind: str = "level_h", on_delay_s: float = 0) -> str:
    """One [[alarm]] of alarms.toml."""
    return _ALARM.format(id=name, tag=tag, limit=limit, type=kind, on_delay_s=on_delay_s)


class AlarmList:
    """Listens to the engine's alarms; rows are known by the number of their rule, in the order of the file."""

    def __init__(self, station: Station, names: Iterable[str]) -> None:
        self.names = list(names)
        self.rows: dict[str, AlarmRow] = {}
        self.told = 0  # rows that came
        self._link = connect(station.data, program="test", user="eve", station="desk", clock=MachineClock())

    def __enter__(self) -> AlarmList:
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def state(self, name: str) -> str:
        """How one alarm stands."""
        return self.rows[name].state if name in self.rows else "normal"

    def states(self) -> dict[str, str]:
        """How every alarm stands."""
        return {name: self.state(name) for name in self.names}

    def ask(self, verb: str, *names: str, **more: object) -> Reply:
        """Ack, shelve, unshelve … some alarms; what is answered is on the engine's disk."""
        return self._link.ask(verb, alarms=list(names), timeout_s=PATIENCE_S, **more)

    def until(self, wanted: Callable[[], bool], within_s: float = PATIENCE_S) -> float:
        """Seconds until `wanted()` holds; fails the test when it does not in time."""
        start = time.monotonic()
        while not wanted():
            passed = time.monotonic() - start
            assert passed < within_s, f"not within {within_s:g} s: {self.states()}"
            self.listen(0.05)
        return time.monotonic() - start

    def listen(self, seconds: float) -> None:
        """Take in what comes next, for so long at most."""
        try:
            messages = self._link.wait(seconds)
        except LinkError:
            return
        for message in messages:
            if isinstance(message, Alarms):
                if message.snapshot:
                    self.rows = {}
                self.rows |= {self.names[row.rule]: row for row in message.rows}
                self.rows = {name: row for name, row in self.rows.items() if row.state != "normal"}
                self.told += len(message.rows)
