"""Instruction -> procedure: those that are part of it put in their place, as one row of steps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

import msgspec

from hmi.core.steps.conditions import RESULT
from hmi.core.steps.model import (
    END,
    AnyStep,
    Branch,
    Check,
    Choice,
    Instruction,
    Loop,
    Number,
    Procedure,
    Read,
    Scan,
    StepWording,
    Sub,
    Wording,
    Write,
)

_RESULT = re.compile(rf"\b{re.escape(RESULT)}(?=[a-z])")
_ORDER = ("withdrawn", "draft", "reviewed", "released")


def procedure_of(instruction: Instruction, known: Mapping[str, Instruction], codes: Mapping[str, str]) -> Procedure:
    """What a job of this instruction carries out, as the plant's files are now; `codes` are those of the machines."""
    sources = {instruction.id: instruction}
    steps = tuple(_steps(instruction, known, codes, sources, ""))
    return Procedure(
        instruction=instruction.id,
        title=instruction.title,
        revision=instruction.revision,
        sources={one.id: one.digest for one in sources.values()},
        steps=steps,
        intro=instruction.intro,
        release=min((one.release.state for one in sources.values()), key=_ORDER.index),
        skills=tuple(dict.fromkeys(skill for one in sources.values() for skill in one.skills)),
        ask=instruction.ask,
        role=instruction.role,
        equipment=instruction.equipment,
        wordings=_wordings(instruction, known),
    )


def key_of(procedure: Procedure) -> str:
    """By what a procedure is kept: the hash of all of it."""
    return hashlib.blake2b(msgspec.json.encode(procedure), digest_size=32).hexdigest()


def _steps(
    instruction: Instruction,
    known: Mapping[str, Instruction],
    codes: Mapping[str, str],
    sources: dict[str, Instruction],
    prefix: str,
    after: str = END,
) -> Iterator[AnyStep]:
    """The steps of an instruction; with a prefix before their ids, and `after` for its end, where it is part of one."""
    for place, step in enumerate(instruction.steps):
        below = prefix + instruction.steps[place + 1].id if place + 1 < len(instruction.steps) else after
        moved = _moved(step, prefix, after)
        if isinstance(moved, Scan) and moved.equipment in codes:
            moved = msgspec.structs.replace(moved, expect=moved.expect or codes[moved.equipment])
        if not isinstance(step, Sub):
            yield moved if moved.next or below != after else msgspec.structs.replace(moved, next=after)
            continue
        part = known[step.instruction]
        sources[part.id] = part
        yield _heading(moved, part)
        yield from _steps(part, known, codes, sources, f"{prefix}{step.id}.", moved.next or below)


def _heading(step: AnyStep, part: Instruction) -> Read:
    """What a person reads before a part begins."""
    text = _opening(step.text, part.intro, (*part.hazards, *part.ppe))
    shared = {key: getattr(step, key) for key in ("hazard", "role", "skill", "tags")}
    return Read(id=step.id, title=step.title, text=text, pictures=(*step.pictures, *part.pictures), **shared)


def _opening(text: str, intro: str, wanted: tuple[str, ...]) -> str:
    lines = [text, intro, *(f"- {one}" for one in wanted)]
    return "\n\n".join(line for line in lines if line)


def _wordings(instruction: Instruction, known: Mapping[str, Instruction]) -> dict[str, Wording]:
    """What the whole row of steps is called in each language that the instruction itself is translated to."""
    return {
        language: msgspec.structs.replace(own, steps=dict(_translated(instruction, known, language, "")))
        for language, own in instruction.wordings.items()
    }


def _translated(
    instruction: Instruction, known: Mapping[str, Instruction], language: str, prefix: str
) -> Iterator[tuple[str, StepWording]]:
    wording = instruction.wordings.get(language)
    for step in instruction.steps:
        own = wording.steps.get(step.id) if wording is not None else None
        if not isinstance(step, Sub):
            if own is not None:
                yield prefix + step.id, own
            continue
        part = known[step.instruction]
        there = part.wordings.get(language, Wording(part.title))
        wanted = (*(there.hazards or part.hazards), *(there.ppe or part.ppe))
        said = own or StepWording(step.title, step.text)
        text = _opening(said.text, there.intro or part.intro, wanted)
        yield prefix + step.id, msgspec.structs.replace(said, text=text)
        yield from _translated(part, known, language, f"{prefix}{step.id}.")


def _moved(step: AnyStep, prefix: str, after: str) -> AnyStep:
    """A step as part of another instruction: what it names are the steps there."""
    if not prefix:
        return step

    def there(name: str) -> str:
        return after if name == END else prefix + name if name else ""

    changed: dict[str, object] = {"id": prefix + step.id, "next": there(step.next)}
    if isinstance(step, Check | Choice | Number):
        changed["go"] = {answer: there(to) for answer, to in step.go.items()}
    elif isinstance(step, Loop):
        changed |= {"from_": there(step.from_), "until": _renamed(step.until, prefix)}
    elif isinstance(step, Branch):
        changed |= {"to": there(step.to), "otherwise": there(step.otherwise), "when": _renamed(step.when, prefix)}
    elif isinstance(step, Write):
        changed["from_"] = there(step.from_)
    return msgspec.structs.replace(step, **changed)


def _renamed(expression: str, prefix: str) -> str:
    return _RESULT.sub(RESULT + prefix, expression)
