"""What happens in a job: one event each, never changed afterwards; all of them together are the job."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from hmi.core.steps.conditions import Reading

Value = float | bool | str | None
Kind = Literal[
    "started",
    "answered",  # the step is done, with what was found
    "failed",  # it was tried, and is as it was: a condition that did not hold, a write that was refused
    "begun",  # its time runs
    "skipped",
    "went",  # the job went on by itself: branch, loop
    "signed",
    "noted",
    "finished",
    "abandoned",  # by a person
    "stopped",  # the instruction was withdrawn
]
ENDS: Final = ("finished", "abandoned", "stopped")
WORDS: Final = {"yes": 1.0, "no": 0.0, "na": -1.0}  # answers, and what they are in expressions


class Person(msgspec.Struct, frozen=True):
    """Who does something: as the station knows him, signed in or not."""

    name: str
    role: str = "operate"
    skills: tuple[str, ...] = ()
    signed_in: bool = False  # else the name is that of the computer's user, and proves nothing


class Signature(msgspec.Struct, frozen=True):
    """A person's signature (21 CFR 11.50): printed name, time, meaning, and the hash of what it is bound to."""

    name: str
    meaning: str  # performed | verified | approved
    time_ns: int
    digest: str  # of the job up to the signature
    proof: str = ""  # by which the station's people can check it


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened in a job."""

    kind: Kind
    time_ns: int
    number: int = 0  # of the events of its job, from 0: one that is read twice is one event
    user: str = ""
    station: str = ""
    way: str = ""
    step: str = ""
    turn: int = 0  # how many steps the job had left behind
    to: str | None = None  # the step it went on to; "" the end; None: it stayed
    value: Value = None
    why: str = ""
    deviation: str = ""  # in words, where it is not as the instruction wants it
    tags: dict[str, Reading] = {}  # what was read from the machine
    signature: Signature | None = None
    key: str = ""  # of the act that it came of: the same act twice is one event
    context: dict[str, str] = {}  # of the start: order, product, lot, serial, machine, alarm, ...
    procedure: str = ""  # of the start: the key of what is carried out
    instruction: str = ""
    title: str = ""  # of the start: that of the instruction; else that of the step
    revision: str = ""
    acted_ns: int = 0  # when the person did it, by the clock of his window, where the engine heard of it later


def number_of(value: Value) -> float | None:
    """What a result is in an expression; None for a text."""
    if isinstance(value, str):
        return WORDS.get(value)
    return None if value is None else float(value)


def digest_of(procedure: str, events: Iterable[Event]) -> str:
    """The hash of a job so far: what a signature is bound to."""
    total = hashlib.blake2b(procedure.encode(), digest_size=32)
    for event in events:
        part = msgspec.msgpack.encode(event)
        total.update(len(part).to_bytes(8, "little"))
        total.update(part)
    return total.hexdigest()
