"""What the window knows of jobs, and what a person did in one: kept on its disk until the engine has it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, Signal

from hmi.client.instructions.outbox import KeptDeed, Outbox
from hmi.client.instructions.pictures import pictures_of
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.core.steps.events import Event
from hmi.core.steps.job import Job, apply
from hmi.core.steps.model import AnyStep, Procedure, Write
from hmi.link.messages import Reply

PATIENCE_S: Final = 30.0  # a value that is sent to a machine is read back before the engine answers
_NEVER: Final = (-1, -1)
_NOT_ARRIVED: Final = ("refused", "unknown")  # what the wire itself says: the engine may never have heard of it


@dataclass(slots=True)
class Held:
    """One job as the window has it."""

    job: Job
    procedure: Procedure | None = None
    running_s: float = 0.0  # of the step's time, when it was last told
    told_at: float = 0.0  # monotonic seconds then
    can_sign: bool = False
    asking: bool = False
    behind: bool = False  # something has happened since it was asked for
    anew: bool = False  # the engine was away: what it says now holds, whatever was known before

    @property
    def step(self) -> AnyStep | None:
        """The step that it is at."""
        return self.procedure.step(self.job.at) if self.procedure is not None and self.job.at else None


@dataclass(slots=True)
class Deed:
    """Something that a person did, until the engine has it on its disk."""

    verb: str
    args: dict[str, Any]
    who: str  # under whose name it counts
    once: bool = False  # it is never sent again: a signature, a value for the machine
    under_way: bool = False
    kept: bool = False  # it could not be told at once: it stands on the disk

    @property
    def job(self) -> str:
        """The job that it belongs to; "" it begins one."""
        return str(self.args.get("job", ""))


@dataclass(slots=True)
class Answer:
    """What the engine said to a deed."""

    job: str
    ok: bool
    text: str
    code: str = ""
    needs: tuple[str, ...] = field(default_factory=tuple)
    confirm: str = ""  # what is to be confirmed, to the letter: `text` is in the language of the window


class Work(QObject):
    """Jobs, instructions and what is on its way; on the Qt thread, one for each link of a window.

    `listed` when the lists have changed, `moved` (a job's number) when something happened in it, `answered` with an
    `Answer`, `started` with the number of a job that this window has begun.
    """

    listed = Signal()
    moved = Signal(str)
    answered = Signal(object)
    started = Signal(str)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.desk = desk
        self.open: list[dict[str, Any]] = []  # rows of jobs that are open
        self.due: list[dict[str, Any]] = []  # rows of the instructions, those that are due first
        self.orders: list[dict[str, Any]] = []  # that were accepted, and for which no job was carried out yet
        self.arrived = 0  # things from the plant server that wait until a person agrees to them
        self.wanted: dict[str, str] = {}  # what the job is for that is about to be begun, where an order says it
        self.held: dict[str, Held] = {}
        self.chosen = ""  # number of the job that is shown
        self.deeds: list[Deed] = []  # in the order in which they were done
        self.outbox = Outbox(desk.own, desk.plant.id, desk.station)
        self._procedures: dict[str, Procedure] = {}
        self._seen = _NEVER  # the engine's count of what happened, and how many things wait in its inbox
        self._linked = False
        desk.wire.link_changed.connect(self._link_changed)
        if desk.present is not None:
            desk.present.changed.connect(self._send)
        self.destroyed.connect(self.outbox.close)
        kept = self.outbox.read()
        self.deeds += [Deed(one.verb, {**one.args, "again": True}, one.who, kept=True) for one in kept]

    def refresh(self) -> None:
        """The mirror has changed: ask again where the engine says that something happened."""
        linked = not self.desk.mirror.link_down and self.desk.wire.state == "linked"
        back, self._linked = linked and not self._linked, linked
        if back:
            self._seen = _NEVER
            for held in self.held.values():
                held.anew, held.asking = True, False
            for deed in self.deeds:
                deed.under_way = False
            self._send()
        health = self.desk.mirror.health
        now = (health.jobs, health.arrived) if health is not None else (0, 0)
        if linked and now != self._seen:
            self._seen = now
            self.read()
        if linked and now[1] != self.arrived:
            self.arrived = now[1]
            self.listed.emit()

    def _link_changed(self) -> None:
        if self.desk.wire.state != "linked":
            self._linked = False  # what the engine says when it is back holds, whatever was known before
            self._keep()

    def read(self) -> None:
        """Ask for the lists, and for the job that is shown."""
        self._ask("jobs", {"state": "open"}, self._take_open)
        self._ask("instructions", {}, self._take_due)
        self._ask("orders", {"to_do": True}, self._take_orders)
        if self.chosen:
            self.fetch(self.chosen)

    def choose(self, job: str) -> None:
        """Show this job; "" none."""
        self.chosen = job
        if job:
            self.fetch(job)
        self.moved.emit(job)

    def fetch(self, name: str) -> None:
        """Ask for what has happened in a job since it was last asked for."""
        held = self.held.setdefault(name, Held(Job(name)))
        if held.asking:
            held.behind = True
            return
        held.asking = True
        args = {"id": name, "from": 0 if held.anew else len(held.job.events)}
        self.desk.wire.ask("job", args, lambda reply: self._take_job(name, reply))

    def start(self, instruction: str, context: dict[str, str]) -> None:
        """Begin a job of this instruction."""
        args = {"instruction": instruction, "context": context, "key": secrets.token_hex(12)}
        self._do("job_start", args)

    def act(self, held: Held, kind: str, value: Any = None, why: str = "", **more: Any) -> None:
        """What a person does at the step that he sees; kept and sent again until the engine has it."""
        job = held.job
        args = {"job": job.id, "act": kind, "step": job.at, "turn": job.turn, "value": value, "why": why, **more}
        args |= {"key": secrets.token_hex(12), "from": len(job.events)}
        sends = kind == "do" and isinstance(held.step, Write)
        self._do("job_act", args, once=sends or kind == "sign")

    def waiting(self, job: str) -> bool:
        """Whether something done in this job has not reached the engine yet."""
        return any(deed.job == job for deed in self.deeds)

    def waits_for(self, job: str) -> str:
        """Whose sign-in something waits for that was done in a job; "" nobody's."""
        return next((deed.who for deed in self.deeds if deed.job == job and deed.who != self.desk.who), "")

    def discard(self, job: str) -> None:
        """Forget what was done in a job and waits for somebody to sign in."""
        self.deeds = [deed for deed in self.deeds if deed.under_way or deed.job != job or deed.who == self.desk.who]
        self._keep()
        self.moved.emit(job)

    def _do(self, verb: str, args: dict[str, Any], once: bool = False) -> None:
        deed = Deed(verb, args | {"acted_ns": self.desk.mirror.now_ns()}, self.desk.who, once)
        self.deeds.append(deed)
        self._send()
        self._keep()
        self.moved.emit(deed.job)

    def _keep(self) -> None:
        """Have on the disk what the engine is not being told at this moment."""
        linked = self.desk.wire.state == "linked"
        for deed in self.deeds:
            deed.kept |= not linked or not deed.under_way
        kept = [deed for deed in self.deeds if deed.kept and not deed.once]
        self.outbox.write([KeptDeed(deed.verb, deed.args, deed.who) for deed in kept])

    def _send(self) -> None:
        """The oldest deed goes first, each when the one before it has been answered, and only under its own name."""
        if any(deed.under_way for deed in self.deeds):
            return
        deed = self._next()
        if deed is not None:
            deed.under_way = True
            self.desk.wire.ask(deed.verb, deed.args, lambda reply: self._replied(deed, reply), PATIENCE_S)

    def _next(self) -> Deed | None:
        """What may be sent now: in a job nothing goes before what was done earlier."""
        held_back: set[str] = set()
        for deed in self.deeds:
            if deed.who == self.desk.who and deed.job not in held_back:
                return deed
            held_back.add(deed.job)
        return None

    def _replied(self, deed: Deed, reply: Reply) -> None:
        lost = isinstance(reply.body, dict) and reply.body.get("outcome") in _NOT_ARRIVED and "job" not in reply.body
        if lost and not deed.once:
            deed.under_way = False
            deed.args["again"] = True
            self._keep()
            self.moved.emit(deed.job)
            return
        if deed in self.deeds:
            self.deeds.remove(deed)
            self._keep()
        if deed.verb == "job_start":
            self._take_start(reply)
        else:
            self._take_act(deed.job, reply)
        self._send()

    def _ask(self, verb: str, args: dict[str, Any], take: Callable[[list[dict[str, Any]]], None]) -> None:
        self.desk.wire.ask(verb, args, lambda reply: take(list(reply.body or [])) if reply.ok else None)

    def _take_open(self, rows: list[dict[str, Any]]) -> None:
        if rows != self.open:
            self.open = rows
            self.listed.emit()

    def _take_due(self, rows: list[dict[str, Any]]) -> None:
        if rows != self.due:
            self.due = rows
            self.listed.emit()

    def _take_orders(self, rows: list[dict[str, Any]]) -> None:
        if rows != self.orders:
            self.orders = rows
            self.listed.emit()

    def _take_start(self, reply: Reply) -> None:
        if reply.ok:
            job = str(reply.body["job"]["id"])
            self._take_body(job, reply.body)
            self.chosen = job
            self.started.emit(job)
        self._tell("", reply)

    def _take_act(self, name: str, reply: Reply) -> None:
        held = self.held.get(name)
        if isinstance(reply.body, dict) and "events" in reply.body and held is not None and not held.anew:
            self._take_body(name, reply.body)
        elif held is not None:
            self.fetch(name)
        self._tell(name, reply)  # after the step is shown: what is said stays

    def _tell(self, job: str, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, dict) else {}
        needs = tuple(map(str, body.get("needs", ())))
        self.answered.emit(
            Answer(job, reply.ok, reply.text, str(body.get("code", "")), needs, str(body.get("confirm", "")))
        )

    def _take_job(self, name: str, reply: Reply) -> None:
        held = self.held[name]
        held.asking = False
        if reply.ok and isinstance(reply.body, dict):
            self._take_body(name, reply.body)
        elif reply.text:
            self.answered.emit(Answer(name, False, reply.text))
        if held.behind:
            held.behind = False
            self.fetch(name)

    def _take_body(self, name: str, body: dict[str, Any]) -> None:
        held = self.held.setdefault(name, Held(Job(name)))
        before = held.job
        if held.anew:
            held.job, held.anew = Job(name), False
        for event in msgspec.convert(body["events"], list[Event]):
            held.job = apply(held.job, event)
        held.running_s, held.told_at = float(body.get("running_s", 0.0)), self.desk.clock.monotonic()
        held.can_sign = bool(body.get("can_sign", False))
        key = str(body["procedure"])
        held.procedure = self._procedures.get(key)
        if held.procedure is None:
            self.desk.wire.ask("procedure", {"key": key}, lambda reply: self._take_procedure(name, key, reply))
        elif held.job != before or body.get("job", {}).get("state") != "open":
            self.moved.emit(name)

    def _take_procedure(self, name: str, key: str, reply: Reply) -> None:
        if not reply.ok:
            self.answered.emit(Answer(name, False, reply.text or tr("The job cannot be shown")))
            return
        procedure = self._procedures[key] = self.held[name].procedure = msgspec.convert(reply.body, Procedure)
        pictures_of(self.desk).expect(procedure)
        self.moved.emit(name)


def work_of(desk: Desk) -> Work:
    """The jobs as this window's link tells them: one for all of its pages."""
    found = desk.wire.findChild(Work)
    if isinstance(found, Work):
        found.desk = desk
        return found
    return Work(desk, desk.wire)
