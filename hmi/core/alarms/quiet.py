"""The ways to keep an alarm quiet, and who may: shelved by an operator for a time, out of service under a permit.

ISA-18.2 clause 11. Suppression by design has no person and no time: it follows its expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hmi.core.alarms.rules import MOST_SHELVE_H, AlarmClass, Rule
from hmi.core.policy import LONGEST_REASON, ROLES

REASONS: Final = ("chattering", "under repair", "known cause", "test", "start-up", "other")
MOST_SHELVED: Final = 20  # alarms that one person may have on the shelf at a time
URGENT_ROLE: Final = "maintain"  # least role that may shelve an alarm of priority 1
WARN_S: Final = 300.0  # before a shelf ends
_NS: Final = 1_000_000_000
_UNTIL: Final = re.compile(r"until (\S+)")
_PERMIT: Final = re.compile(r"permit (\S+)")
_SECOND: Final = re.compile(r"agreed by (.+?)(?:, |$)")
_ELSE: Final = "the second person must be somebody else"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Why an alarm is not annunciated: who shelved it or took it out of service, when, until when and why."""

    user: str
    station: str
    why: str
    since_ns: int
    until_ns: int = 0  # of a shelf: the wall clock's time at which it ends
    due: float = float("inf")  # of a shelf: the same on the clock that nobody steps, monotonic seconds
    one_shot: bool = False  # the shelf ends with the return of the alarm, if that comes first
    permit: str = ""  # out of service: permit or work order
    second: str = ""  # who agreed, where a second person must

    @property
    def text(self) -> str:
        """What the journal keeps of it beside who and why; `read` makes it a Quiet again."""
        parts = [f"until {moment(self.until_ns)}"] if self.until_ns else []
        parts += ["once"] if self.one_shot else []
        parts += [f"permit {self.permit}"] if self.permit else []
        parts += [f"agreed by {self.second}"] if self.second else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for."""

    user: str
    role: str
    why: str
    hours: float = 0.0  # of a shelf
    permit: str = ""  # out of service
    second: str = ""  # the account of who agrees, having proven who he is
    second_role: str = ""  # what that person may do


def shelve_role(of: AlarmClass, priority: int) -> str:
    """The least role that may shelve an alarm of a class and priority."""
    return _higher(of.shelve_role, URGENT_ROLE) if priority == 1 else of.shelve_role


def may_shelve(rule: Rule, of: AlarmClass, asked: Asked, already: Mapping[int, Quiet]) -> str:
    """Why a person may not shelve an alarm, and what to do; "" when the person may."""
    longest = min(of.shelve_max_h, MOST_SHELVE_H)
    least = shelve_role(of, rule.priority)
    mine = sum(1 for shelf in already.values() if shelf.user == asked.user)
    complaints = (
        (longest <= 0, f"alarms of class {of.name} are never shelved. Take it out of service under a permit"),
        (not 0 < asked.hours <= longest, f"say for how long: up to {longest:g} h for class {of.name}"),
        (not _is(asked.role, least), f"it needs the role {least}, and yours is {asked.role}. Ask somebody who has it"),
        (mine >= MOST_SHELVED and rule.index not in already, f"you have {mine} on the shelf: unshelve some first"),
        (of.second_person and not asked.second, f"alarms of class {of.name} need a second person who agrees"),
        (of.second_person and asked.second.casefold() == asked.user.casefold(), _ELSE),
        (
            of.second_person and not _is(asked.second_role, least),
            f"{asked.second} may not do that, so cannot agree to it either. Ask somebody who has the role {least}",
        ),
        *_reason(asked.why),
    )
    return next((f"{rule.id} is not shelved: {text}" for wrong, text in complaints if wrong), "")


def may_take_out(rule: Rule, of: AlarmClass, asked: Asked) -> str:
    """Why a person may not take an alarm out of service, and what to do; "" when the person may."""
    least = of.service_role
    complaints = (
        (not _is(asked.role, least), f"it needs the role {least}, and yours is {asked.role}. Ask somebody who has it"),
        (not re.fullmatch(r"\S{1,60}", asked.permit), "name the permit or work order, one word"),
        *_reason(asked.why),
    )
    return next((f"{rule.id} stays in service: {text}" for wrong, text in complaints if wrong), "")


def read(text: str, user: str, station: str, why: str, since_ns: int) -> Quiet:
    """What the journal kept, as it was; a text that nobody wrote so is a shelf that ended long ago."""
    until, permit, second = _UNTIL.search(text), _PERMIT.search(text), _SECOND.search(text)
    return Quiet(
        user,
        station,
        why,
        since_ns,
        _ns(until[1].rstrip(",")) if until else 0,
        one_shot=", once" in text,
        permit=permit[1].rstrip(",") if permit else "",
        second=second[1] if second else "",
    )


def moment(time_ns: int) -> str:
    """A time as the journal's text has it: ISO 8601 UTC, to the second."""
    return f"{datetime.fromtimestamp(time_ns // _NS, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _ns(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp()) * _NS
    except ValueError:
        return 1


def _reason(why: str) -> tuple[tuple[bool, str], ...]:
    return (
        (not why.strip(), f"say why, such as: {', '.join(REASONS)}"),
        (len(why) > LONGEST_REASON, f"the reason is longer than {LONGEST_REASON} characters: write it shorter"),
    )


def _is(role: str, least: str) -> bool:
    return role in ROLES and ROLES.index(role) >= ROLES.index(least)


def _higher(one: str, other: str) -> str:
    return max(one, other, key=ROLES.index)
