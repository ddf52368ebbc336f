"""equipment.toml: the plant as a tree of areas, lines, cells and machines, and which template each of them is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.screens.expand import Types
from hmi.core.screens.parameters import complaint_of_parameters, defaults_of, text_of
from hmi.core.screens.scope import Scope, scope_of
from hmi.core.screens.template import Template
from hmi.core.tags import Tag

FILE: Final = "equipment.toml"
MAX_EQUIPMENT: Final = 5_000
KINDS: Final = ("area", "line", "cell", "equipment")  # ISA-95: each may hold those after it
_SUGGESTIONS: Final = 50  # a file with more mistakes than that has one cause
_ID: Final = Meta(pattern=r"\A[a-z][a-z0-9_-]{0,63}\Z", description="a word of a-z 0-9 _ -", examples=["filler"])
_NAME: Final = Meta(min_length=1, max_length=200, examples=["Filler"])
_PATH: Final = Meta(
    pattern=r"\A([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*)?\Z", description="a dotted path", examples=["line1.filler"]
)
_CODE: Final = Meta(pattern=r"\A[^\x00-\x1f\x7f]{0,200}\Z", description="a text of one line", examples=["FIL-01"])


class _Equipment(Struct, frozen=True):
    id: Annotated[str, _ID]
    name: Annotated[str, _NAME]
    kind: Literal["area", "line", "cell", "equipment"] = "equipment"
    parent: str = ""
    path: Annotated[str, _PATH] = ""
    template: str = ""
    code: Annotated[str, _CODE] = ""
    screen: str = ""
    members: Annotated[
        dict[str, str], Meta(description="a table of members and tags", examples=[{"speed": "line1.drive.speed"}])
    ] = {}
    instructions: tuple[str, ...] = ()
    with_: Annotated[dict[str, Any], Meta(description="a table of parameters", examples=[{"max": "100"}])] = {}


@dataclass(frozen=True, slots=True)
class Machine:
    """One [[equipment]] on its way to an Equipment: what it says, and what its template's texts mean for it."""

    id: str
    name: str
    kind: str
    parent: str
    path: str
    code: str
    screen: str
    instructions: tuple[str, ...]
    template: Template | None
    scope: Scope
    row: toml.Table


def read_equipment(
    texts: Mapping[str, str],
    types: Types,
    tags: list[Tag],
    files: Mapping[str, frozenset[str]],
    mistakes: list[Mistake],
) -> dict[str, Machine]:
    """The equipment of the plant by id, in the order of the file; `files` are the ids of its screens and instructions.

    `types` learns what every machine is called and made of.
    """
    table = toml.read(FILE, texts[FILE], mistakes) if FILE in texts else None
    if table is None:
        return {}
    mistakes += [
        table.mistake(key, f"`{key}` is not a section of {FILE}", "Write [[equipment]]")
        for key in table.values
        if key != "equipment"
    ]
    rows = table.tables("equipment")
    if len(rows) > MAX_EQUIPMENT:
        what = f"the plant has {len(rows)} pieces of equipment"
        mistakes.append(Mistake(FILE, 0, what, f"{MAX_EQUIPMENT} are the most: name machines, not their screws"))
        return {}
    reader = _Reader(types, tags, files, mistakes)
    for row in rows:
        reader.read(row)
    types.lost = {name for row in rows if isinstance(name := row.values.get("id"), str)} - reader.found.keys()
    _check_tree(reader.found, types.lost, mistakes)
    types.scopes = {machine.id: machine.scope for machine in reader.found.values()}
    types.template_of = {machine.id: machine.template.id for machine in reader.found.values() if machine.template}
    return reader.found


