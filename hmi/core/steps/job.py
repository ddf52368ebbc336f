"""A job as it stands: everything that has happened in it, folded one event after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from hmi.core.steps.events import ENDS, Event, Value

OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class Job:
    """One job: which procedure, for what, where it stands. Made of its events alone, and the same every time."""

    id: str
    procedure: str = ""  # key of what is carried out
    instruction: str = ""
    title: str = ""
    revision: str = ""
    state: str = OPEN  # open | finished | abandoned | stopped
    at: str = ""  # id of the step that is to be done; "" none is left
    turn: int = 0  # steps left behind
    arrived_ns: int = 0  # at this step
    begun_ns: int = 0  # its time runs since then; 0: it does not
    context: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, Value] = field(default_factory=dict)  # by step, the latest of each
    rounds: Mapping[str, int] = field(default_factory=dict)  # of each loop: how often it went back
    events: tuple[Event, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is something left to be done."""
        return self.state == OPEN

    @property
    def started_ns(self) -> int:
        """When it began."""
        return self.events[0].time_ns if self.events else 0

    @property
    def ended_ns(self) -> int:
        """When it ended; 0 while it is open."""
        return 0 if self.is_open else self.events[-1].time_ns

    @property
    def station(self) -> str:
        """Where it was started."""
        return self.events[0].station if self.events else ""

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who had a hand in it, in the order of their coming."""
        return tuple(dict.fromkeys(event.user for event in self.events if event.user))

    @property
    def doers(self) -> frozenset[str]:
        """Who has done steps, or signed that they are done: none of them can be the second person."""
        kinds = ("answered", "went", "failed", "begun", "skipped", "signed")
        return frozenset(event.user for event in self.events if event.kind in kinds) - {""}

    @property
    def deviations(self) -> tuple[Event, ...]:
        """What is not as the instruction wants it."""
        return tuple(event for event in self.events if event.deviation)

    def done(self, key: str) -> Event | None:
        """What came of an act, if it was taken before: its answer may have been lost on the way."""
        return next((event for event in reversed(self.events) if event.key == key), None) if key else None


def apply(job: Job, event: Event) -> Job:
    """The job after one more event; one that is not its next (twice, or after its end) changes nothing."""
    if not job.is_open or event.number != len(job.events) or (event.kind == "started") != (not job.events):
        return job
    job = replace(job, events=(*job.events, event))
    if event.kind == "started":
        return replace(
            job,
            procedure=event.procedure,
            instruction=event.instruction,
            title=event.title,
            revision=event.revision,
            context=dict(event.context),
            at=event.to or "",
            arrived_ns=event.time_ns,
        )
    if event.kind in ENDS:
        return replace(job, state=event.kind, at="")
    if event.kind == "begun":
        return replace(job, begun_ns=event.time_ns)
    if event.kind == "answered":
        job = replace(job, results={**job.results, event.step: event.value}, context={**job.context, **event.context})
    if event.to is None:
        return job
    if event.kind == "went" or event.step in job.rounds:
        job = replace(job, rounds=_rounds(job, event))
    return replace(job, at=event.to, turn=job.turn + 1, arrived_ns=event.time_ns, begun_ns=0)


def folded(job: str, events: Iterable[Event]) -> Job:
    """The job that these events make."""
    made = Job(job)
    for event in events:
        made = apply(made, event)
    return made


def _rounds(job: Job, event: Event) -> dict[str, int]:
    """How often each loop went back: one that is left begins anew when the job comes to it again."""
    rounds = dict(job.rounds)
    if event.value == "again":
        rounds[event.step] = rounds.get(event.step, 0) + 1
    else:
        rounds.pop(event.step, None)
    return rounds
