"""Jobs as the journal keeps them: one record an event, one for each procedure that a job was ever begun with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from hmi.core.journal import Record
from hmi.core.steps.events import ENDS, Event
from hmi.core.steps.job import Job, folded
from hmi.core.steps.model import Procedure

JOB: Final = "job"  # category of the records of events
INSTRUCTION: Final = "instruction"  # and of what is carried out
_KEPT: Final = "kept"


class JobRow(msgspec.Struct, frozen=True, kw_only=True):
    """One job in a list of jobs."""

    id: str
    instruction: str
    title: str
    revision: str
    state: str  # open | finished | abandoned | stopped
    started_ns: int
    ended_ns: int = 0
    station: str = ""
    people: tuple[str, ...] = ()
    context: dict[str, str] = {}
    equipment: tuple[str, ...] = ()  # ids
    deviations: int = 0
    at: str = ""  # title of the step that it is at
    done: int = 0  # steps left behind
    steps: int = 0  # that the procedure has


def record_of(job: str, event: Event, config: str = "") -> Record:
    """An event as a record of the journal: in words for people, and whole, as JSON, in its value."""
    return Record(
        time_ns=event.time_ns,
        category=JOB,
        event=event.kind,
        subject=job,
        occurrence=event.number,
        value=msgspec.json.encode(event).decode(),
        user=event.user,
        station=event.station,
        way=event.way,
        why=event.why,
        result=said(event),
        config=config,
    )


def event_of(record: Record) -> Event:
    """The event that a record keeps; raises ValueError for one that keeps none."""
    return msgspec.json.decode(str(record.value), type=Event)


def job_of(job: str, records: Iterable[Record]) -> Job:
    """The job that some records make, in their order; raises ValueError where one cannot be read."""
    return folded(job, map(event_of, records))


def procedure_record(key: str, procedure: Procedure, now_ns: int, config: str = "") -> Record:
    """What is carried out, kept for as long as the journal is."""
    return Record(
        time_ns=now_ns,
        category=INSTRUCTION,
        event=_KEPT,
        subject=key,
        value=msgspec.json.encode(procedure).decode(),
        way="engine",
        result=f"{procedure.title}, revision {procedure.revision} ({procedure.release}), {len(procedure.steps)} steps",
        config=config,
    )


def procedure_in(record: Record) -> Procedure:
    """What was kept; raises ValueError where it cannot be read."""
    return msgspec.json.decode(str(record.value), type=Procedure)


def row_of(job: Job, procedure: Procedure | None) -> JobRow:
    """A job in a list."""
    step = procedure.step(job.at) if procedure is not None and job.at else None
    return JobRow(
        id=job.id,
        instruction=job.instruction,
        title=job.title,
        revision=job.revision,
        state=job.state,
        started_ns=job.started_ns,
        ended_ns=job.ended_ns,
        station=job.station,
        people=job.people,
        context=dict(job.context),
        equipment=machines_of(job, procedure),
        deviations=len(job.deviations),
        at=step.title if step is not None else "",
        done=job.turn,
        steps=len(procedure.steps) if procedure is not None else 0,
    )


def machines_of(job: Job, procedure: Procedure | None) -> tuple[str, ...]:
    """The machines that a job is about: the one it was started at, else those of its instruction."""
    named = job.context.get("equipment", "")
    return (named,) if named else procedure.equipment if procedure is not None else ()


def said(event: Event) -> str:
    """An event in words, for the journal and for records on paper."""
    where = event.title or event.step
    if event.kind == "started":
        context = ", ".join(f"{name} {text}" for name, text in event.context.items())
        text = f"{event.title}, revision {event.revision}" + (f": {context}" if context else "")
    elif event.kind == "signed" and event.signature is not None:
        text = f"{where}: {event.signature.meaning}, signed by {event.signature.name}"
    elif event.kind in ENDS:
        text = "" if event.kind != "finished" else f"with {int(event.value or 0)} deviations"
    elif event.kind in ("answered", "went"):
        text = f"{where}: {answer_said(event)}" if event.value is not None else where
    else:
        text = where
    return f"{text}; deviation: {event.deviation}" if event.deviation else text


def answer_said(event: Event) -> str:
    """What was found, in words."""
    value = event.value
    if isinstance(value, bool | float | int):
        return f"{float(value):g}"
    return "" if value is None else str(value)
