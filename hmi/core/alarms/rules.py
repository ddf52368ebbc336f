"""Alarm rules as the plant's files give them: what is wrong when, how urgent it is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

LEVEL_TYPES: Final = ("level_ll", "level_l", "level_h", "level_hh")
PAIR_TYPES: Final = ("deviation", "mismatch")  # of a value and its set-point, of a feedback and its command
TYPES: Final = (*LEVEL_TYPES, *PAIR_TYPES, "rate", "discrete", "bad")
CONSEQUENCES: Final = ("minor", "major", "severe")
DIRECTIONS: Final = ("up", "down", "both")
PER_S: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}  # what a rate's limit is written per
SHELVE_H: Final = 8.0  # longest that a person may shelve an alarm of a class that says nothing
MOST_SHELVE_H: Final = 24.0  # and the longest that any class may allow


@dataclass(frozen=True, slots=True)
class AlarmClass:
    """What alarms of a class have in common: how they are annunciated, and how they may be kept quiet."""

    name: str = "process"
    shelve_max_h: float = SHELVE_H  # 0: never shelved
    second_person: bool = False  # highly managed: somebody else must agree to shelve it
    shelve_role: str = "operate"  # least role that may
    service_role: str = "maintain"  # least role that may take it out of service
    auto_ack: bool = False  # acknowledged by its return
    realarm_min: float = 0.0  # annunciated anew when it still stands so long after its acknowledgement; 0: never


@dataclass(frozen=True, slots=True)
class Rule:
    """One [[alarm]]: when it is raised, and its rationalisation (ISA-18.2 clause 9)."""

    index: int
    id: str
    tag: int  # index of its tag
    type: str  # one of TYPES
    limit: float  # level: the limit; discrete: the abnormal value; deviation: how far apart; rate: units per second
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
    other: int = -1  # index of the tag with the set-point, the command, or the limit; -1 none
    over_s: float = 10.0  # rate: the span it is taken over
    per: str = "s"  # rate: what people read its limit per; `limit` is per second all the same
    direction: str = "both"  # rate: up, down or both
    exclusive: bool = False  # of the levels of one tag, only the worst stands
    realarm_min: float | None = None  # None: as its class says
    basis: str = ""  # why the limit is what it is
    group: str = ""  # alarms that one cause raises together; the first of them is told as such


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
