"""The room for jobs: work instructions that are carried out, each event in the journal, some steps by the machine."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.expr import ExprError
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.steps.conditions import RESULT, Condition, Reading, Truth, compiled
from hmi.core.steps.events import Event, Person, number_of
from hmi.core.steps.job import Job, apply
from hmi.core.steps.judge import Facts, onward
from hmi.core.steps.kept import procedure_record, record_of
from hmi.core.steps.model import Branch, Loop, Procedure, Verify, Wait
from hmi.core.tags import TagTable
from hmi.engine.jobs_releases import Releases

_log = logging.getLogger("hmi.engine.jobs")
MOST_OPEN: Final = 200
_MOST_AT_ONCE: Final = 500  # steps that a job does by itself before anybody else has a turn
_MOST_CLOSED: Final = 100  # that are kept at hand
_UNKNOWN: Final = Reading(None, q.BAD_NODE_ID_UNKNOWN)


@dataclass(slots=True)
class Going:
    """A job under way, with what the engine knows of its step beside what is in its events."""

    job: Job
    procedure: Procedure
    conditions: dict[str, Condition]
    arrived: float  # monotonic, like the next two
    begun: float | None = None  # its time runs since then
    held: float | None = None  # the condition of its step holds since then
    sending: bool = False  # a value is on its way to the machine
    promises: dict[str, Future[int]] = field(default_factory=dict)  # by the act's key, until it is on the disk


class JobRoom:
    """Every job of this station; lives on the engine's loop."""

    def __init__(
        self,
        plant: Plant,
        table: TagTable,
        clock: Clock,
        record: Callable[[Record], Future[int]],
        releases: Releases | None = None,
    ) -> None:
        self.releases = releases or Releases()
        self.changed = 0  # counts what clients have to ask for anew
        self.going: dict[str, Going] = {}
        self.closed: dict[str, Going] = {}  # the latest that have come to their end
        self._kept: set[str] = set()  # keys of the procedures that this run has put into the journal
        self.filed = plant  # as its files say
        self.plant = self.releases.over(plant)  # and with what was signed here
        self._table = table
        self._clock = clock
        self._record = record

    def restore(self, jobs: list[Job], procedures: Mapping[str, Procedure | None]) -> int:
        """Take up the jobs that were open when the engine stopped; gives how many."""
        for job in jobs:
            procedure = procedures.get(job.procedure)
            if procedure is None:
                _log.warning("the job %s cannot go on: what it carries out is not in the journal", job.id)
                continue
            going = self._going(job, procedure)
            now_ns = self._clock.now_ns()
            going.arrived -= max(0.0, (now_ns - job.arrived_ns) / 1e9)
            if job.begun_ns:
                going.begun = self._clock.monotonic() - max(0.0, (now_ns - job.begun_ns) / 1e9)
            self.going[job.id] = going
        self.adopted(self.filed)
        return len(self.going)

    def adopted(self, plant: Plant) -> None:
        """Files or signatures say something else now: jobs go on as they began, but those that were withdrawn stop."""
        self.filed, self.plant = plant, self.releases.over(plant)
        for going in list(self.going.values()):
            for name in going.procedure.sources:
                found = self.plant.instructions.get(name)
                if found is not None and found.release.state == "withdrawn":
                    why = f"{found.title} was withdrawn: {found.release.why}"
                    self.take(going, self._own_event("stopped", going.job, why))
                    break

    def keep(self, key: str, procedure: Procedure) -> None:
        """Keep what a job is to carry out, once: it goes on with it whatever becomes of the plant's files."""
        if key not in self._kept:
            self._kept.add(key)
            self._record(procedure_record(key, procedure, self._clock.now_ns()))

    def begin(self, job: str, procedure: Procedure, event: Event) -> tuple[Going, Future[int]]:
        """A job that was not there before, with the event that starts it; done when that is on the disk."""
        going = self._going(Job(job), procedure)
        self.going[job] = going
        return going, self.take(going, event)

    def find(self, job: str) -> Going | None:
        """A job that is open, or has just come to its end."""
        return self.going.get(job) or self.closed.get(job)

    def of_key(self, key: str) -> Going | None:
        """The job that an act has started, if it was taken before."""
        some = (*self.going.values(), *self.closed.values())
        return next((one for one in some if key and one.job.events[0].key == key), None)

    def take(self, going: Going, event: Event) -> Future[int]:
        """One event more of a job, and whatever it does by itself after it; done when the event is on the disk."""
        promise = self._note(going, event)
        if event.key:
            going.promises[event.key] = promise
            promise.add_done_callback(lambda _: going.promises.pop(event.key, None))
        self._on(going)
        return promise

    def look(self) -> None:
        """Let jobs go on by themselves where the plant or the time says so; called every beat."""
        for going in list(self.going.values()):
            self._on(going)

    def facts(self, going: Going, who: Person, station: str, way: str) -> Facts:
        """A person and the plant as they are now."""
        now = self._clock.monotonic()
        return Facts(
            now_ns=self._clock.now_ns(),
            who=who,
            station=station,
            way=way,
            read=lambda name: self._read(going, name),
            truths=lambda step: self._truth(going, step),
            held_s=0.0 if going.held is None else now - going.held,
            running_s=0.0 if going.begun is None else now - going.begun,
            waited_s=now - going.arrived,
        )

    def _going(self, job: Job, procedure: Procedure) -> Going:
        return Going(job, procedure, self._conditions(procedure), self._clock.monotonic())

    def _conditions(self, procedure: Procedure) -> dict[str, Condition]:
        """The conditions of its steps over the tags that the plant has now: one that has lost its tag is left out."""
        results = [step.id for step in procedure.steps]
        found = {}
        for step in procedure.steps:
            text = _text_of(step)
            if not text:
                continue
            try:
                found[step.id] = compiled(text, self._table.index, results)
            except ExprError as error:
                _log.warning("the step %s of %s cannot look at the plant: %s", step.id, procedure.title, error)
        return found

    def _note(self, going: Going, event: Event) -> Future[int]:
        before = going.job
        going.job = apply(before, event)
        assert len(going.job.events) == len(before.events) + 1, "an event that is not the job's next was made"
        if going.job.turn != before.turn:
            going.arrived, going.begun, going.held = self._clock.monotonic(), None, None
        elif event.kind == "begun":
            going.begun = self._clock.monotonic()
        self.changed += 1
        if not going.job.is_open:
            self.going.pop(before.id, None)
            self.closed[before.id] = going
            while len(self.closed) > _MOST_CLOSED:
                self.closed.pop(next(iter(self.closed)))
        return self._record(record_of(before.id, event))

    def _on(self, going: Going) -> None:
        for _ in range(_MOST_AT_ONCE):
            self._hold(going)
            event = onward(going.procedure, going.job, self.facts(going, Person(""), "", "engine"))
            if event is None:
                return
            self._note(going, self._counted(going, event))

    def _counted(self, going: Going, event: Event) -> Event:
        """The end of a job with the counter by which its instruction is due again."""
        found = self.plant.instructions.get(going.job.instruction)
        if event.kind != "finished" or found is None or not found.schedule.counter:
            return event
        name = found.schedule.counter
        return msgspec.structs.replace(event, tags={**event.tags, name: self.reading(name)})

    def _hold(self, going: Going) -> None:
        """Since when the condition of the job's step holds."""
        step = going.procedure.step(going.job.at)
        if not isinstance(step, Wait | Verify):
            return
        truth = self._truth(going, step.id)
        if truth is None or not truth.holds:
            going.held = None
        elif going.held is None:
            going.held = self._clock.monotonic()

    def _truth(self, going: Going, step: str) -> Truth | None:
        condition = going.conditions.get(step)
        return None if condition is None else condition.truth(lambda name: self._read(going, name))

    def _read(self, going: Going, name: str) -> Reading:
        if name.startswith(RESULT):
            value = number_of(going.job.results.get(name.removeprefix(RESULT)))
            return Reading(value, q.BAD_WAITING if value is None else q.GOOD)
        return self.reading(name)

    def reading(self, name: str) -> Reading:
        """What a tag says now, as a job records it."""
        index = self._table.index.get(name)
        if index is None:
            return _UNKNOWN
        tag = self._table.tags[index]
        value: float | str | None = float(self._table.value[index])
        if tag.is_text:
            value = self._table.text.get(index, "")
        elif not math.isfinite(self._table.value[index]):
            value = None
        return Reading(value, int(self._table.quality[index]), int(self._table.time[index]))

    def _own_event(self, kind: Any, job: Job, why: str) -> Event:
        now_ns = self._clock.now_ns()
        return Event(
            kind=kind,
            time_ns=now_ns,
            number=len(job.events),
            turn=job.turn,
            way="engine",
            why=why,
            deviation="stopped before its end" if kind == "stopped" else "",
        )


def _text_of(step: Any) -> str:
    if isinstance(step, Wait | Loop):
        return step.until
    if isinstance(step, Verify):
        return step.needs
    return step.when if isinstance(step, Branch) else ""
