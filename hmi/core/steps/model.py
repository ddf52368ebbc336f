"""Work instructions as data: what one says, its typed steps, and the procedure that a job carries out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Role = Literal["view", "operate", "maintain", "engineer", "administer"]
END: Final = "end"  # where a step sends a job that is over
_ID: Final = Meta(
    pattern=r"^[a-z][a-z0-9_]{0,59}(\.[a-z][a-z0-9_]{0,59}){0,4}$",  # with a dot: of an instruction that is part of it
    description="a name of small letters, digits and _",
    examples=["close_inlet"],
)
_SENTENCE: Final = Meta(min_length=1, max_length=300, examples=["Is the guard closed?"])
_EXPRESSION: Final = Meta(min_length=1, max_length=1000, examples=["line1.filler.speed < 1"])
Id = Annotated[str, _ID]
Go = dict[str, Id]


class Picture(msgspec.Struct, frozen=True):
    """A picture beside the text of a step: a file of the instructions folder."""

    file: str
    text: str = ""  # what it shows, for who cannot see it


class Step(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """One step: what a person reads, and who may do it. What it asks for is in the kinds of step below."""

    id: Id
    title: str
    text: str = ""  # Markdown
    pictures: tuple[Picture, ...] = ()
    hazard: Annotated[str, _SENTENCE] = ""  # shown before anything else
    role: Role = "operate"  # who may do it
    skill: str = ""  # and what he must have been trained in
    skip_role: Role = "maintain"  # who may leave it out, with a reason
    optional: bool = False  # whoever does the job may leave it out
    tags: tuple[str, ...] = ()  # shown live beside it
    next: Id = ""  # where the job goes on; "" the step below


class Read(Step, frozen=True, kw_only=True, tag="read"):
    """Something to be read, or done, and confirmed."""


class Check(Step, frozen=True, kw_only=True, tag="check"):
    """A question that is answered with yes, no or, where it is allowed, not applicable."""

    na: bool = False
    expect: Literal["yes", "no", ""] = ""  # another answer is a deviation
    go: Go = {}  # answer -> step


class Number(Step, frozen=True, kw_only=True, tag="number"):
    """A number that a person reads off or measures."""

    unit: str = ""
    low: float | None = None
    high: float | None = None
    outside: Literal["reason", "refuse"] = "reason"  # beyond the limits: a deviation with a reason, or not at all
    go: Go = {}  # low | high | within -> step


class Text(Step, frozen=True, kw_only=True, tag="text"):
    """A few words, such as a reading that is no number or what was found."""

    least: Annotated[int, Meta(ge=0, le=500)] = 1  # characters
    most: Annotated[int, Meta(ge=1, le=2000)] = 500


class Choice(Step, frozen=True, kw_only=True, tag="choice"):
    """One of several answers."""

    choices: Annotated[tuple[Annotated[str, _SENTENCE], ...], Meta(min_length=2, max_length=12, examples=[["A", "B"]])]
    expect: tuple[str, ...] = ()
    go: Go = {}


class Scan(Step, frozen=True, kw_only=True, tag="scan"):
    """A code that is scanned or typed: it must be the right one, and becomes part of the job's record."""

    what: Literal["serial", "lot", "tool", "product", "order", "code"] = "code"
    mask: str = ""  # what it looks like: # a digit, @ a letter, ? any sign, all else itself; "" anything
    equipment: str = ""  # the id of the machine whose plate it must be
    expect: str = ""  # what it must be, to the sign (but for capitals); that of the plate, once a job has begun


class Photo(Step, frozen=True, kw_only=True, tag="photo"):
    """A picture or file that is kept with the job."""


class Timer(Step, frozen=True, kw_only=True, tag="timer"):
    """A time that must pass once the person has started it."""

    seconds: Annotated[float, Meta(gt=0, le=86_400, examples=[60])]


class Wait(Step, frozen=True, kw_only=True, tag="wait"):
    """The job goes on by itself as soon as the machine is so."""

    until: Annotated[str, _EXPRESSION]
    hold_s: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    timeout_min: Annotated[float, Meta(gt=0, le=1440)] | None = None  # then whoever does it may go on, with a reason


class Verify(Step, frozen=True, kw_only=True, tag="verify"):
    """A condition of the machine that must hold when the step is done; its values and their times are recorded."""

    needs: Annotated[str, _EXPRESSION]
    hold_s: Annotated[float, Meta(ge=0, le=3600)] = 0.0  # for so long
    blocked: Annotated[str, _SENTENCE] = ""  # what to do when it does not


class Write(Step, frozen=True, kw_only=True, tag="write"):
    """A value that is sent to the machine, through the gate, once the person says so."""

    tag: str
    value: float | bool | str | None = None
    from_: str = ""  # instead of a value: the result of this step
    confirm: Annotated[str, _SENTENCE] = ""  # what the person confirms first


class Capture(Step, frozen=True, kw_only=True, tag="capture"):
    """A value that is taken from a tag, such as the torque of a tool."""

    tag: str
    low: float | None = None
    high: float | None = None
    outside: Literal["reason", "refuse"] = "reason"