class _Reader:
    """Reads one [[equipment]] after the other."""

    def __init__(
        self, types: Types, tags: list[Tag], files: Mapping[str, frozenset[str]], mistakes: list[Mistake]
    ) -> None:
        self.found: dict[str, Machine] = {}
        self._types = types
        self._files = files
        self._mistakes = mistakes
        self._codes: dict[str, toml.Table] = {}

    def read(self, row: toml.Table) -> None:
        """Take one row."""
        made = toml.fill(_Equipment, row, self._mistakes)
        if made is None:
            return
        if made.id in self.found:
            line = self.found[made.id].row.line_of("id")
            self._wrong(row, "id", f"the equipment {made.id} is there twice: first in line {line}", "Rename one")
            return
        code = made.code or made.id
        first = self._codes.setdefault(code.casefold(), row)
        if first is not row:
            what = f"the code {code} is there twice: first in line {first.line_of('code')}"
            self._wrong(row, "code", what, "Give each plate a code of its own")
        self._check_references(row, made)
        template = self._template(row, made)
        scope = self._scope(row, made, template, code)
        self.found[made.id] = Machine(
            made.id,
            made.name,
            made.kind,
            made.parent,
            made.path,
            code,
            made.screen,
            made.instructions or (template.instructions if template else ()),
            template,
            scope,
            row,
        )

    def _wrong(self, row: toml.Table, key: str, what: str, mend: str, severity: str = "error") -> None:
        self._mistakes.append(row.mistake(key, what, mend, severity))

    def _check_references(self, row: toml.Table, made: _Equipment) -> None:
        if made.path and made.path not in self._types.paths:
            few = self._types.paths if len(self._mistakes) < _SUGGESTIONS else ()
            mend = suggestion(made.path, few, "Write the beginning of some tags, such as line1.filler")
            self._wrong(row, "path", f"no tag lies under {made.path}", mend)
        screens = self._files["screens"]
        if made.screen and made.screen not in screens:
            mend = suggestion(made.screen, screens, f"Add screens/{made.screen}.toml")
            self._wrong(row, "screen", f"there is no screen {made.screen}", mend)
        for name in made.instructions:
            if name not in self._files["instructions"]:
                self._wrong(row, "instructions", *_no_instruction(name), "warning")

    def _template(self, row: toml.Table, made: _Equipment) -> Template | None:
        template = self._types.templates.get(made.template)
        if made.template and template is None and made.template not in self._files["templates"]:
            mend = suggestion(made.template, self._types.templates, f"Add templates/{made.template}.toml")
            self._wrong(row, "template", f"there is no template {made.template}", mend)
        for key in ("members", "with"):
            if key in row.values and not made.template:
                self._wrong(row, key, f"{key} is for a template, and the equipment names none", "Add template =")
        if template is not None:
            self._types.used.add(template.id)
            for name in template.instructions if not made.instructions else ():
                if name not in self._files["instructions"]:
                    mistake = template.head.mistake("instructions", *_no_instruction(name), "warning")
                    self._types.folded.add([mistake], made.id)
        return template

    def _scope(self, row: toml.Table, made: _Equipment, template: Template | None, code: str) -> Scope:
        own = self._members(row, made, template)
        built_in = {"id": made.id, "name": made.name, "path": made.path, "code": code, "screen": made.screen}
        plain = Scope(self._types.room, built_in)
        given: dict[str, str] = {}
        if template is not None and made.with_:
            complaint = complaint_of_parameters(made.with_, template, built_in=())
            if complaint:
                self._wrong(row, "with", *complaint)
            else:
                given = {name: plain.filled(text_of(value)) for name, value in made.with_.items()}
        defaults = defaults_of(template, built_in, plain) if template else {}
        names = {**defaults, **given, **built_in}
        scope, lost = scope_of(template, names, own, self._types.tags, self._types.room)
        for name in lost:
            tag = template.members[name].tag if template else ""
            what = f"the equipment {made.id} has no {name}, which its template {made.template} needs"
            mend = f'Add the tag {made.path}.{tag}, or write members = {{ {name} = "its tag" }}'
            self._wrong(row, "template", what, mend)
        where = f"{made.id} in {row.file}:{row.line}"
        self._types.folded.know(where, made.path)
        return scope.of(made.id, where)

    def _members(self, row: toml.Table, made: _Equipment, template: Template | None) -> dict[str, str]:
        """The tags of members that are not where the template looks for them; wrong ones are noted, and kept."""
        inner, own = row.table("members"), dict[str, str]()
        if template is None or inner is None:
            return own
        for name, tag in made.members.items():
            full = f"{made.path}{tag}" if tag.startswith(".") else tag
            if name not in template.members:
                mend = suggestion(name, template.members, f"It has {', '.join(template.members) or 'none'}")
                self._mistakes.append(inner.mistake(name, f"the template {template.id} has no member {name}", mend))
            elif full not in self._types.tags:
                few = self._types.tags if len(self._mistakes) < _SUGGESTIONS else ()
                mend = suggestion(full, few, "Add it to tags.csv, or name another tag")
                self._mistakes.append(inner.mistake(name, f"there is no tag {full}", mend))
            own[name] = full
        return own


def _no_instruction(name: str) -> tuple[str, str]:
    return f"there is no instruction {name}", f"Add instructions/{name}.md"


def _check_tree(found: Mapping[str, Machine], lost: Collection[str], mistakes: list[Mistake]) -> None:
    """Every parent must exist and be of a kind that can hold the part, and no part may hold itself."""
    for machine in found.values():
        parent = found.get(machine.parent)
        if machine.parent and parent is None and machine.parent not in lost:
            mend = suggestion(machine.parent, found, f"Add [[equipment]] id = {machine.parent!r}")
            mistakes.append(machine.row.mistake("parent", f"there is no equipment {machine.parent}", mend))
        elif parent and KINDS.index(parent.kind) > KINDS.index(machine.kind):
            what = f"the {machine.kind} {machine.id} cannot be part of the {parent.kind} {parent.id}"
            mend = f"Kinds go from {' over '.join(KINDS[:-1])} to {KINDS[-1]}"
            mistakes.append(machine.row.mistake("parent", what, mend))
    for circle in _circles(found):
        first = found[circle[0]]
        what = f"equipment is part of itself: {' -> '.join([*circle[:6], circle[0]])}"
        mistakes.append(first.row.mistake("parent", what, "Let one of them have no parent, or another"))


def _circles(found: Mapping[str, Machine]) -> list[list[str]]:
    """Every circle of parents once, from its first member in the file on."""
    settled: set[str] = set()
    circles = []
    for first in found:
        name, trail = first, dict[str, None]()
        while name in found and name not in settled and name not in trail:
            trail[name] = None
            name = found[name].parent
        if name in trail:
            path = list(trail)
            circles.append(path[path.index(name) :])
        settled |= set(trail)
    return circles
