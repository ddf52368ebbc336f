"""A small shop floor for the tests of steps: procedures, the plant around them, and persons who act."""

from __future__ import annotations

from dataclasses import replace

from hmi.core.steps.conditions import Reading, compiled
from hmi.core.steps.events import Person, Signature, digest_of, number_of
from hmi.core.steps.job import Job, apply
from hmi.core.steps.judge import Act, Facts, judge, onward, started, wanted
from hmi.core.steps.model import Branch, Loop, Procedure, Verify, Wait
from hmi.core.steps.procedure import key_of

NAMES = {"line.speed": 0, "line.valve": 1, "line.torque": 2}
S = 1_000_000_000


def procedure(*steps, **more):
    """A released procedure of these steps."""
    return Procedure(
        **{"instruction": "i", "title": "I", "revision": "1", "sources": {"i": "d"}, "release": "released"} | more,
        steps=steps,
    )


class Floor:
    """A plant of three tags, a clock that is turned by hand, and one job."""

    def __init__(self, *steps, **more):
        self.procedure = procedure(*steps, **more)
        self.values = {name: Reading(0.0, 0, 5) for name in NAMES}
        self.now_s = 1000.0
        self.arrived_s = self.begun_s = 0.0
        self.held_since = None
        self.job = Job("j-1")
        self.sent = []
        self.can_sign = True
        self.stored = []

    def start(self, who="ann", role="operate", context=None, **act):
        event = started(
            self.procedure, key_of(self.procedure), context or {}, Act("start", **act), self.facts(who, role)
        )
        self.take(event)
        return self.job

    def take(self, event):
        """One event more, then whatever the job does by itself."""
        before = self.job.turn
        self.job = apply(self.job, event)
        self.stored.append(event)
        if event.kind == "begun":
            self.begun_s = self.now_s
        if self.job.turn != before or event.kind == "started":
            self.arrived_s, self.held_since = self.now_s, None
        self.look()

    def look(self):
        """What the engine does every beat."""
        step = self.procedure.step(self.job.at)
        truth = self.truth(self.job.at)
        if isinstance(step, Wait | Verify):
            self.held_since = (self.held_since if self.held_since is not None else self.now_s) if truth.holds else None
        event = onward(self.procedure, self.job, self.facts())
        if event is not None:
            self.take(event)

    def truth(self, step):
        one = self.procedure.step(step)
        if not isinstance(one, Wait | Verify | Branch | Loop):
            return None
        text = getattr(one, "until", "") or getattr(one, "needs", "") or getattr(one, "when", "")
        return compiled(text, NAMES, [s.id for s in self.procedure.steps]).truth(self.read) if text else None

    def read(self, name):
        if name.startswith("result."):
            return Reading(number_of(self.job.results.get(name.removeprefix("result."))))
        return self.values.get(name, Reading(None, 0x8034_0000))

    def facts(self, who="ann", role="operate", skills=(), signed_in=False):
        return Facts(
            round(self.now_s * S),
            Person(who, role, skills, signed_in),
            "desk",
            "window",
            self.read,
            self.truth,
            0.0 if self.held_since is None else self.now_s - self.held_since,
            self.now_s - self.begun_s if self.begun_s else 0.0,
            self.now_s - self.arrived_s,
            self.can_sign,
        )

    def act(self, kind="do", value=None, who="ann", role="operate", why="", **more):
        """A person acts on what he sees now; raises Refused."""
        act = Act(kind, more.pop("step", self.job.at), more.pop("turn", self.job.turn), value, why, more.pop("key", ""))
        signer = more.pop("signer", None)
        facts = self.facts(signer or who, role, more.pop("skills", ()), more.pop("signed_in", False))
        if signer:
            digest = digest_of(self.job.procedure, self.job.events)
            act = replace(act, signature=Signature(signer, "performed", facts.now_ns, digest))
        sends = wanted(self.procedure, self.job, act, facts)
        if sends is not None:
            self.sent.append(sends)
            act = replace(act, outcome=more.pop("outcome", "confirmed"), outcome_text=more.pop("text", ""))
        self.take(judge(self.procedure, self.job, act, facts))
        return self.job

    def wait(self, seconds):
        """Time passes."""
        self.now_s += seconds
        self.look()
        return self.job