class Sign(Step, frozen=True, kw_only=True, tag="sign"):
    """A signature: what was done is performed, verified or approved by a person."""

    meaning: Literal["performed", "verified", "approved"] = "performed"
    second: bool = False  # by somebody who has done none of the steps before it


class Loop(Step, frozen=True, kw_only=True, tag="loop"):
    """Back to a step above: so many times, until the machine is so, or as long as the person says."""

    from_: Id
    times: Annotated[int, Meta(ge=2, le=500)] | None = None  # rounds in all
    until: Annotated[str, _EXPRESSION] = ""
    again: Annotated[str, _SENTENCE] = ""  # the question: yes is another round
    most: Annotated[int, Meta(ge=2, le=500)] = 100  # rounds


class Branch(Step, frozen=True, kw_only=True, tag="branch"):
    """Goes on at one step or another, by results and values of the machine."""

    when: Annotated[str, _EXPRESSION]
    to: Id
    otherwise: Id = ""  # "" the step below


class Sub(Step, frozen=True, kw_only=True, tag="sub"):
    """Another instruction, carried out as part of this one."""

    instruction: str


AnyStep = (
    Read
    | Check
    | Number
    | Text
    | Choice
    | Scan
    | Photo
    | Timer
    | Wait
    | Verify
    | Write
    | Capture
    | Sign
    | Loop
    | Branch
    | Sub
)
KINDS: Final[Mapping[str, type[AnyStep]]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        Read,
        Check,
        Number,
        Text,
        Choice,
        Scan,
        Photo,
        Timer,
        Wait,
        Verify,
        Write,
        Capture,
        Sign,
        Loop,
        Branch,
        Sub,
    )
}


class Schedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """When an instruction is due again, counted from the last time it was carried out to its end."""

    hours: float = 0.0
    counter: str = ""  # a tag that counts: starts, run hours
    by: float = 0.0  # due again after so many counts


class Release(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a text has come on its way to the shop floor."""

    state: Literal["draft", "reviewed", "released", "withdrawn"] = "draft"
    written_by: str = ""
    reviewed_by: str = ""
    released_by: str = ""
    on: str = ""  # date of the last of them
    why: str = ""  # it was withdrawn


class StepWording(msgspec.Struct, frozen=True, omit_defaults=True):
    """A step's texts in another language; what is "" is shown as it was written."""

    title: str
    text: str = ""
    hazard: str = ""
    blocked: str = ""
    confirm: str = ""
    again: str = ""
    choices: tuple[str, ...] = ()  # in the order of the step's own


class Wording(msgspec.Struct, frozen=True, omit_defaults=True):
    """An instruction's texts in another language, those of its steps by their ids."""

    title: str
    intro: str = ""
    steps: dict[str, StepWording] = {}
    hazards: tuple[str, ...] = ()
    ppe: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class Instruction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One work instruction of the plant, as its file says."""

    id: str
    title: str
    revision: str = ""
    intro: str = ""  # Markdown
    pictures: tuple[Picture, ...] = ()
    steps: tuple[AnyStep, ...] = ()  # empty: a text to be read, not carried out
    equipment: tuple[str, ...] = ()  # ids
    equipment_types: tuple[str, ...] = ()  # ids of templates
    role: Role = "operate"  # who may start it
    skills: tuple[str, ...] = ()
    minutes: float = 0.0  # how long it takes
    hazards: tuple[str, ...] = ()
    ppe: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()  # of the context, what must be known before it starts: order, lot, serial, ...
    schedule: Schedule = Schedule()
    language: str = "en"
    wordings: dict[str, Wording] = {}  # by language
    digest: str = ""  # of its file and pictures: which text it is
    release: Release = Release()

    def wording(self, language: str) -> Wording | None:
        """Its texts in a language; None where they are only as written."""
        return self.wordings.get(language)


class Procedure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one job carries out: an instruction with those that are part of it, as one row of steps.

    It is kept with the job, so that a job goes on as it began when the plant's files have changed: with its words in
    every language, and its pictures.
    """

    instruction: str
    title: str
    revision: str
    sources: dict[str, str]  # instruction -> digest of its text
    steps: tuple[AnyStep, ...]
    intro: str = ""
    release: str = "draft"  # state when it was started
    skills: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    role: Role = "operate"
    equipment: tuple[str, ...] = ()
    wordings: dict[str, Wording] = {}  # by language, those of its parts included
    drawings: dict[str, str] = {}  # file of a picture -> name by which the station keeps what it shows

    def place(self, step: str) -> int:
        """Where a step stands in the row; -1 if there is none of that id."""
        return next((place for place, one in enumerate(self.steps) if one.id == step), -1)

    def step(self, step: str) -> AnyStep | None:
        """The step of this id."""
        place = self.place(step)
        return None if place < 0 else self.steps[place]

    def after(self, step: AnyStep) -> str:
        """Where a job goes on after a step that says nothing else; "" when that is the end."""
        if step.next:
            return "" if step.next == END else step.next
        place = self.place(step.id) + 1
        return self.steps[place].id if place < len(self.steps) else ""
