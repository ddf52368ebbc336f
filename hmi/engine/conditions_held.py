"""One condition of a server on the list: as clients are shown it, and as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from hmi.core.alarms.served import NORMAL, ServerCondition, Stand
from hmi.core.journal import Record
from hmi.engine.alarms import Who
from hmi.link.messages import AlarmRow, ConditionFacts

_BAD: Final = 0x8000_0000
_BY_SOMEBODY: Final = ("acknowledged", "confirmed", "commented")  # the server says by whom


@dataclass(slots=True)
class Held:
    """One condition on the list."""

    place: int  # behind the plant's rules
    connection: str
    condition: ServerCondition
    stand: Stand = NORMAL
    priority: int = 4
    occurrence: int = 0  # how often it was raised, as far as this station knows
    told: int = 0  # a number of its own for each annunciation: places are used again, numbers are not
    raised_ns: int = 0
    changed_ns: int = 0
    acked_by: str = ""
    quiet: tuple[str, str, int] = ("", "", 0)  # who shelved it, why, until when
    is_heard: bool = True  # told since its server was connected to


def row_of(held: Held, is_lost: bool) -> AlarmRow:
    """As the link carries it; `is_lost` when no more than its last known state is known."""
    one, stand = held.condition, held.stand
    who, why, until_ns = held.quiet
    facts = ConditionFacts(
        id=one.id,
        connection=held.connection,
        source=one.source,
        name=one.name,
        message=one.message,
        severity=one.severity,
        priority=held.priority,
        tag=one.tag,
        level=one.level,
        class_name=one.class_name,
        comment=one.comment,
        comment_by=one.user if one.comment else "",
        time_ns=one.time_ns,
        quality=one.quality,
        condition=one.condition,
        is_branch=bool(one.branch),
        confirm=stand.acked and not stand.confirmed,
        lost=is_lost,
    )
    return AlarmRow(
        rule=held.place,
        state=stand.shown,
        occurrence=held.told,
        raised_ns=held.raised_ns,
        changed_ns=held.changed_ns,
        value=float(one.severity),
        acked_by=held.acked_by,
        cannot_evaluate=is_lost or one.quality >= _BAD,
        quiet_by=who,
        quiet_why=why,
        quiet_until_ns=until_ns,
        condition=facts,
    )


def record_of(held: Held, event: str, who: Who | None, why: str, now_ns: int, config: str) -> Record:
    """One thing that happened to it; `old` keeps all of its state, for the next start of the engine."""
    one = held.condition
    theirs = one.user if event in _BY_SOMEBODY else ""
    return Record(
        time_ns=now_ns,
        category="alarm",
        event=event,
        subject=one.id,
        occurrence=held.occurrence,
        source_ns=one.time_ns,
        value=one.message,
        old=held.stand.text,
        limit=float(one.severity),
        quality=one.quality,
        priority=held.priority,
        result=held.stand.state,
        why=why,
        config=config,
        user=who.user if who else theirs,
        station=who.station if who else "",
        way=who.way if who else "server",
    )


def from_journal(subject: str, record: Record, stand: Stand) -> ServerCondition:
    """What the journal knows of a condition: enough to be shown until its server tells more."""
    source, _, name = subject.partition(":")[2].rpartition("@")[0].rpartition("/")
    made = ServerCondition(subject, "", source=source, name=name, message=str(record.value or ""), stand=stand)
    return replace(made, severity=int(record.limit or 0), time_ns=record.source_ns)
