"""What a check of the self-test is, where it works, and how each one ends.

To add a group of checks, write a module of this package with a table

    CHECKS: Final = (Check("listening ports", "nothing listens beyond this machine", _listens), ...)

of functions that take a `Ground` and give back what they saw, in words (`"2 sockets, both on loopback"`), or raise
`Failed` (in words: what is wrong, what it means for the plant, what to do) or `NotChecked` (why it cannot be looked at
here); then name the module in `GROUPS`. `hmi selftest GROUP` runs it. Every check runs in a process of its own, so a
check may crash or hang and is named for it; it must not rely on what an earlier one has left.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import msgspec

from hmi.clock import Clock
from hmi.core.errors import HmiError

PASSED: Final = "passed"
FAILED: Final = "failed"
NOT_CHECKED: Final = "not checked"

GROUPS: Final = {
    "program": "hmi.selftest.program",  # every part of the program, on a small plant of its own
    "data": "hmi.selftest.data",  # a data folder can be read (--data)
    "security": "hmi.selftest.security",  # how the station is protected (--data)
}


class Failed(HmiError):
    """A part of the program or of the station is not as it has to be; the text says what and what to do."""


class NotChecked(HmiError):
    """A check has nothing to look at here; the text says why."""


class Starts(Protocol):
    """What starts another process of this program, ended when the check is."""

    def __call__(self, name: str, *words: str) -> str:
        """Its `ready …` line; HmiError with the last words of its log when it does not start.

        `name` is what it is called in words; `words` are what stands behind `hmi` on its command line.
        """


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a check works."""

    folder: Path  # empty, the check's own, thrown away afterwards
    clock: Clock
    start: Starts
    free_ports: Callable[[int], int]  # the first of so many neighbouring TCP ports that are free
    data: Path | None = None  # the data folder that was named with --data

    def named_data(self) -> Path:
        """The data folder that was named; NotChecked where none was."""
        if self.data is None:
            raise NotChecked("no data folder was named: --data DIR")
        if not self.data.is_dir():
            raise Failed(f"there is no data folder {self.data}: nothing of it could be checked. Name another one")
        return self.data


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be so."""

    name: str  # short, in lower case, unique in its group: it names the result
    claim: str  # what is shown by its passing
    look: Callable[[Ground], str]
    seconds: float = 60.0  # after so long it has failed


class Result(msgspec.Struct, frozen=True):
    """How one check ended."""

    group: str
    name: str
    outcome: str  # passed, failed, not checked
    text: str  # what was seen, or what is wrong and what to do
    seconds: float


def checks_of(group: str) -> tuple[Check, ...]:
    """The checks of a group, in the order in which they run; HmiError when this program has no such group."""
    if group not in GROUPS:
        raise HmiError(f"There is no group of checks {group!r}: nothing was checked. There are: {', '.join(GROUPS)}")
    found: tuple[Check, ...] = importlib.import_module(GROUPS[group]).CHECKS
    return found


def check_of(group: str, name: str) -> Check:
    """One check by its name; HmiError when the group has none of that name."""
    found = [check for check in checks_of(group) if check.name == name]
    if not found:
        names = ", ".join(check.name for check in checks_of(group))
        raise HmiError(f"There is no check {name!r} in {group}: nothing was checked. There are: {names}")
    return found[0]


def made(group: str, check: Check, ground: Ground) -> Result:
    """Run one check here; whatever it raises is its result."""
    begun = ground.clock.monotonic()
    try:
        outcome, text = PASSED, check.look(ground)
    except NotChecked as reason:
        outcome, text = NOT_CHECKED, str(reason)
    except HmiError as error:
        outcome, text = FAILED, str(error)
    except Exception as fault:  # noqa: BLE001 - a fault of any part is what a self-test is there to find
        outcome, text = FAILED, f"a fault in the program: {type(fault).__name__}: {fault}"
    return Result(group, check.name, outcome, text, round(ground.clock.monotonic() - begun, 3))
