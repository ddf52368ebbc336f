"""The steps of an instruction: each block of TOML as a step of its kind, checked against the plant it is for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.expr import ExprError
from hmi.core.nearest import nearest, suggestion
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.instructions_flow import answers, circles, targets, unreached
from hmi.core.plant.instructions_text import Block, table_of
from hmi.core.setting import Unacceptable, acceptable, is_writable
from hmi.core.steps.conditions import compiled
from hmi.core.steps.model import (
    END,
    KINDS,
    AnyStep,
    Branch,
    Capture,
    Choice,
    Loop,
    Number,
    Scan,
    Sub,
    Text,
    Verify,
    Wait,
    Write,
)
from hmi.core.tags import Tag

_SLUG: Final = re.compile(r"[^a-z0-9]+")
_MASK: Final = re.compile(r"[ -~]{1,60}")
_GIVES_NUMBERS: Final = ("check", "number", "timer", "capture", "verify", "write")


@dataclass(frozen=True, slots=True)
class Around:
    """What the steps of a plant's instructions may name."""

    tags: Sequence[Tag]
    index: Mapping[str, int]
    equipment: Mapping[str, Equipment] = field(default_factory=dict)
    instructions: Collection[str] = ()  # ids


Placed = tuple[AnyStep, toml.Table]


def read_steps(file: str, blocks: Sequence[Block], around: Around, mistakes: list[Mistake]) -> tuple[AnyStep, ...]:
    """The steps of a file; those with mistakes are left out, and what they name counts as right."""
    count = len(mistakes)
    placed = [found for block in blocks if (found := _step(file, block, mistakes)) is not None]
    _Checks(placed, around, mistakes).run()
    steps = tuple(step for step, _ in placed)
    if len(mistakes) == count:  # else ways may be missing
        lines = {step.id: table for step, table in placed}
        for step in unreached(steps):
            mend = "Let a step lead to it, or remove it"
            mistakes.append(lines[step.id].mistake("id", f"no way leads to the step {step.id}", mend, "warning"))
        for step in circles(steps)[:1]:
            mend = "Put a step between that a person does"
            mistakes.append(lines[step.id].mistake("id", f"from {step.id} a job would go round by itself", mend))
    return steps


def _step(file: str, block: Block, mistakes: list[Mistake]) -> Placed | None:
    table = table_of(file, block, mistakes)
    if table is None:
        return None
    if not block.title:
        mistakes.append(Mistake(file, block.line, "the step has no title", "Write it after ##"))
    kind = table.values.get("type", "read")
    if kind not in KINDS:
        found = nearest(str(kind), KINDS)
        mend = f'Write type = "{found[0]}"' if found else f"Write one of {', '.join(KINDS)}"
        mistakes.append(table.mistake("type", f"there is no type of step {kind!r}", mend))
        return None
    known: dict[str, Any] = {"title": block.title, "text": block.text, "pictures": block.pictures}
    if "id" not in table.values:
        known["id"] = slug(block.title)
    step: AnyStep | None = toml.fill(KINDS[kind], table, mistakes, beside=("type",), **known)
    return None if step is None else (step, table)


def slug(title: str) -> str:
    """The id of a step that names none: close_the_inlet for Close the inlet."""
    found = _SLUG.sub("_", title.lower()).strip("_")[:40].strip("_")
    return found if found[:1].isalpha() else f"step_{found}".rstrip("_")


