"""What happened to the tags of a trend: alarms, commands and notes out of the journal, as marks above the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hmi.client import words
from hmi.client.journal import described
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.trends.query import Query
from hmi.core.notes import PLANT
from hmi.core.tags import Tag
from hmi.link.messages import Reply

LIMIT: Final = 2000  # records; of a longer stretch the newest are marked
PLANT_WIDE: Final = -1  # the tag of what is about the whole plant
_SHOWN: Final = {"alarm": ("raised", "returned"), "write": ("confirmed", "refused", "unknown")}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a tag of the trend."""

    time_ns: int
    tag: int  # its index, or PLANT_WIDE
    kind: str  # alarm | write | note
    event: str  # raised, confirmed, ...
    priority: int  # of an alarm, 1 to 4
    text: str
    until_ns: int = 0  # of what took its time: when it was over


def note_of(record: Mapping[str, Any], desk: Desk) -> Event | None:
    """A note of the shift log as a mark; None where its tag is none of the plant's any more."""
    subject, value = str(record.get("subject", "")), record.get("value")
    tag = desk.plant.tag(subject)
    if tag is None and subject != PLANT:
        return None
    start = int(record.get("source_ns") or record["time_ns"])
    until = start + round(float(value) * 1e9) if isinstance(value, int | float) else 0
    by = " · ".join(str(record[part]) for part in ("user", "station") if record.get(part))
    text = f"{words.clock_time(start, desk.zone)} {tr('Note')} · {record.get('why', '')} · {by}"
    return Event(start, PLANT_WIDE if tag is None else tag.index, "note", "noted", 0, text, until)


def event_of(record: Mapping[str, Any], desk: Desk) -> Event | None:
    """A record of the journal as a mark; None for what is no mark."""
    kind, what, subject = (str(record.get(part, "")) for part in ("category", "event", "subject"))
    if what not in _SHOWN.get(kind, ()):
        return None
    rule = next((rule for rule in desk.plant.rules if rule.id == subject), None) if kind == "alarm" else None
    tag = desk.plant.tags[rule.tag] if rule else desk.plant.tag(subject)
    if tag is None:
        return None
    when = int(record.get("source_ns") or 0) if kind == "alarm" else 0
    text = " · ".join(part for part in described(record, desk)[1:6] if part)
    moment = when or int(record["time_ns"])
    said = f"{words.clock_time(moment, desk.zone)} {text}"
    return Event(moment, tag.index, kind, what, int(record.get("priority") or 0), said)


class Events:
    """The marks of one trend, asked for along with its history; on the Qt thread."""

    def __init__(self, desk: Desk, changed: Callable[[], None]) -> None:
        self._desk, self._changed = desk, changed
        self._query = Query(desk.wire, self._came, self._ask_again)
        self._about = Query(desk.wire, self._came_notes, self._ask_again)
        self._all: tuple[Event, ...] = ()
        self._notes: tuple[Event, ...] = ()
        self._span = (0, 0)

    def ask(self, from_ns: int, to_ns: int) -> None:
        """Ask for what happened in a stretch of time."""
        self._span = (from_ns, to_ns)
        span = {"from_ns": from_ns, "to_ns": to_ns, "limit": LIMIT}
        self._query.ask("journal", span)
        self._about.ask("notes", span)

    def of(self, tags: Sequence[Tag]) -> list[Event]:
        """Those of some tags, in order of time."""
        wanted = {PLANT_WIDE, *(tag.index for tag in tags)}
        found = [event for event in (*self._all, *self._notes) if event.tag in wanted]
        return sorted(found, key=lambda event: event.time_ns)

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._query.forget()
        self._about.forget()

    def _ask_again(self) -> None:
        self.ask(*self._span)

    def _came(self, reply: Reply) -> None:
        if not reply.ok:
            return  # the journal's page says why it cannot be read; the lines are whole without marks
        found = [event_of(record, self._desk) for record in reply.body or []]
        self._all = tuple(sorted((event for event in found if event), key=lambda event: event.time_ns))
        self._changed()

    def _came_notes(self, reply: Reply) -> None:
        if reply.ok:
            found = [note_of(record, self._desk) for record in reply.body or []]
            self._notes = tuple(event for event in found if event)
            self._changed()
