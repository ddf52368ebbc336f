"""Whether what a person wants to do in a job may be done now, and the events that come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hmi.core import quality as q
from hmi.core.policy import ROLES
from hmi.core.steps.answers import Answer, Refused, answered
from hmi.core.steps.conditions import Read, Reading, Truth
from hmi.core.steps.events import Event, Person, Signature, number_of
from hmi.core.steps.job import Job
from hmi.core.steps.model import END, AnyStep, Branch, Loop, Procedure, Sign, Timer, Wait
from hmi.core.steps.model import Write as WriteStep

LONGEST: Final = 1000  # characters of what a person writes
_MOST_EVENTS: Final = 20_000  # of one job


@dataclass(frozen=True, slots=True)
class Act:
    """What a person wants to do, with the step and turn that he saw when he did it."""

    kind: str
    step: str = ""
    turn: int = 0
    value: Any = None
    why: str = ""
    key: str = ""
    signature: Signature | None = None
    outcome: str = ""  # of a write that was sent: confirmed | refused | unknown
    outcome_text: str = ""
    read_back: float | str | None = None  # what the machine says it holds now


@dataclass(frozen=True, slots=True)
class Facts:
    """The person (of a signature: who signs), the plant and the time, as the engine knows them at this moment."""

    now_ns: int
    who: Person
    station: str = ""
    way: str = ""
    read: Read = field(default=lambda name: Reading(None, q.BAD))
    truths: Callable[[str], Truth | None] = field(default=lambda step: None)  # the condition of a step, if it has one
    held_s: float = 0.0  # how long the condition of the step has held
    running_s: float = 0.0  # how long the time of the step has run
    waited_s: float = 0.0  # how long the job has been at the step
    can_sign: bool = False  # whether anybody can sign in at this station


def judge(procedure: Procedure, job: Job, act: Act, facts: Facts) -> Event:
    """The event that an act makes; raises Refused, in words, where it may not be done."""
    step = _step(procedure, job, act)
    if len(act.why) > LONGEST or (isinstance(act.value, str) and len(act.value) > 2 * LONGEST):
        raise Refused("text", f"At most {LONGEST} characters can be kept: shorten the text")
    if act.kind == "note":
        if not act.why.strip():
            raise Refused("text", "The remark is empty: write what was noticed")
        return _event("noted", job, step, act, facts)
    if act.kind == "abandon":
        _expect_reason(act, "Giving up a job")
        _expect_role(facts, procedure.role, "Giving it up")
        return _event("abandoned", job, step, act, facts, deviation="given up before its end")
    _expect_role(facts, step.role, "This step")
    _expect_skill(facts, step)
    if act.kind == "skip":
        return _skipped(procedure, job, step, act, facts)
    if act.kind == "begin":
        return _begun(job, step, act, facts)
    if act.kind == "sign":
        return _signed(procedure, job, step, act, facts)
    if act.kind != "do":
        raise Refused("act", f"Nobody can {act.kind!r} a step: is the client newer than the engine?")
    found = answered(step, act.value, act.why, _Now(facts, act))
    return _done(procedure, job, step, act, facts, found)


def started(procedure: Procedure, key: str, context: Mapping[str, str], act: Act, facts: Facts) -> Event:
    """The event that begins a job; raises Refused where it may not be begun."""
    if procedure.release == "withdrawn":
        raise Refused("withdrawn", "The instruction was withdrawn: ask who wrote it for the one that holds now")
    if procedure.release != "released" and facts.can_sign:
        raise Refused("release", f"The instruction is {procedure.release}: only released ones can be started")
    _expect_role(facts, procedure.role, "Starting this instruction")
    missing = [name for name in procedure.ask if not context.get(name, "").strip()]
    if missing:
        raise Refused("context", f"{', '.join(missing)} must be known before it starts", tuple(missing))
    if any(len(name) > 40 or len(text) > 200 for name, text in context.items()) or len(context) > 20:
        raise Refused("context", "What the job is for is too long: at most 200 characters each")
    draft = "" if procedure.release == "released" else f"carried out as a {procedure.release}, not released"
    return Event(
        kind="started",
        time_ns=facts.now_ns,
        user=facts.who.name,
        station=facts.station,
        way=facts.way,
        to=procedure.steps[0].id if procedure.steps else "",
        deviation=draft,
        context={name: text.strip() for name, text in context.items() if text.strip()},
        procedure=key,
        instruction=procedure.instruction,
        title=procedure.title,
        revision=procedure.revision,
        key=act.key,
    )


def onward(procedure: Procedure, job: Job, facts: Facts) -> Event | None:
    """What a job does by itself now: a branch, a loop, a condition that it waited for, a time that is over, its end."""
    if not job.is_open:
        return None
    by_itself = Act("do", job.at, job.turn)
    engine = Facts(facts.now_ns, Person(""), way="engine", read=facts.read, truths=facts.truths)
    if not job.at:
        return _event("finished", job, None, by_itself, engine, value=float(len(job.deviations)))
    step = procedure.step(job.at)
    if isinstance(step, Branch):
        return _branched(procedure, job, step, engine)
    if isinstance(step, Loop) and not step.again:
        return _looped(procedure, job, step, engine)
    if isinstance(step, Timer) and job.begun_ns and facts.running_s >= step.seconds:
        return _done(procedure, job, step, by_itself, engine, Answer(round(facts.running_s, 1)))
    if isinstance(step, Wait):
        truth = facts.truths(step.id)
        if truth is not None and truth.holds and facts.held_s >= step.hold_s:
            return _done(procedure, job, step, by_itself, engine, Answer(1.0, tags=truth.readings))
    return None


def wanted(procedure: Procedure, job: Job, act: Act, facts: Facts) -> tuple[str, Any] | None:
    """The tag and value that an act sends to the machine, once it is known that it may; None: it sends nothing."""
    step = procedure.step(job.at)
    if act.kind != "do" or not isinstance(step, WriteStep):
        return None
    _step(procedure, job, act)
    _expect_role(facts, step.role, "This step")
    _expect_skill(facts, step)
    if step.confirm and act.value is not True:
        raise Refused("confirm", step.confirm, ("confirm",))
    value = step.value
    if step.from_:
        found = job.results.get(step.from_)
        number = number_of(found)
        value = found if number is None else number
        if value is None:
            raise Refused("result", f"The step {step.from_} has found no value that could be sent: leave this one out")
    return step.tag, value


def second_refused(job: Job, step: AnyStep, name: str) -> str:
    """Why somebody cannot be the second person of a signature; "" he can."""
    if not isinstance(step, Sign):
        return "This step asks for no signature"
    if step.second and name in job.doers:
        return f"{name} has done steps of this job: somebody else has to sign"
    return ""


class _Now:
    """What a step asks the plant for when it is done."""

    def __init__(self, facts: Facts, act: Act) -> None:
        self.read = facts.read
        self.truth = facts.truths
        self.held_s = facts.held_s
        self.running_s = facts.running_s
        self.waited_s = facts.waited_s
        self.outcome = act.outcome
        self.outcome_text = act.outcome_text
        self.read_back = act.read_back


def _step(procedure: Procedure, job: Job, act: Act) -> AnyStep:
    """The step that the job is at, if the person saw it; else who was there before him."""
    if not job.is_open:
        raise Refused("over", f"The job {job.id} is {job.state}: nothing can be added to it")
    if len(job.events) > _MOST_EVENTS:
        raise Refused("long", "The job has grown too long: give it up and start another")
    step = procedure.step(job.at)
    if step is None:
        raise Refused("over", "No step of the job is left")
    if act.kind in ("note", "abandon"):
        return step
    if (act.step, act.turn) != (job.at, job.turn):
        last = next(
            (event for event in reversed(job.events) if event.step == act.step and event.turn == act.turn), None
        )
        by = "somebody" if last is None else last.user or "the station"
        raise Refused("past", f"The job has gone on: this step was done by {by}, and it is at {step.title!r} now")
    return step


def _expect_reason(act: Act, what: str) -> None:
    if not act.why.strip():
        raise Refused("why", f"{what} needs a reason", ("why",))


def _expect_role(facts: Facts, role: str, what: str) -> None:
    if ROLES.index(facts.who.role) < ROLES.index(role):
        raise Refused("role", f"{what} needs the role {role}; at this station everybody may {facts.who.role}")


def _expect_skill(facts: Facts, step: AnyStep) -> None:
    """Skills are known of persons who have signed in; of others nobody knows any."""
    if step.skill and facts.who.signed_in and step.skill not in facts.who.skills:
        raise Refused("skill", f"This step is for somebody trained in {step.skill}")


def _skipped(procedure: Procedure, job: Job, step: AnyStep, act: Act, facts: Facts) -> Event:
    if step.optional:
        return _event("skipped", job, step, act, facts, to=procedure.after(step))
    _expect_reason(act, "Leaving out a step")
    unsigned = isinstance(step, Sign) and not facts.can_sign
    timed_out = isinstance(step, Wait) and step.timeout_min is not None and facts.waited_s >= step.timeout_min * 60
    if not unsigned and not timed_out:
        _expect_role(facts, step.skip_role, "Leaving this step out")
    text = "not signed: nobody can sign in here yet" if unsigned else "left out"
    to = step.otherwise if isinstance(step, Branch) and step.otherwise else procedure.after(step)
    return _event("skipped", job, step, act, facts, to="" if to == END else to, deviation=text)


def _begun(job: Job, step: AnyStep, act: Act, facts: Facts) -> Event:
    if not isinstance(step, Timer):
        raise Refused("act", "This step has no time to be started")
    if job.begun_ns:
        raise Refused("act", "Its time runs already")
    return _event("begun", job, step, act, facts)


def _signed(procedure: Procedure, job: Job, step: AnyStep, act: Act, facts: Facts) -> Event:
    if not facts.can_sign:
        raise Refused("sign", "Nobody can sign in here yet, so nobody can sign: leave it out with a reason")
    signature = act.signature
    if signature is None:
        raise Refused("sign", "The signature is missing: give name and password")
    refused = second_refused(job, step, facts.who.name)
    if refused:
        raise Refused("second", refused)
    return _event("signed", job, step, act, facts, to=procedure.after(step), signature=signature)


def _done(procedure: Procedure, job: Job, step: AnyStep, act: Act, facts: Facts, found: Answer) -> Event:
    """The step is done, or was tried in vain."""
    if found.failed:
        return _event("failed", job, step, act, facts, why=found.failed, tags=found.tags, value=found.value)
    if isinstance(step, Loop):
        if found.value == "yes" and job.rounds.get(step.id, 0) + 1 < step.most:
            return _event("went", job, step, act, facts, to=step.from_, value="again")
        return _event("went", job, step, act, facts, to=procedure.after(step), value="on")
    to = found.to if found.to is not None else procedure.after(step)
    seen = {name: facts.read(name) for name in step.tags}
    return _event(
        "answered",
        job,
        step,
        act,
        facts,
        to="" if to == END else to,
        value=found.value,
        deviation=found.deviation,
        tags=seen | found.tags,
        context=found.context,
    )


def _branched(procedure: Procedure, job: Job, step: Branch, facts: Facts) -> Event | None:
    truth = facts.truths(step.id)
    if truth is None or not truth.known:
        return None  # the job stands here until it can be told, or a person decides
    to = step.to if truth.holds else step.otherwise or procedure.after(step)
    value = "yes" if truth.holds else "no"
    act = Act("do", step.id, job.turn)
    return _event("went", job, step, act, facts, to="" if to == END else to, value=value, tags=truth.readings)


def _looped(procedure: Procedure, job: Job, step: Loop, facts: Facts) -> Event | None:
    rounds = job.rounds.get(step.id, 0) + 1
    tags: dict[str, Reading] = {}
    over = step.times is not None and rounds >= step.times
    if step.until:
        truth = facts.truths(step.id)
        if truth is None or not truth.known:
            return None
        tags, over = truth.readings, truth.holds
    late = not over and rounds >= step.most
    act = Act("do", step.id, job.turn)
    if over or late:
        deviation = f"ended after {rounds} rounds, as more are not allowed" if late else ""
        to = procedure.after(step)
        return _event("went", job, step, act, facts, to=to, value="on", tags=tags, deviation=deviation)
    return _event("went", job, step, act, facts, to=step.from_, value="again", tags=tags)


def _event(kind: Any, job: Job, step: AnyStep | None, act: Act, facts: Facts, **more: Any) -> Event:
    told: dict[str, Any] = {
        "time_ns": facts.now_ns,
        "number": len(job.events),
        "user": facts.who.name,
        "station": facts.station,
        "way": facts.way,
        "step": step.id if step is not None else "",
        "title": step.title if step is not None else "",
        "turn": job.turn,
        "why": act.why.strip(),
        "key": act.key,
    }
    return Event(kind=kind, **(told | more))
