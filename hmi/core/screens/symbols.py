"""Symbol files -> symbols: every mistake with its file and line, and what could be used instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Final

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.screens.model import Shape, Symbol
from hmi.core.screens.path import parse_path
from hmi.core.screens.vocabulary import (
    ALARM_ROLES,
    BADGE_BINDS,
    BIND_KINDS,
    COLOUR_ROLES,
    SHAPES,
    complaint,
)

_SYMBOL_KEYS = ("id", "size", "description", "stretch")
_SECTIONS = ("symbol", "binds", "shape")
_FILES_KEPT: Final = 512  # several times what the shared library has


class Notes:
    """Collects the mistakes of one file, so that each check reads as one line."""

    def __init__(self, file: str, mistakes: list[Mistake]) -> None:
        self.file = file
        self._mistakes = mistakes
        self._start = len(mistakes)

    def error(self, line: int, what: str, mend: str) -> None:
        """Something that keeps the file from being used."""
        self._mistakes.append(Mistake(self.file, line, what, mend))

    def warning(self, line: int, what: str, mend: str) -> None:
        """Something against the style of displays; the file is used all the same."""
        self._mistakes.append(Mistake(self.file, line, what, mend, "warning"))

    @property
    def failed(self) -> bool:
        """Whether an error was noted since this began."""
        return any(mistake.severity == "error" for mistake in self._mistakes[self._start :])

    def known(self, table: Any, keys: Any, where: str) -> None:
        """Note every key that nobody reads."""
        for key in table.values:
            if key not in keys:
                mend = suggestion(key, keys, f"Remove it; {where} knows {', '.join(keys)}")
                self.error(table.line_of(key), f"{key} is not a key of {where}", mend)

    def option(self, table: Any, key: str, kind: str, where: str) -> Any:
        """The value of an optional key, or None when it is absent or of the wrong type (noted)."""
        value = table.values.get(key)
        if value is None:
            return None
        wanted = complaint(kind, value)
        if wanted:
            self.error(table.line_of(key), f"{key} of {where} is {value!r}", f"Write {wanted}")
            return None
        return value

    def required(self, table: Any, key: str, kind: str, where: str) -> Any:
        """The value of a key that has to be there; its absence is noted."""
        if key not in table.values:
            self.error(table.line, f"{where} has no {key}", f"Add {key} = {EXAMPLES.get(key, '...')}")
            return None
        return self.option(table, key, kind, where)


EXAMPLES: Mapping[str, str] = {
    "id": '"name-of-the-file"',
    "title": '"Filler"',
    "level": "1 (overview), 2 (unit), 3 (detail) or 4 (diagnostics)",
    "size": "[1600, 900]",
    "at": "[100, 200]",
    "symbol": '"value"',
    "kind": '"rect"',
}


def stem(file: str) -> str:
    """The name of a file without folder and ending."""
    return file.rsplit("/", 1)[-1].removesuffix(".toml")


def parse_symbols(library: Mapping[str, str], mistakes: list[Mistake]) -> dict[str, Symbol]:
    """The symbols of the shared library (texts by path, `symbols/*.toml`); a symbol with an error is left out."""
    symbols: dict[str, Symbol] = {}
    for file in sorted(library):
        if "symbols/" not in f"/{file}" or not file.endswith(".toml"):
            continue
        symbol, noted = _parsed(file, library[file])
        mistakes += noted
        if symbol is not None:
            symbols[symbol.id] = symbol
    return symbols


@lru_cache(_FILES_KEPT)  # a screen that is edited while the plant runs does not have the whole library read anew
def _parsed(file: str, text: str) -> tuple[Symbol | None, tuple[Mistake, ...]]:
    noted: list[Mistake] = []
    table = toml.read(file, text, noted)
    symbol = _symbol(table, Notes(file, noted)) if table is not None else None
    return symbol, tuple(noted)


def _symbol(table: Any, notes: Notes) -> Symbol | None:
    notes.known(table, _SECTIONS, "a symbol file")
    head = table.table("symbol")
    if head is None:
        notes.error(1, "there is no [symbol]", "Begin the file with [symbol], id and size")
        return None
    notes.known(head, _SYMBOL_KEYS, "[symbol]")
    name = notes.required(head, "id", "text", "[symbol]")
    size = notes.required(head, "size", "extent", "[symbol]")
    if name is not None and name != stem(notes.file):
        notes.error(head.line_of("id"), f"the id {name!r} is not the file's name", f'Write id = "{stem(notes.file)}"')
    description = notes.option(head, "description", "text", "[symbol]") or ""
    stretch = notes.option(head, "stretch", "flag", "[symbol]")
    binds = _binds(table, notes)
    shapes = tuple(_shape(shape, binds, notes) for shape in table.tables("shape"))
    if notes.failed:
        return None
    binds = _with_badges(binds, shapes)
    return Symbol(name, (float(size[0]), float(size[1])), binds, shapes, description, stretch is not False)


def _binds(table: Any, notes: Notes) -> dict[str, str]:
    binds: dict[str, str] = {}
    part = table.table("binds")
    for key, kind in (part.values if part else {}).items():
        if kind not in BIND_KINDS:
            mend = suggestion(str(kind), BIND_KINDS, f"Write one of {', '.join(BIND_KINDS)}")
            notes.error(part.line_of(key), f"{kind!r} is not a kind of binding", mend)
        binds[key] = str(kind)
    return binds


def _with_badges(binds: dict[str, str], shapes: Collection[Shape]) -> dict[str, str]:
    """What is bound at all can be in manual, interlocked or out of service; a pipe is no machine."""
    if not binds or any(shape.options.get("from_element") for shape in shapes):
        return binds
    return {**binds, **{key: kind for key, kind in BADGE_BINDS.items() if key not in binds}}


def _shape(table: Any, binds: Mapping[str, str], notes: Notes) -> Shape:
    kind = notes.required(table, "kind", "text", "[[shape]]") or ""
    options = SHAPES.get(kind)
    if options is None:
        if kind:
            mend = suggestion(kind, SHAPES, f"Write one of {', '.join(SHAPES)}")
            notes.error(table.line_of("kind"), f"there is no shape {kind}", mend)
        return Shape(kind)
    notes.known(table, ("kind", *options), f"a {kind}")
    taken = {key: notes.option(table, key, type_, f"the {kind}") for key, type_ in options.items()}
    present = {key: value for key, value in taken.items() if value is not None}
    for key, type_ in options.items():
        if key in present:
            _meaning(table, key, type_, present[key], binds, notes)
    if "path" in options.values() and "d" not in present:
        notes.error(table.line_of("kind"), f"the {kind} has no d", "Add d = 'M 0 0 L 10 0 Z'")
    return Shape(kind, present)


def _meaning(table: Any, key: str, type_: str, value: Any, binds: Mapping[str, str], notes: Notes) -> None:
    line = table.line_of(key)
    if type_ == "bind" and value not in binds:
        mend = suggestion(value, binds, "Add it to [binds]")
        notes.error(line, f"{key} names {value}, which is not in [binds]", mend)
    elif type_ == "binds":
        for one in value:
            _meaning(table, key, "bind", one, binds, notes)
    elif type_ == "role" and value in ALARM_ROLES:
        notes.warning(line, f"{key} is an alarm colour", "Keep alarm colours for alarms; use text, line or accent")
    elif type_ == "role" and value not in COLOUR_ROLES:
        mend = suggestion(value, COLOUR_ROLES, f"Write one of {', '.join(sorted(COLOUR_ROLES))}")
        notes.error(line, f"{value} is not a colour role", mend)
    elif type_ == "path":
        try:
            parse_path(value)
        except ValueError as error:
            notes.error(line, f"the path cannot be drawn: {error}", "Use M L H V C Q Z and numbers")