class _Checks:
    """What steps say of each other and of the plant."""

    def __init__(self, placed: Sequence[Placed], around: Around, mistakes: list[Mistake]) -> None:
        self._placed = placed
        self._around = around
        self._mistakes = mistakes
        self._ids = {step.id: step for step, _ in placed}
        self._numbers = [step.id for step, _ in placed if step.__struct_config__.tag in _GIVES_NUMBERS]
        self._above: set[str] = set()

    def run(self) -> None:
        """Check every step; what is wrong goes on the list."""
        for step, table in self._placed:
            if "." in step.id or step.id == END:
                mend = "Write another id, of small letters, digits and _"
                self._wrong(table, "id", f"a step cannot be called {step.id}", mend)
            elif step.id in self._above:
                self._wrong(table, "id", f"there are two steps {step.id}", "Write another id in one of them")
            self._above.add(step.id)
            self._targets(step, table)
            for name in step.tags:
                self._tag(table, "tags", name)
            check = _OF_KIND.get(type(step))
            if check is not None:
                check(self, step, table)

    def _wrong(self, table: toml.Table, key: str, what: str, mend: str) -> None:
        self._mistakes.append(table.mistake(key, what, mend))

    def _targets(self, step: AnyStep, table: toml.Table) -> None:
        for key, to in targets(step):
            if to not in self._ids and to != END:
                mend = suggestion(to, self._ids, "Name a step of this instruction, or end")
                self._wrong(table, key, f"there is no step {to}", mend)
        possible = answers(step)
        for answer in getattr(step, "go", ()):
            if answer not in possible:
                mend = suggestion(answer, possible, f"Write one of {', '.join(possible)}")
                self._wrong(table, "go", f"{answer!r} is no answer of this step", mend)

    def _tag(self, table: toml.Table, key: str, name: str) -> Tag | None:
        index = self._around.index.get(name)
        if index is not None:
            return self._around.tags[index]
        few = self._around.index if len(self._mistakes) < 50 else ()
        self._wrong(table, key, f"there is no tag {name}", suggestion(name, few, "Add it to tags.csv, or name another"))
        return None

    def _expression(self, table: toml.Table, key: str, text: str, results: Collection[str] = ()) -> None:
        try:
            condition = compiled(text, self._around.index, results)
        except ExprError as error:
            self._wrong(table, key, f"{error.what} (column {error.column} of `{key}`)", error.mend)
            return
        if not condition.names:
            self._wrong(table, key, f"`{key}` reads no tag", "Name the tags that it depends on")
        for name in condition.names:
            index = self._around.index.get(name)
            if index is not None and self._around.tags[index].is_text:
                self._wrong(
                    table, key, f"{name} is text, and expressions are about numbers", "Use a step of type check"
                )

    def _limits(self, step: Number | Capture, table: toml.Table) -> None:
        if step.low is not None and step.high is not None and step.low >= step.high:
            self._wrong(table, "low", f"low {step.low:g} is not below high {step.high:g}", "Exchange them")
        if isinstance(step, Capture):
            self._tag(table, "tag", step.tag)

    def _text(self, step: Text, table: toml.Table) -> None:
        if step.least > step.most:
            self._wrong(table, "least", f"least {step.least} is more than most {step.most}", "Exchange them")

    def _choice(self, step: Choice, table: toml.Table) -> None:
        for one in step.expect:
            if one not in step.choices:
                mend = suggestion(one, step.choices, f"Write one of {', '.join(step.choices)}")
                self._wrong(table, "expect", f"{one!r} is none of the choices", mend)
        if len(set(step.choices)) < len(step.choices):
            self._wrong(table, "choices", "a choice stands there twice", "Remove one of them")

    def _scan(self, step: Scan, table: toml.Table) -> None:
        if step.mask and not _MASK.fullmatch(step.mask):
            self._wrong(table, "mask", "the mask cannot be used", "Write # for a digit, @ for a letter, ? for any sign")
        if step.equipment and step.equipment not in self._around.equipment:
            mend = suggestion(step.equipment, self._around.equipment, "Name one of equipment.toml")
            self._wrong(table, "equipment", f"there is no equipment {step.equipment}", mend)

    def _condition(self, step: Wait | Verify, table: toml.Table) -> None:
        key = "until" if isinstance(step, Wait) else "needs"
        self._expression(table, key, step.until if isinstance(step, Wait) else step.needs)

    def _write(self, step: Write, table: toml.Table) -> None:
        tag = self._tag(table, "tag", step.tag)
        if (step.value is None) == (not step.from_):
            self._wrong(table, "value", "the step does not say what to write", "Write either value or from")
        if step.from_ and (step.from_ not in self._above or step.from_ == step.id):
            mend = "Name a step above that gives a value"
            self._wrong(table, "from", f"there is no step {step.from_} above", mend)
        if tag is None:
            return
        if not is_writable(tag):
            self._wrong(table, "tag", f"{tag.name} is read-only", "Write to another, or set access = rw in tags.csv")
        elif step.value is not None:
            try:
                acceptable(tag, step.value)
            except Unacceptable as error:
                self._wrong(table, "value", str(error), "Write a value that the tag takes")

    def _loop(self, step: Loop, table: toml.Table) -> None:
        ways = [key for key in ("times", "until", "again") if getattr(step, key)]
        if len(ways) != 1:
            mend = "Write one of times, until and again"
            self._wrong(table, ways[1] if ways else "type", "the step does not say when the loop ends", mend)
        if step.from_ in self._ids and (step.from_ not in self._above or step.from_ == step.id):
            self._wrong(table, "from", f"{step.from_} is not above the loop", "Name the step that a round begins with")
        if step.until:
            self._expression(table, "until", step.until, self._numbers)

    def _branch(self, step: Branch, table: toml.Table) -> None:
        self._expression(table, "when", step.when, self._numbers)

    def _sub(self, step: Sub, table: toml.Table) -> None:
        if step.instruction not in self._around.instructions:
            mend = suggestion(step.instruction, self._around.instructions, f"Add instructions/{step.instruction}.md")
            self._wrong(table, "instruction", f"there is no instruction {step.instruction}", mend)


_OF_KIND: Final[Mapping[type[AnyStep], Callable[[_Checks, Any, toml.Table], None]]] = {
    Number: _Checks._limits,
    Capture: _Checks._limits,
    Text: _Checks._text,
    Choice: _Checks._choice,
    Scan: _Checks._scan,
    Wait: _Checks._condition,
    Verify: _Checks._condition,
    Write: _Checks._write,
    Loop: _Checks._loop,
    Branch: _Checks._branch,
    Sub: _Checks._sub,
}
