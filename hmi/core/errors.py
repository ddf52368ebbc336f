"""Whose fault is it? `PlantError`: your files. `DeviceError`, `StoreError`: the world. Anything else is our bug."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a plant file: where it is, what is wrong and how to mend it."""

    file: str
    line: int  # 1-based; 0 where no line can be named
    what: str
    mend: str
    severity: str = "error"  # error | warning: a warning does not stop the plant from being loaded

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        mark = "" if self.severity == "error" else f"{self.severity}: "
        return f"{where}: {mark}{self.what}. {self.mend}"


class HmiError(Exception):
    """Something a person can act on: its text says what happened, what it means and what to do, in one line."""


class PlantError(HmiError):
    """The plant's files have mistakes; carries every one of them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        first = str(self.mistakes[0]) if self.mistakes else "the plant files cannot be used"
        more = f" (and {len(self.mistakes) - 1} more: hmi check)" if len(self.mistakes) > 1 else ""
        super().__init__(first + more)


class AddressError(ValueError):
    """An address, of a controller or of a value in it, that cannot be used: what is wrong, and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what}: {mend[:1].lower()}{mend[1:]}")


class DeviceError(HmiError):
    """A controller or gateway is away, refuses or misbehaves."""


class StoreError(HmiError):
    """History or journal cannot be read or written."""


class TooMany(StoreError):
    """More values are kept of that time than one answer is to hold."""


class LinkError(HmiError):
    """The engine cannot be reached, or does not want to talk to us."""
