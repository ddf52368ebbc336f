"""What templates make of machines: faceplates, detail screens and alarms, each as if it had been written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from hmi.core import expr, toml
from hmi.core.errors import Mistake
from hmi.core.expr import ExprError
from hmi.core.nearest import suggestion
from hmi.core.plant.derived_tags import text_read
from hmi.core.plant.equipment import Blocked, Equipment, Faceplate
from hmi.core.plant.equipment_toml import Machine
from hmi.core.policy import Interlock
from hmi.core.screens.expand import MAX_SUGGESTED, Types
from hmi.core.screens.model import Screen
from hmi.core.screens.parse import ScreenFiles
from hmi.core.screens.scope import Missing, Scope, left_open
from hmi.core.screens.template import DETAIL, FACEPLATE, Template
from hmi.core.setting import is_writable
from hmi.core.tags import Tag

_TEXT: Final = Meta(min_length=1, max_length=300, examples=["Guard door open: close it"])
_SAID: Final = frozenset(  # keys of alarms that are texts; `${...}` in all others is a number or a switch
    "id tag type title class cause effect action consequence instruction screen status suppress_when rationalised_by"
    " group area setpoint command limit_tag per direction basis".split()
)
_MEMBER: Final = re.compile(r"\.[a-z_]\w*(\.\w+)*", re.ASCII)


class _Interlock(Struct, frozen=True):
    needs: Annotated[str, Meta(min_length=1, examples=[".guard_door == 0"])]
    blocked: Annotated[str, _TEXT]
    member: Annotated[str, Meta(examples=[".start"])] = ""


def details_of(machines: Mapping[str, Machine], own: frozenset[str]) -> dict[str, str]:
    """The id of every machine's detail screen, where it has one: a file of the plant, or made from the template."""
    found = {}
    for machine in machines.values():
        name = f"{machine.id}-detail"
        if name in own or (machine.template and DETAIL in machine.template.parts):
            found[machine.id] = name
    return found


def alarms_of(machines: Mapping[str, Machine]) -> Iterator[tuple[toml.Table, str]]:
    """The [[alarm]] rows that templates make, each with its machine; none on a member that the machine lacks."""
    for machine in machines.values():
        for row in machine.template.alarms if machine.template else ():
            try:
                values = {key: _of_alarm(key, value, machine.scope) for key, value in row.values.items()}
            except Missing:
                continue
            values = {
                key: value for key, value in values.items() if not any(left_open(value))
            }  # told with the template
            name = values.get("id")
            if isinstance(name, str) and name.startswith("."):
                values["id"] = f"{machine.path or machine.id}{name}"
            if machine.screen:
                values.setdefault("screen", machine.screen)
            yield replace(row, values=values), machine.scope.where


def _of_alarm(key: str, value: Any, scope: Scope) -> Any:
    filled = scope.filled(value, key not in _SAID)
    if key.endswith("_when"):
        return scope.expression(filled)
    is_member = key != "id" and isinstance(filled, str) and _MEMBER.fullmatch(filled)
    return scope.resolved(filled) if is_member else filled


