"""Conditions that a server keeps (OPC UA Part 9): what is told of one, and what happened between two tellings.

Their state belongs to the server; here it is only read, in the words of ISA-18.2. What is journalled of a condition
says all of its state in words, so that a station that comes back goes on from where it was, and writes nothing twice.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from hmi.core.alarms import columns as c
from hmi.core.alarms.rules import Rule

SEVERITIES: Final = (801, 601, 401)  # from these on a condition is of priority 1, 2, 3 (Part 9, 5.5.2: 1 to 1000)
MOST_SHOWN: Final = 400  # conditions of one connection that the list shows at a time
PLACES: Final = 500  # of one connection in the list: a place that was left rests before another condition takes it
MOST_TEXT: Final = 300  # signs of any text that a server sends and that people are shown
TYPE: Final = "condition"  # of the rules that stand for them
CLASS: Final = "server"  # and their class
NO_TAG: Final = -1
_NAME: Final = re.compile(r"[^\w.-]+")
_NAMESPACE: Final = re.compile(r"\A\d{1,5}:")  # some servers put a browse name's namespace in front
_WORDS: Final = ("active", "unacknowledged", "unconfirmed", c.SHELVED, c.SUPPRESSED, c.OUT_OF_SERVICE)
_FLAGS: Final = (
    ("shelved", "shelved", "unshelved"),
    ("suppressed", "suppressed", "unsuppressed"),
    ("out_of_service", "out-of-service", "in-service"),
)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a condition stands: what the journal keeps of it, and what makes a difference to people."""

    active: bool = False
    acked: bool = True
    confirmed: bool = True
    shelved: bool = False
    suppressed: bool = False
    out_of_service: bool = False

    @property
    def state(self) -> str:
        """The state beneath whatever keeps it quiet, as ISA-18.2 calls it; to be confirmed is like latched."""
        if self.active:
            return c.STATES[c.ACKNOWLEDGED if self.acked else c.UNACKNOWLEDGED]
        if not self.acked:
            return c.STATES[c.RETURNED]
        return c.STATES[c.NORMAL if self.confirmed else c.LATCHED]

    @property
    def shown(self) -> str:
        """The state an operator is shown."""
        if self.out_of_service:
            return c.OUT_OF_SERVICE
        if self.suppressed:
            return c.SUPPRESSED
        return c.SHELVED if self.shelved else self.state

    @property
    def text(self) -> str:
        """The whole of it in words, as the journal keeps it; `stand_of` makes it a Stand again."""
        flags = (self.active, not self.acked, not self.confirmed, self.shelved, self.suppressed, self.out_of_service)
        return ", ".join(word for word, is_so in zip(_WORDS, flags, strict=True) if is_so) or c.STATES[c.NORMAL]


NORMAL: Final = Stand()


def stand_of(text: str) -> Stand:
    """What the journal kept, as it was; words that nobody wrote say nothing."""
    said = set(text.split(", "))
    active, unacked, unconfirmed, shelved, suppressed, out = (word in said for word in _WORDS)
    return Stand(active, not unacked, not unconfirmed, shelved, suppressed, out)


@dataclass(frozen=True, slots=True)
class ServerCondition:
    """One condition, or one branch of it, as its server last told it; every text is fit to be shown."""

    id: str  # as people and the journal name it: see `id_of`
    condition: str  # the server's ConditionId
    branch: str = ""  # the server's BranchId: an occurrence before, that still waits for somebody; "" the newest
    event_id: bytes = b""  # what is acknowledged: this and no later occurrence
    source: str = ""
    name: str = ""
    message: str = ""
    severity: int = 0  # 1 to 1000; 0: the server did not say
    time_ns: int = 0
    active_ns: int = 0  # since when it is as active as it is; 0: the server did not say
    stand: Stand = NORMAL
    retain: bool = True  # the server wants it shown
    level: str = ""  # of a limit alarm: which limit
    class_name: str = ""
    comment: str = ""
    user: str = ""  # who commented, acknowledged or confirmed last, as the server knows them
    unshelve_s: float = 0.0  # what is left of its shelf
    quality: int = 0  # OPC UA status code of what it is judged by
    tag: int = NO_TAG  # index of the tag that has the condition's source as its node

    @property
    def is_standing(self) -> bool:
        """Whether it belongs on the list: the server wants it shown, and something about it is not normal."""
        return self.retain and self.stand != NORMAL


def happened(before: Stand, after: Stand) -> list[str]:
    """What has happened to a condition between two tellings, as the events of the journal."""
    events: list[str] = []
    if after.active and not before.active:
        events.append("stands" if after.acked else "raised")
    elif before.active and not after.active:
        events.append("returned")
    elif not after.active and before == NORMAL and after.state != NORMAL.state:
        events.append("stands")  # known to its server before it was to us: nobody is told of it now
    elif before.acked and not after.acked:
        events.append("realarmed" if after.active else "ack withdrawn")
    if after.acked and not before.acked:
        events.append("acknowledged")
    if after.confirmed and not before.confirmed:
        events.append("confirmed")
    for name, begins, ends in _FLAGS:
        if getattr(before, name) != getattr(after, name):
            events.append(begins if getattr(after, name) else ends)
    return events


def priority_of(severity: int, bounds: tuple[int, ...] = SEVERITIES) -> int:
    """The plant's priority, 1 to 4, of a server's severity."""
    return 1 + sum(1 for bound in bounds if severity < bound)


def after(before: ServerCondition | None, now: ServerCondition) -> ServerCondition:
    """What is known once this was told: a server may leave out what has not changed, and send severity 0 at its end."""
    if before is None or now.severity:
        return now
    return replace(now, severity=before.severity)


def id_of(connection: str, source: str, name: str, condition: str, branch: str) -> str:
    """How people, the journal and the command line name a condition: the same for as long as its server's names last.

    The last part tells conditions of the same name apart, and branches from their condition.
    """
    words = "/".join(_NAME.sub("_", part)[:60].strip("_") for part in (_NAMESPACE.sub("", source), name) if part)
    mark = hashlib.blake2b(f"{condition}\0{branch}".encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{connection}:{words}@{mark}"


def clean(text: str, most: int = MOST_TEXT) -> str:
    """A server's text as it may be shown: one line, no control and direction signs, cut where it is too long."""
    text = text[: 4 * most]  # what a hostile server sends beyond is not even looked at
    kept = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _is_plain(sign))
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _is_plain(sign: str) -> bool:
    return not unicodedata.category(sign).startswith("C")


def source_of(text: str) -> str:
    """A source's name without the namespace that some servers put in front."""
    return _NAMESPACE.sub("", text)


def rules_for(first: int, count: int) -> list[Rule]:
    """So many places that no condition has yet."""
    return [as_rule(first + number) for number in range(count)]


def as_rule(
    index: int, id_: str = "", title: str = "", priority: int = 4, tag: int = NO_TAG, connection: str = ""
) -> Rule:
    """A rule that stands for a condition where lists of alarms ask for one: nothing of ours judges it.

    Without an id it is a place that no condition has yet. Its group is the connection whose server keeps it.
    """
    return Rule(
        *(index, id_, tag, TYPE, math.nan, 0.0, 0.0, 0.0, False, CLASS, "", 0.0, priority, "", "", ""),
        title=title,
        group=connection,
    )
