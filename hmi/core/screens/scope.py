"""What `${name}` and `.member` in a template mean for one machine: filled in as text, before anything is read.

Filling is bounded twice: a text has few places to fill, and all of a plant's filled texts share one room, so that no
plant file can grow without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hmi.core.errors import Mistake
from hmi.core.expr import MAX_CHARACTERS
from hmi.core.screens.template import Template

MAX_HOLES: Final = 50  # in one text
MAX_VALUE: Final = 500  # characters of one parameter
MAX_MADE: Final = 100_000  # elements that templates and repeats of a plant make
MAX_CHARACTERS_MADE: Final = 20_000_000
_HOLE: Final = re.compile(r"\$\{([^{}]*)\}")
_OPEN: Final = re.compile(r"\$\{([^{}]*)\}?")
_MEMBER: Final = re.compile(r"(?<![\w.)])\.(?=[A-Za-z_])[A-Za-z_]\w*(?:\.\w+)*", re.ASCII)


class Missing(Exception):
    """A text names an optional member that the machine does not have."""


class TooMuch(Exception):
    """The plant's templates and repeats grow beyond every use."""


class Room:
    """How much templates and repeats of one plant may still grow to."""

    def __init__(self, elements: int | None = None, characters: int | None = None) -> None:
        self._elements = MAX_MADE if elements is None else elements
        self._characters = MAX_CHARACTERS_MADE if characters is None else characters

    def take(self, elements: int = 0, characters: int = 0) -> None:
        """Use some of it; raises TooMuch when nothing is left."""
        self._elements -= elements
        self._characters -= characters
        if min(self._elements, self._characters) < 0:
            raise TooMuch


@dataclass(frozen=True, slots=True)
class Scope:
    """One machine, or one use of a part without a machine, as its template's texts see it."""

    room: Room
    names: Mapping[str, str] = field(default_factory=dict)  # what `${...}` may name
    path: str = ""  # beginning of the tags of members that are not listed
    members: Mapping[str, str] = field(default_factory=dict)  # member -> tag
    missing: frozenset[str] = frozenset()  # optional members it does not have
    equipment: str = ""
    where: str = ""  # for messages: which machine a template's mistake is about

    def knowing(self, more: Mapping[str, str]) -> Scope:
        """The same with more names for `${...}`, or others."""
        return replace(self, names={**self.names, **more}) if more else self

    def of(self, equipment: str, where: str) -> Scope:
        """The same as that of a machine, or of a use of a part that messages call `where`."""
        return replace(self, equipment=equipment, where=where)

    def filled(self, value: Any, numeric: bool = False) -> Any:
        """A value of a file with every `${name}` that is known; `numeric` ones become the numbers they are meant as."""
        if isinstance(value, str):
            return self._text(value, numeric) if "${" in value else value
        if isinstance(value, list):
            return [self.filled(item, numeric) for item in value]
        if isinstance(value, dict):
            return {key: self.filled(item, numeric) for key, item in value.items()}
        return value

    def _text(self, text: str, numeric: bool) -> Any:
        if text.count("${") > MAX_HOLES:
            return text  # what is left open is named as a mistake
        made = _HOLE.sub(lambda hole: self.names.get(hole.group(1).strip(), hole.group()), text)
        self.room.take(characters=len(made))
        return _number(made) if numeric else made

    def resolved(self, text: Any) -> Any:
        """A tag, path or expression with every `.member` by its tag's name; raises Missing."""
        if not isinstance(text, str):
            return text
        if text.lstrip().startswith("="):
            return self.expression(text)
        return self.tag(text) if text.startswith(".") else text

    def expression(self, text: Any) -> Any:
        """A condition or calculation with every `.member` by its tag's name; raises Missing."""
        if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
            return text  # whoever compiles it says that it is too long
        made = _MEMBER.sub(lambda found: self.tag(found.group()), text)
        self.room.take(characters=len(made))
        return made

    def tag(self, reference: str) -> str:
        """The tag that `.member` stands for, or one below the machine's path that is no member; raises Missing."""
        name = reference[1:]
        if name in self.missing:
            raise Missing(name)
        return self.members.get(name) or (f"{self.path}{reference}" if self.path else reference)


def _number(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else float(text)
    except ValueError:
        return text


def left_open(value: Any) -> Iterator[str]:
    """The names of every `${name}` in a value of a file, in order."""
    if isinstance(value, str):
        if "${" in value:
            yield from (hole.strip() for hole in _OPEN.findall(value))
    elif isinstance(value, dict):
        for item in value.values():
            yield from left_open(item)
    elif isinstance(value, list):
        for item in value:
            yield from left_open(item)


def scope_of(
    template: Template | None, names: Mapping[str, str], own: Mapping[str, str], tags: Mapping[str, int], room: Room
) -> tuple[Scope, list[str]]:
    """What a template's texts mean for one machine, and the required members that it does not have.

    `names` are the values of `${...}` (its path among them), `own` the tags of members that are not under the path.
    """
    path = names.get("path", "")
    scope = Scope(room, names, path)
    members: dict[str, str] = {}
    missing, lost = set(), []
    for member in template.members.values() if template else ():
        below = scope.filled(member.tag)
        tag = own.get(member.name, f"{path}.{below}" if path else below)
        if tag in tags:
            members[member.name] = tag
            continue
        missing.add(member.name)  # also a required one: it is a mistake at the machine, told once
        if member.required and member.name not in own:
            lost.append(member.name)
    return replace(scope, members=members, missing=frozenset(missing)), lost


class Folded:
    """Mistakes of templates, found anew for each machine: told once, with the machines that they are about."""

    def __init__(self) -> None:
        self._found: dict[Mistake, tuple[Mistake, dict[str, None]]] = {}
        self._paths: dict[str, str] = {}

    def know(self, where: str, path: str) -> None:
        """Learn the path of a machine: mistakes that differ in it alone are the same."""
        self._paths[where] = path

    def add(self, found: list[Mistake], where: str) -> None:
        """Take what was found about one machine."""
        path = self._paths.get(where)
        for mistake in found:
            key = mistake
            if path:
                key = replace(mistake, what=mistake.what.replace(path, ""), mend=mistake.mend.replace(path, ""))
            self._found.setdefault(key, (mistake, {}))[1][where] = None

    def told(self) -> Iterator[Mistake]:
        """Every mistake once, as it is for the first machine."""
        for mistake, wheres in self._found.values():
            first = next(iter(wheres))
            also = f" and {len(wheres) - 1} more" if len(wheres) > 1 else ""
            yield replace(mistake, what=f"{mistake.what} (for {first}{also})")
