"""How the plant server stands, in words for people; and what of it is said aloud, once, until it is well again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.core.outgoing import Backlog
from hmi.store.keeping import Room

SOON_DAYS: Final = 7.0  # until what was not sent must be dropped, from which on it is said aloud
REFUSED_S: Final = 300.0  # that a server may refuse us, as while it is being set up, before it is said aloud
SHOWN: Final = 20  # batches that the server does not take, by name
LOSS, LATE = "loss", "late"
_HOUR_NS: Final = 3_600_000_000_000
_SUBJECT: Final = "plant server"


@dataclass(frozen=True, slots=True)
class Told:
    """How the plant server stands, for people and for whoever drops old history."""

    state: str = "off"  # off | away | sending | current | refused
    text: str = ""
    since_ns: int = 0
    backlog: Backlog = field(default_factory=lambda: Backlog(0, 0, 0, 0))
    sent_blocks: int = 0  # since the engine started
    sent_records: int = 0
    sent_rows: int = 0
    rate: float = 0.0  # bytes a second that are being sent; 0: nothing was sent yet
    refused: tuple[str, ...] = ()  # batches that the server does not take, in words
    secured: bool = True
    dropped: int = 0  # days that had to be dropped before the server had them
    note: str = ""  # what must be said aloud, and what to do; "" when there is nothing
    forecast: str = ""  # until when what waits will be there, or has room here; "" when nothing waits
    inbox: int = 0  # what came from the server and waits for a person
    counted: bool = False  # what waits is known
    asked: bool = False  # the server was asked since the engine started, and what it said is in `state`
    trouble: str = ""  # of what waits: loss | late; "" none
    waits: str = ""  # and that in words


def words_of(told: Told) -> str:
    """How it stands, for people in one line; "" where there is no plant server."""
    if told.state == "off":
        return ""
    waits = told.backlog
    text = f"{told.state}: {told.text}"
    if waits.blocks or waits.records:
        text += f"; {waits.size / 1e6:.1f} MB and {waits.records} records wait"
        text += f", {told.forecast}" if told.forecast else ""
    if not told.secured:
        text += "; not encrypted"
    text += f"; {len(told.refused)} blocks are not taken" if told.refused else ""
    text += f"; {told.dropped} days were dropped before it had them" if told.dropped else ""
    text += f"; {told.inbox} arrived and wait for a person: hmi server inbox" if told.inbox else ""
    return f"{text}; {told.note}" if told.note else text


def forecast(told: Told, room: Room, now_ns: int) -> str:
    """How long what waits will take, or how long there is room for it: said with what waits."""
    if not told.backlog.blocks:
        return ""
    since = f"the oldest {_span((now_ns - told.backlog.oldest_ns) / 1e9)} old" if told.backlog.oldest_ns else ""
    if told.state in ("sending", "current"):
        ahead = f"there in about {_span(told.backlog.size / told.rate)}" if told.rate else ""
    else:
        days = _days_left(told.backlog, room)
        ahead = "" if days != days else f"room for {days:.0f} more days" if days < 3650 else "room for all of it"
    return ", ".join(part for part in (since, ahead) if part)


def trouble_of(told: Told, room: Room, late_h: float, now_ns: int) -> str:
    """What is wrong with what waits: it must be dropped soon (loss), or it waits for too long (late); "" nothing."""
    waits = told.backlog
    if told.state in ("off", "sending", "current"):
        return ""
    if waits.blocks and _days_left(waits, room) < SOON_DAYS:
        return LOSS
    return LATE if waits.oldest_ns and now_ns - waits.oldest_ns > late_h * _HOUR_NS else ""


def note_of(told: Told, room: Room, late_h: float, now_ns: int) -> str:
    """What must be said aloud, and what to do about it; "" when there is nothing."""
    if told.state == "refused" and now_ns - told.since_ns > REFUSED_S * 1e9:
        return f"nothing is sent to the plant server until somebody mends this: {told.text}"
    return waits_of(told, room, trouble_of(told, room, late_h, now_ns), now_ns)


def waits_of(told: Told, room: Room, trouble: str, now_ns: int) -> str:
    """What is wrong with what waits, in words."""
    if trouble == LOSS:
        left = _days_left(told.backlog, room)
        when = "from now on" if left < 1 else f"in {left:.0f} days"
        return f"{when} history must be dropped that the plant server has not got: mend the way there, or raise max_gb"
    if trouble == LATE:
        age = _span((now_ns - told.backlog.oldest_ns) / 1e9)
        return f"what was recorded {age} ago is not at the plant server yet. Nothing is lost: look why it is away"
    return ""


class Watch:
    """Journals once what must be said aloud about the plant server, and once when it is well again."""

    def __init__(self, record: Callable[[Record], Any], clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self._kind = ""

    def look(self, note: str) -> None:
        """Compare with what was said before: the same trouble, with other figures, is not said twice."""
        kind = "".join(sign for sign in note if not sign.isdigit())
        if kind == self._kind:
            return
        self._kind = kind
        event, result = ("warning", note) if note else ("cleared", "the plant server has what it should have again")
        self._record(
            Record(time_ns=self._clock.now_ns(), category="system", event=event, subject=_SUBJECT, result=result)
        )


def _days_left(waits: Backlog, room: Room) -> float:
    """Days until there is no more room for what was not sent; NaN when it is not known yet."""
    if not room.per_day:
        return float("nan")
    return max(0.0, room.limit - waits.size) / room.per_day


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
