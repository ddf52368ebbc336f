"""What differs between two revisions of an instruction: step by step, word by word, picture by picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

import msgspec

from hmi.core.steps.model import AnyStep, Picture, Procedure

Kind = Literal["same", "changed", "moved", "added", "removed"]
_WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")
_OF_HEAD: Final = ("title", "revision", "intro", "role", "skills", "ask", "equipment")
_APART: Final = ("id", "pictures")  # of a step: told in other ways


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as one revision shows it: which file, and under which name the station keeps what it showed."""

    file: str
    kept: str = ""  # "": it was not kept


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a step says, before and after; "" where it said nothing."""

    name: str  # title, text, hazard, low, ...; with the language behind it where it is translated
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One step in both revisions; of the whole instruction where `step` is ""."""

    step: str
    title: str
    kind: Kind
    parts: tuple[Part, ...] = ()  # those that differ; all of them where it was added or removed
    before: tuple[Shown, ...] = ()  # pictures
    after: tuple[Shown, ...] = ()


def compared(before: Procedure, after: Procedure) -> list[Difference]:
    """Every step of both, in the order of the newer one; what was removed stands where it stood."""
    found = [_head(before, after)]
    known = {step.id: step for step in before.steps}
    order = _order(before, after)
    kept = _in_place(before, after)
    for name in order:
        old, new = known.get(name), after.step(name)
        found.append(_step(before, after, old, new, name in kept))
    return found


def changed(some: list[Difference]) -> list[Difference]:
    """Only those that are not the same."""
    return [one for one in some if one.kind != "same"]


def words(before: str, after: str) -> Iterator[tuple[Literal["same", "removed", "added"], str]]:
    """A text as pieces: what stayed, what went and what came, in the order in which it is read."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[i1:i2])
            continue
        if i1 < i2:
            yield "removed", "".join(old[i1:i2])
        if j1 < j2:
            yield "added", "".join(new[j1:j2])


def _order(before: Procedure, after: Procedure) -> list[str]:
    """The ids of all steps: those of the newer revision, and each that was removed behind the one above it."""
    order = [step.id for step in after.steps]
    above = ""
    for step in before.steps:
        if step.id not in order:
            order.insert(order.index(above) + 1 if above in order else 0, step.id)
        above = step.id
    return order


def _in_place(before: Procedure, after: Procedure) -> set[str]:
    """The steps that did not change places: the longest row of them that stands in both."""
    old, new = [step.id for step in before.steps], [step.id for step in after.steps]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {name for block in blocks for name in old[block.a : block.a + block.size]}


def _head(before: Procedure, after: Procedure) -> Difference:
    parts = _differing(_of_head(before), _of_head(after))
    return Difference("", after.title, "changed" if parts else "same", parts)


def _of_head(procedure: Procedure) -> dict[str, str]:
    told = _told(procedure, _OF_HEAD)
    for language, wording in procedure.wordings.items():
        told |= _told(wording, ("title", "intro", "hazards", "ppe", "tools", "parts"), f" ({language})")
    return told


def _step(before: Procedure, after: Procedure, old: AnyStep | None, new: AnyStep | None, in_place: bool) -> Difference:
    told, said = _of_step(before, old), _of_step(after, new)
    seen, shown = _pictures(before, old), _pictures(after, new)
    parts = _differing(told, said)
    step = new or old
    assert step is not None
    kind: Kind = "added" if old is None else "removed" if new is None else "same" if in_place else "moved"
    if old is not None and new is not None and (parts or seen != shown):
        kind = "changed"
    return Difference(step.id, step.title, kind, parts, seen, shown)


def _of_step(procedure: Procedure, step: AnyStep | None) -> dict[str, str]:
    if step is None:
        return {}
    plain: dict[str, object] = msgspec.to_builtins(step)  # without what is as usual
    told = _told(step, tuple(key for key in step.__struct_fields__ if key in plain and key not in _APART))
    told["type"] = str(step.__struct_config__.tag)
    for language, wording in procedure.wordings.items():
        said = wording.steps.get(step.id)
        told |= _told(said, said.__struct_fields__, f" ({language})") if said is not None else {}
    return told


def _told(thing: Any, keys: tuple[str, ...], behind: str = "") -> dict[str, str]:
    """What it says, in words; what it does not say is left out."""
    found = ((key, _text(getattr(thing, key))) for key in keys)
    return {f"{key.rstrip('_')}{behind}": text for key, text in found if text}


def _text(value: Any) -> str:
    if value is None or value is False or value == ():
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(one)}" for key, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(_text(one) for one in value)
    return "yes" if value is True else str(msgspec.to_builtins(value))


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Part, ...]:
    names = dict.fromkeys((*old, *new))
    return tuple(Part(name, was, is_) for name in names if (was := old.get(name, "")) != (is_ := new.get(name, "")))


def _pictures(procedure: Procedure, step: AnyStep | None) -> tuple[Shown, ...]:
    some: tuple[Picture, ...] = step.pictures if step is not None else ()
    return tuple(Shown(one.file, procedure.drawings.get(one.file, "")) for one in some)
