"""The station's own alarms: its disk, its records, its certificates, its way to the plant server.

A fixed set that every plant has, rationalised like any other alarm. They are judged by the same machine as those of the
plant, but by no tag: the station says itself whether each condition holds. Their ids begin with `station.`, as that of
no alarm of a plant's files may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hmi.core.alarms.rules import Matrix, Rule
from hmi.core.alarms.served import NO_TAG

PREFIX: Final = "station."
TYPE: Final = "station"  # of their rules
CLASS: Final = "diagnostic"  # which a plant may declare as any other, for shelves and re-alarms
HOLDS: Final = 1.0  # what stands for a condition that holds, where others have a value
_DAY_MIN: Final = 1440.0

STORE: Final = "station.store"
LOST: Final = "station.values-lost"
ROOM: Final = "station.disk-room"
JOURNAL: Final = "station.journal"
SERVER_REFUSED: Final = "station.server-refused"
SERVER_LOSS: Final = "station.server-loss"
SERVER_BACKLOG: Final = "station.server-backlog"
SERVER_ROWS: Final = "station.server-rows"
CERTIFICATES: Final = {60: "station.certificate-60", 30: "station.certificate-30", 7: "station.certificate-7"}


@dataclass(frozen=True, slots=True)
class Own:
    """One of the station's own alarms as the program has it; the plant's files may say otherwise."""

    id: str
    title: str
    cause: str
    effect: str
    action: str
    consequence: str
    respond_min: float
    on_delay_s: float = 0.0
    off_delay_s: float = 10.0


def _certificate(days: int, consequence: str, respond_min: float) -> Own:
    return Own(
        CERTIFICATES[days],
        f"A certificate ends within {days} days",
        "Certificates are made for a limited time",
        "When it has ended, its connection is refused: no values, no alarms, no commands",
        "Renew it: what it says of itself names it. This station's own: hmi trust renew; a device's: on the device",
        consequence,
        respond_min,
    )


OWN: Final = (
    Own(
        STORE,
        "The disk takes no values or records",
        "The disk is full or broken, or may not be written to",
        "Values wait in memory, and if it lasts the oldest are lost; what nobody can record is not commanded either",
        "Make room on the disk of the data folder, or have it mended: recording goes on by itself",
        "severe",
        30.0,
        on_delay_s=5.0,
    ),
    Own(
        LOST,
        "Values were lost",
        "The disk took nothing for too long",
        "History has a gap: trends and figures of that time are not complete",
        "Look at the room and the load of the disk. Tell whoever uses the figures: trends show the gap",
        "major",
        30.0,
        off_delay_s=300.0,
    ),
    Own(
        ROOM,
        "Room for history runs short",
        "More is recorded than the disk, or max_gb of the plant's files, has room for",
        "The oldest days are dropped early, or no more values can be stored",
        "Make room on the disk, raise max_gb, or record fewer values",
        "minor",
        _DAY_MIN,
    ),
    Own(
        JOURNAL,
        "The journal is not as it was written",
        "Its file was changed by hand, damaged, or put back from elsewhere",
        "The records that are named prove nothing any more",
        "Leave the file as it is: it is evidence. Run hmi journal verify, and tell whoever answers for the records",
        "major",
        30.0,
    ),
    Own(
        SERVER_REFUSED,
        "The plant server takes nothing from this station",
        "Its password, its certificate, its version or its records are not what this station expects",
        "Nothing is missing here, but nobody sees it there until somebody decides",
        "Tell whoever runs the plant server what stands beside this alarm",
        "minor",
        _DAY_MIN,
        on_delay_s=300.0,
    ),
    Own(
        SERVER_LOSS,
        "History must be dropped that the plant server has not got",
        "The plant server has been away for so long that there is no more room for what waits",
        "The oldest days are missing there for good",
        "Bring the plant server back, make room on the disk, or raise max_gb",
        "major",
        30.0,
    ),
    Own(
        SERVER_BACKLOG,
        "Records have waited for the plant server for long",
        "The plant server, or the way to it, is away",
        "Nothing is missing here: it is sent when the plant server is back",
        "Look at the network and at the plant server",
        "minor",
        _DAY_MIN,
    ),
    Own(
        SERVER_ROWS,
        "The plant server does not take some blocks of values",
        "They are damaged, or the plant server cannot read them",
        "They are missing there; here they are kept",
        "Run hmi status, which names them, and tell an engineer",
        "minor",
        _DAY_MIN,
    ),
    _certificate(60, "minor", 30 * _DAY_MIN),
    _certificate(30, "minor", 14 * _DAY_MIN),
    _certificate(7, "severe", _DAY_MIN),
)
IDS: Final = tuple(one.id for one in OWN)
TEXTS: Final = frozenset(text for one in OWN for text in (one.title, one.cause, one.effect, one.action))


def is_reserved(id_: str) -> bool:
    """Whether an id is of the station's own alarms, so that no alarm of a plant may have it."""
    return id_.startswith(PREFIX)


def ends_in(whose: str, days: int) -> str:
    """When a certificate ends, in words."""
    if days < 0:
        return f"the certificate of {whose} has expired: renew it"
    if days > 1:
        return f"the certificate of {whose} expires in {days} days: renew it"
    when = "tomorrow" if days else "today"
    return f"the certificate of {whose} expires {when}: renew it"


def is_own(rule: Rule) -> bool:
    """Whether an alarm is one of the station's own."""
    return rule.type == TYPE


def rules_of(matrix: Matrix, changes: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Their rules; `changes` by id are what the plant's files say otherwise."""
    return tuple(_rule(place, one, matrix, changes.get(one.id, {})) for place, one in enumerate(OWN))


def _rule(index: int, own: Own, matrix: Matrix, changes: Mapping[str, Any]) -> Rule:
    made = Rule(
        index=index,
        id=own.id,
        tag=NO_TAG,
        type=TYPE,
        limit=HOLDS,
        deadband=0.0,
        on_delay_s=own.on_delay_s,
        off_delay_s=own.off_delay_s,
        latching=False,
        class_=CLASS,
        consequence=own.consequence,
        respond_min=own.respond_min,
        priority=4,
        cause=own.cause,
        effect=own.effect,
        action=own.action,
        status="approved",
        title=own.title,
        rationalised_by="the makers of the program",
    )
    made = replace(made, **changes)
    return replace(made, priority=matrix.priority(made.consequence, made.respond_min))
