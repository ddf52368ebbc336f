"""instructions/*.md: the plant's work instructions, with their pictures and what they are called in other languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.instructions_release import read_releases
from hmi.core.plant.instructions_steps import Around, read_steps
from hmi.core.plant.instructions_text import Source, cut
from hmi.core.plant.instructions_wording import Names, read_wording
from hmi.core.screens.svg import read_drawing
from hmi.core.steps.model import Instruction, Picture, Role, Schedule, Sub

FOLDER: Final = "instructions/"
_FILE: Final = re.compile(rf"{FOLDER}([a-z][a-z0-9_-]{{0,59}})(?:\.([a-z]{{2,3}}))?\.md")
_TITLE: Final = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_DEEPEST: Final = 3  # an instruction in an instruction in an instruction


class _Head(Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(min_length=1, max_length=120, examples=["Filler bowl overflows"])]
    id: str = ""
    revision: Annotated[str, Meta(min_length=1, max_length=20, examples=["1"])] = "1"
    equipment: tuple[str, ...] = ()
    equipment_types: tuple[str, ...] = ()
    role: Role = "operate"
    skills: Names = ()
    minutes: Annotated[float, Meta(ge=0, le=10_000)] = 0.0
    hazards: Names = ()
    ppe: Names = ()
    tools: Names = ()
    parts: Names = ()
    ask: tuple[Annotated[str, Meta(pattern="^(order|product|lot|serial|shift|tool)$", examples=["lot"])], ...] = ()
    every_h: Annotated[float, Meta(gt=0, examples=[24])] | None = None
    every_days: Annotated[float, Meta(gt=0, examples=[7])] | None = None
    every: Annotated[float, Meta(gt=0, examples=[500])] | None = None
    counter: str = ""
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}$", examples=["en"])] = "en"


def instruction_ids(texts: Mapping[str, str]) -> frozenset[str]:
    """The ids of the instructions among a plant's files: one with a mistake is there all the same."""
    return frozenset(match[1] for file in texts if (match := _FILE.fullmatch(file)) and not match[2])


def read_instructions(
    texts: Mapping[str, str], around: Around, types: Collection[str], mistakes: list[Mistake]
) -> tuple[dict[str, Instruction], dict[str, str]]:
    """The instructions by id, and their drawings by file, found harmless; mistakes go on the list."""
    return _Reader(texts, around, types, mistakes).read()


def with_instructions(
    equipment: Mapping[str, Equipment], instructions: Mapping[str, Instruction]
) -> dict[str, Equipment]:
    """The equipment, each with the instructions that name it or its type beside those that it names itself."""
    found = {}
    for one in equipment.values():
        about = [i.id for i in instructions.values() if one.id in i.equipment or one.template in i.equipment_types]
        more = tuple(dict.fromkeys((*one.instructions, *about)))
        found[one.id] = replace(one, instructions=more) if more != one.instructions else one
    return found


