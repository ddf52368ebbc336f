"""Alarm rules as the plant's files give them: what is wrong when, how urgent it is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

LEVEL_TYPES: Final = ("level_ll", "level_l", "level_h", "level_hh")
TYPES: Final = (*LEVEL_TYPES, "discrete", "bad")  # deviation and rate come with the whole of ISA-18.2
CONSEQUENCES: Final = ("minor", "major", "severe")


@dataclass(frozen=True, slots=True)
class Rule:
    """One [[alarm]]: when it is raised, and its rationalisation (ISA-18.2 clause 9)."""

    index: int
    id: str
    tag: int  # index of its tag
    type: str  # one of TYPES
    limit: float  # level: the limit; discrete: the value that is abnormal
    deadband: float
    on_delay_s: float
    off_delay_s: float
    latching: bool
    class_: str
    consequence: str
    respond_min: float
    priority: int  # 1 urgent .. 4 low, from the plant's matrix, never typed in
    cause: str
    effect: str
    action: str
    instruction: str = ""
    screen: str = ""
    suppress_when: str = ""
    status: str = "draft"
    title: str = ""  # short text of the list; the tag's description and the type where the file gives none
    rationalised_by: str = ""
    rationalised_on: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The site's priority matrix: severity of the consequence x time left to respond."""

    respond_min: tuple[float, ...] = (3.0, 10.0, 30.0)  # upper bounds of the columns; the last column is open
    priorities: Mapping[str, Sequence[int]] = field(
        default_factory=lambda: {"minor": (3, 4, 4, 4), "major": (2, 3, 3, 4), "severe": (1, 1, 2, 3)}
    )

    def priority(self, consequence: str, respond_min: float) -> int:
        """Priority 1..4 of a consequence that must be answered within so many minutes."""
        column = sum(1 for bound in self.respond_min if respond_min > bound)
        return int(self.priorities[consequence][column])
