"""instructions/ID.LANGUAGE.md: a work instruction in another language, checked against the one it translates."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.plant.instructions_text import Block, Source, cut, table_of
from hmi.core.steps.model import AnyStep, Choice, Instruction, StepWording, Wording

_TEXT: Final = Meta(max_length=300)
Names = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=40)]
_LISTS: Final = ("hazards", "ppe", "tools", "parts")
_SAFETY: Final = ("hazards", "ppe")  # whoever reads the other language must not miss these
_OF_STEPS: Final = ("hazard", "blocked", "confirm", "again")


class _Head(Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(min_length=1, max_length=120, examples=["Füllkessel läuft über"])]
    hazards: Names = ()
    ppe: Names = ()
    tools: Names = ()
    parts: Names = ()


class _Said(Struct, frozen=True, kw_only=True):
    id: str
    hazard: Annotated[str, _TEXT] = ""
    blocked: Annotated[str, _TEXT] = ""
    confirm: Annotated[str, _TEXT] = ""
    again: Annotated[str, _TEXT] = ""
    choices: tuple[str, ...] = ()


def read_wording(file: str, text: str, whole: Instruction, mistakes: list[Mistake]) -> Wording | None:
    """What an instruction says in the language of this file; mistakes and what is not translated go on the list."""
    source = cut(file, text, mistakes)
    if source is None:
        return None
    if source.head is None:
        mistakes.append(Mistake(file, 1, "the translation has no head", 'Write +++, title = "...", +++'))
        return None
    head = toml.fill(_Head, source.head, mistakes)
    steps = dict(_steps(source, whole, mistakes))
    missing = [step.id for step in whole.steps if step.id not in steps]
    if missing:
        what = f"{len(missing)} steps are not translated: {', '.join(missing[:5])}"
        mistakes.append(Mistake(file, 0, what, f"Add them with their id from {whole.id}.md", "warning"))
    if head is None:
        return None
    _compare(source.head, head, whole, mistakes)
    named = {key: getattr(head, key) for key in _LISTS}
    return Wording(head.title, source.intro.text, steps, **named)


def _compare(table: toml.Table, head: _Head, whole: Instruction, mistakes: list[Mistake]) -> None:
    for key in _LISTS:
        own, said = getattr(whole, key), getattr(head, key)
        if said and len(said) != len(own):
            mend = "Translate each of them, in their order"
            mistakes.append(table.mistake(key, f"there are {len(own)} {key}, and {len(said)} here", mend))
        elif own and not said and key in _SAFETY:
            mistakes.append(table.mistake(key, f"the {key} are not translated", f"Add {key} = [...]", "warning"))


def _steps(source: Source, whole: Instruction, mistakes: list[Mistake]) -> Iterator[tuple[str, StepWording]]:
    steps = {step.id: step for step in whole.steps}
    for block in source.steps:
        table = table_of(source.file, block, mistakes)
        said = toml.fill(_Said, table, mistakes) if table is not None else None
        if said is None or table is None:
            continue
        step = steps.get(said.id)
        if step is None:
            _strange(source, block, said.id, steps, mistakes)
            continue
        _compare_step(table, said, step, mistakes)
        texts = {key: getattr(said, key) for key in _OF_STEPS}
        yield said.id, StepWording(block.title, block.text, choices=said.choices, **texts)


def _strange(source: Source, block: Block, step: str, ids: Collection[str], mistakes: list[Mistake]) -> None:
    mend = suggestion(step, ids, f"Take the id from the file without {source.file[-5:-3]}")
    mistakes.append(Mistake(source.file, block.line, f"there is no step {step}", mend))


def _compare_step(table: toml.Table, said: _Said, step: AnyStep, mistakes: list[Mistake]) -> None:
    for key in _OF_STEPS:
        own, here = getattr(step, key, ""), getattr(said, key)
        if here and not own:
            mend = "Leave it out, or write it there first"
            mistakes.append(table.mistake(key, f"the step {step.id} has no {key}", mend))
        elif own and not here:
            mistakes.append(table.mistake("id", f"{key} of {step.id} is not translated", f"Add {key}", "warning"))
    choices = step.choices if isinstance(step, Choice) else ()
    if said.choices and len(said.choices) != len(choices):
        mend = "Translate each of them, in their order"
        what = f"{step.id} has {len(choices)} choices, and {len(said.choices)} here"
        mistakes.append(table.mistake("choices", what, mend))
    elif choices and not said.choices:
        mistakes.append(table.mistake("id", f"choices of {step.id} are not translated", "Add choices", "warning"))