class Furnisher:
    """Gives every machine its faceplate and its detail screen."""

    def __init__(
        self,
        machines: Mapping[str, Machine],
        files: ScreenFiles,
        types: Types,
        tags: list[Tag],
        own: frozenset[str],
    ) -> None:
        self._machines = machines
        self._files = files
        self._types = types
        self._tags = tags
        self._own = own
        self._details = details_of(machines, own)

    def equipment(self) -> dict[str, Equipment]:
        """All equipment, in the order of the file."""
        return {machine.id: self._equipment(machine) for machine in self._machines.values()}

    def details(self) -> dict[str, Screen]:
        """The detail screens that templates make, by id."""
        found = {}
        for machine in self._machines.values():
            name = self._details.get(machine.id, "")
            if machine.template and name and name not in self._own:
                found[name] = self._screen(machine, machine.template, DETAIL, name, 4)
        return found

    def _equipment(self, machine: Machine) -> Equipment:
        tags = self._types.tags
        template = machine.template
        members = {name: tags[tag] for name, tag in machine.scope.members.items()}
        return Equipment(
            id=machine.id,
            name=machine.name,
            kind=machine.kind,
            parent=machine.parent,
            path=machine.path,
            template=template.id if template else "",
            code=machine.code,
            screen=machine.screen,
            members=members,
            labels={name: self._label(machine, name) for name in members},
            instructions=machine.instructions,
            faceplate=self._faceplate(machine, template) if template else None,
            line=machine.row.line,
        )

    def _label(self, machine: Machine, member: str) -> str:
        """What a member is called: as its template says, else by its tag's description."""
        template, scope = machine.template, machine.scope
        label: str = scope.filled(template.members[member].label) if template and member in template.members else ""
        return label or self._tags[self._types.tags[scope.members[member]]].description or member

    def _faceplate(self, machine: Machine, template: Template) -> Faceplate:
        operate = None
        if FACEPLATE in template.parts:
            operate = self._screen(machine, template, FACEPLATE, f"{machine.id}-faceplate", 3)
        return Faceplate(
            operate=operate,
            pens=tuple(self._referred(machine, template, "pens", template.pens).values()),
            interlocks=tuple(self._interlocks(machine, template)),
            maintenance=self._maintenance(machine, template),
            detail=self._details.get(machine.id, ""),
        )

    def _screen(self, machine: Machine, template: Template, name: str, id_: str, level: int) -> Screen:
        part = template.parts[name]
        title = machine.scope.filled(part.title) or machine.name
        size = (float(part.size[0]), float(part.size[1]))
        head = Screen(id_, title, level, size, (), self._above(machine), template.file)
        scope = machine.scope.of("", machine.scope.where)  # in its own faceplate a click shows the tag
        return self._files.of_part(part, scope, head)

    def _above(self, machine: Machine) -> str:
        """The screen of a machine, or of the nearest thing above it that has one."""
        seen: set[str] = set()
        above: Machine | None = machine
        while above is not None and above.id not in seen:
            if above.screen:
                return above.screen
            seen.add(above.id)
            above = self._machines.get(above.parent)
        return ""

    def _say(self, machine: Machine, row: toml.Table, key: str, what: str, mend: str, severity: str = "error") -> None:
        self._types.folded.add([row.mistake(key, what, mend, severity)], machine.scope.where)

    def _referred(self, machine: Machine, template: Template, key: str, texts: tuple[str, ...]) -> dict[str, int]:
        """The tags that a list of a template names, by the text that names them."""
        found = {}
        for text in texts:
            try:
                name = machine.scope.resolved(machine.scope.filled(text))
            except Missing:
                continue
            index = self._types.tags.get(name)
            if index is None:
                mend = suggestion(text.removeprefix("."), template.members, "Add it as [[member]], or name another")
                self._say(machine, template.head, key, f"{key}: there is no tag {name}", mend)
            else:
                found[text] = index
        return found

    def _maintenance(self, machine: Machine, template: Template) -> tuple[tuple[str, int], ...]:
        rows = []
        for text, index in self._referred(machine, template, "maintenance", template.maintenance).items():
            member = text.removeprefix(".")
            known = text.startswith(".") and member in machine.scope.members
            label = self._label(machine, member) if known else self._tags[index].description
            rows.append((label or self._tags[index].name, index))
        return tuple(rows)

    def _interlocks(self, machine: Machine, template: Template) -> Iterator[Blocked]:
        for row in template.interlocks:
            found: list[Mistake] = []
            blocked = self._interlock(machine, row, found)
            if found:
                self._types.folded.add(found, machine.scope.where)
            if blocked is not None:
                yield blocked

    def _interlock(self, machine: Machine, row: toml.Table, found: list[Mistake]) -> Blocked | None:
        made = toml.fill(_Interlock, replace(row, values=machine.scope.filled(dict(row.values))), found)
        if made is None:
            return None
        try:
            text = machine.scope.expression(made.needs)
            needs = expr.compile(text, self._types.tags, suggest=self._types.unknown < MAX_SUGGESTED)
            command = machine.scope.resolved(made.member)
        except Missing:
            return None
        except ExprError as error:
            self._types.unknown += 1
            found.append(row.mistake("needs", f"{error.what} (column {error.column} of {text})", error.mend))
            return None
        if name := text_read(needs, self._tags):
            what = f"{name} is text, and expressions are about numbers"
            found.append(row.mistake("needs", what, "Use tags that are numbers or bools"))
        elif not needs.inputs:
            found.append(row.mistake("needs", "the interlock reads no tag", "Name the members that it depends on"))
        index = self._types.tags.get(command)
        if command and (index is None or not is_writable(self._tags[index])):
            what = f"{command} is read-only" if index is not None else f"there is no tag {command}"
            found.append(row.mistake("member", what, "Name a member that is commanded, or leave it out for all"))
        return Blocked(Interlock(needs, made.blocked), index)