class _Reader:
    def __init__(
        self, texts: Mapping[str, str], around: Around, types: Collection[str], mistakes: list[Mistake]
    ) -> None:
        self._texts = texts
        self._around = around
        self._types = types
        self._mistakes = mistakes
        self._drawings: dict[str, str] = {}
        self._said: dict[str, list[str]] = {}  # file of an instruction -> those of its translations
        for file in sorted(texts):
            if (match := _FILE.fullmatch(file)) and match[2]:
                self._said.setdefault(f"{FOLDER}{match[1]}.md", []).append(file)

    def read(self) -> tuple[dict[str, Instruction], dict[str, str]]:
        found: dict[str, Instruction] = {}
        variants = []
        for file in sorted(self._texts):
            if not (file.startswith(FOLDER) and file.endswith(".md")):
                continue
            match = _FILE.fullmatch(file)
            if match is None:
                mend = "Name it like filler-overflow.md, of small letters, digits and -"
                self._mistakes.append(Mistake(file, 0, "this is no name of an instruction", mend))
            elif match[2]:
                variants.append((match[1], match[2], file))
            elif (source := cut(file, self._texts[file], self._mistakes)) is not None:
                made = self._instruction(match[1], source)
                if made is not None:
                    found[made.id] = made
        for name, language, file in variants:
            self._translate(found, name, language, file)
        for one in found.values():
            self._check_subs(found, one, (one.id,))
        releases = read_releases(self._texts, found, self._mistakes)
        for name, release in releases.items():
            found[name] = msgspec.structs.replace(found[name], release=release)
        return found, self._drawings

    def _instruction(self, name: str, source: Source) -> Instruction | None:
        if source.head is None:
            return self._plain(name, source)
        head = toml.fill(_Head, source.head, self._mistakes)
        steps = read_steps(source.file, source.steps, self._around, self._mistakes)
        pictures = [*source.intro.pictures, *(one for block in source.steps for one in block.pictures)]
        self._draw(source, pictures)
        if head is None:
            return None
        self._check(name, head, source.head)
        if not source.steps:
            mend = "Write ## and a title above each step"
            self._mistakes.append(Mistake(source.file, 1, "the instruction has no steps", mend))
        named = {key: getattr(head, key) for key in _SAME}
        return Instruction(
            id=name,
            intro=_TITLE.sub("", source.intro.text, count=1).strip(),
            pictures=source.intro.pictures,
            steps=steps,
            schedule=Schedule(head.every_h or 24 * (head.every_days or 0.0), head.counter, head.every or 0.0),
            digest=self._digest(source.file, pictures),
            **named,
        )

    def _plain(self, name: str, source: Source) -> Instruction:
        """A file without a head is a text to be read, and nothing is carried out."""
        text = self._texts[source.file]
        match = _TITLE.search(text)
        what, mend = (
            "the instruction can be read, not carried out",
            "Write a head between two lines +++, see the manual",
        )
        self._mistakes.append(Mistake(source.file, 1, what, mend, "warning"))
        pictures = [*source.intro.pictures, *(one for block in source.steps for one in block.pictures)]
        self._draw(source, pictures)
        return Instruction(
            id=name,
            title=match[1] if match else name.replace("-", " ").capitalize(),
            intro=_TITLE.sub("", text, count=1).strip(),
            pictures=tuple(pictures),
            digest=self._digest(source.file, pictures),
        )

    def _check(self, name: str, head: _Head, table: toml.Table) -> None:
        around = self._around
        if head.id not in ("", name):
            what = f"the id {head.id} is not that of the file, {name}"
            self._mistakes.append(table.mistake("id", what, f'Write id = "{name}", or leave it out'))
        for key, known in (("equipment", around.equipment), ("equipment_types", self._types)):
            for one in getattr(head, key):
                if one not in known:
                    mend = suggestion(one, known, "Name one of the plant's files")
                    self._mistakes.append(table.mistake(key, f"there is no {key.replace('_', ' ')} {one}", mend))
        if head.every_h and head.every_days:
            mend = "Keep one of them"
            self._mistakes.append(table.mistake("every_days", "every_h and every_days are two schedules", mend))
        if (head.every is None) != (not head.counter):
            mend = 'Write both: every = 500 and counter = "line1.filler.starts"'
            self._mistakes.append(table.mistake("every", "every and counter belong together", mend))
        elif head.counter and head.counter not in around.index:
            mend = suggestion(head.counter, around.index, "Name a tag that counts")
            self._mistakes.append(table.mistake("counter", f"there is no tag {head.counter}", mend))

    def _draw(self, source: Source, pictures: list[Picture]) -> None:
        """Drawings are read here; of a photograph there is its mark, if it is in the folder."""
        for name in dict.fromkeys(one.file for one in pictures):
            file = FOLDER + name
            if file in self._drawings:
                continue
            if file not in self._texts:
                lines = self._texts[source.file].splitlines()
                line = next((n for n, text in enumerate(lines, 1) if f"({name})" in text), 0)
                self._mistakes.append(Mistake(source.file, line, f"there is no picture {name}", f"Add {file}"))
                continue
            if not name.endswith(".svg"):
                continue
            drawing = read_drawing(file, self._texts[file], self._mistakes)
            if drawing is not None:
                self._drawings[file] = drawing.text

    def _translate(self, found: dict[str, Instruction], name: str, language: str, file: str) -> None:
        whole = found.get(name)
        if whole is not None:
            wording = read_wording(file, self._texts[file], whole, self._mistakes)
            if wording is not None:
                found[name] = msgspec.structs.replace(whole, wordings=whole.wordings | {language: wording})
        elif name not in instruction_ids(self._texts):
            self._mistakes.append(Mistake(file, 0, f"there is no instruction {name}", "Rename the file"))

    def _digest(self, file: str, pictures: list[Picture]) -> str:
        """Of all that is shown: the text, what it is in other languages, drawings, and the marks of photographs."""
        total = blake2b(digest_size=32)
        said = sorted(
            one for one in self._texts if (match := _FILE.fullmatch(one)) and f"{FOLDER}{match[1]}.md" == file
        )
        names = dict.fromkeys([file, *said, *(FOLDER + one.file for one in pictures)])
        for name in names:
            for part in (name.encode(), self._texts.get(name, "").replace("\r\n", "\n").encode()):
                total.update(len(part).to_bytes(8, "little"))
                total.update(part)
        return total.hexdigest()

    def _check_subs(self, found: Mapping[str, Instruction], one: Instruction, above: tuple[str, ...]) -> None:
        for sub in (step for step in one.steps if isinstance(step, Sub)):
            if sub.instruction in above:
                circle = " in ".join((sub.instruction, *reversed(above)))
                what, mend = f"the instruction is part of itself: {circle}", "Take it out of one of them"
            elif len(above) > _DEEPEST:
                what, mend = f"more than {_DEEPEST} instructions are one in another", "Take one of them apart"
            elif sub.instruction in found and not found[sub.instruction].steps:
                what, mend = f"{sub.instruction} can only be read", "Give it a head and steps"
            else:
                if sub.instruction in found:
                    self._check_subs(found, found[sub.instruction], (*above, sub.instruction))
                continue
            self._mistakes.append(Mistake(f"{FOLDER}{above[0]}.md", 0, what, mend))


_SAME: Final = tuple(key for key in _Head.__struct_fields__ if key in Instruction.__struct_fields__ and key != "id")
