"""TOML text -> tables that know their file and line, and tables -> checked records.

tomllib reads the text; `toml_lines` finds where each key stands. `fill` turns a table into a dataclass or
struct and puts every mistake in it into words, not only the first.
"""

from __future__ import annotations

import dataclasses
import math
import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final, TypeVar, get_type_hints

import msgspec

from hmi.core import wording
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest
from hmi.core.toml_lines import Path, lines_of

T = TypeVar("T")

_WHERE: Final = re.compile(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)
_LARGEST: Final = 2**63


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """One table of a plant file: its values, and the lines where they stand."""

    file: str
    line: int
    values: Mapping[str, Any]
    _path: Path = ()
    _lines: Mapping[Path, int] = dataclasses.field(default_factory=dict, repr=False)
    _mistakes: list[Mistake] = dataclasses.field(default_factory=list, repr=False)

    @property
    def title(self) -> str:
        """How a message calls this table: `[[alarm]]`, `[plant]`, `the file`."""
        names = ".".join(part for part in self._path if isinstance(part, str))
        if not names:
            return "the file"
        return f"[[{names}]]" if isinstance(self._path[-1], int) else f"[{names}]"

    def line_of(self, key: str) -> int:
        """The line of a key; the table's own line if the key is not there."""
        return self._lines.get((*self._path, key), self.line)

    def mistake(self, key: str, what: str, mend: str, severity: str = "error") -> Mistake:
        """A mistake at a key of this table, to be put on a list."""
        return Mistake(self.file, self.line_of(key), what, mend, severity)

    def tables(self, key: str) -> list[Table]:
        """The [[key]] tables in file order; anything else there goes on `read`'s list of mistakes."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [self._inner((*self._path, key, number), item) for number, item in enumerate(value)]
        mend = f"Write [[{key}]], with two brackets, above each one"
        self._wrong_shape(key, f"`{key}` must be a list of tables, found {wording.found(value)}", mend)
        return []

    def table(self, key: str) -> Table | None:
        """The [key] table, None if there is none; anything else under that key goes on `read`'s list."""
        value = self.values.get(key)
        if value is None or isinstance(value, dict):
            return None if value is None else self._inner((*self._path, key), value)
        mend = f"Write [{key}] on a line of its own and its keys below it"
        self._wrong_shape(key, f"`{key}` must be a table, found {wording.found(value)}", mend)
        return None

    def _inner(self, path: Path, values: Mapping[str, Any]) -> Table:
        line = self._lines.get(path, self._lines.get(path[:-1], self.line))
        return Table(self.file, line, values, path, self._lines, self._mistakes)

    def _wrong_shape(self, key: str, what: str, mend: str) -> None:
        mistake = self.mistake(key, what, mend)
        if mistake not in self._mistakes:
            self._mistakes.append(mistake)


def read(file: str, text: str, mistakes: list[Mistake]) -> Table | None:
    """The whole file as a table; None, and a mistake on the list, when it is not TOML."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        mistakes.append(Mistake(file, line, "the file holds a NUL byte", "Save it as plain UTF-8 text"))
        return None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mistakes.append(_syntax_mistake(file, text, str(error)))
    except RecursionError:
        mistakes.append(Mistake(file, 1, "the file is nested too deeply", "Flatten its lists and tables"))
    except ValueError:  # a whole number of thousands of digits
        mistakes.append(Mistake(file, 1, "the file holds a number that is too long", "Shorten it"))
    else:
        return Table(file, 1, values, (), lines_of(text), mistakes)
    return None


def _syntax_mistake(file: str, text: str, error: str) -> Mistake:
    match = _WHERE.match(error)
    why = match.group(1) if match else error
    line = int(match.group(2)) if match and match.group(2) else max(1, len(text.splitlines()))
    what = f"this is not TOML: {why[:1].lower()}{why[1:]}"
    return Mistake(file, line, what, "Mend the line, or the one before it")


@dataclasses.dataclass(frozen=True, slots=True)
class _Key:
    """One key that a record takes."""

    name: str  # of the field
    key: str  # in the file
    kind: Any
    required: bool
    default: Any


@cache
def _keys(cls: Any) -> tuple[_Key, ...]:
    hints = get_type_hints(cls, include_extras=True)
    nothing = dataclasses.MISSING
    if issubclass(cls, msgspec.Struct):
        nothing = msgspec.NODEFAULT  # type: ignore[assignment]
        fields: tuple[Any, ...] = msgspec.structs.fields(cls)
    else:
        fields = dataclasses.fields(cls)
    keys = []
    for field in fields:
        required = field.default is nothing and field.default_factory is nothing
        default = None if field.default is nothing else field.default
        keys.append(_Key(field.name, field.name.removesuffix("_"), hints[field.name], required, default))
    return tuple(keys)


def fill(cls: type[T], table: Table, mistakes: list[Mistake], beside: Collection[str] = (), **known: Any) -> T | None:
    """A record of `cls` from the table's keys; None, and every mistake on the list, when they do not fit it.

    `known` are fields that the program fills, not the file; `beside` are keys of the table read elsewhere.
    A field `class_` stands in the file as `class`. A whole number is taken where a number is expected.
    """
    record: Any = cls
    takes = {key.key: key for key in _keys(record) if key.name not in known}
    strange = [name for name in table.values if name not in takes and name not in beside]
    meant = {name: nearest(name, takes) for name in strange}
    wrong = [_unknown(table, name, close, takes) for name, close in meant.items()]
    values = dict(known)
    for key in takes.values():
        if key.key in table.values:
            try:
                values[key.name] = _converted(table.values[key.key], key.kind)
            except (ValueError, OverflowError) as error:
                wrong.append(_misfit(table, key, str(error)))
        elif key.required and [key.key] not in meant.values():  # else it is there, misspelt
            mend = f"Add {key.key} = {wording.example(key.kind)}"
            wrong.append(Mistake(table.file, table.line, f"`{key.key}` is missing in {table.title}", mend))
    mistakes.extend(wrong)
    return None if wrong else cls(**values)


def _converted(value: Any, kind: Any) -> Any:
    converted = msgspec.convert(value, kind)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("nan and inf are no settings")
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        raise ValueError("too big")
    return converted


def _unknown(table: Table, name: str, close: list[str], takes: Mapping[str, _Key]) -> Mistake:
    all_keys = f"Remove it; {table.title} takes {', '.join(takes) or 'no keys'}"
    mend = f"Write `{close[0]}`" if close else all_keys
    return table.mistake(name, f"`{name}` is not a key of {table.title}", mend)


def _misfit(table: Table, key: _Key, error: str) -> Mistake:
    place, value = wording.pinpoint(error, table.values[key.key])
    where = f" at `{key.key}{place}`" if place else ""
    what = f"`{key.key}` must be {wording.expected(key.kind)}, found {wording.found(value)}{where}"
    return table.mistake(key.key, what, _mend(key, table.values[key.key]))


def _mend(key: _Key, value: Any) -> str:
    words = wording.choices(key.kind)
    if words and isinstance(value, str):
        close = nearest(value, words)
        return f"Write {key.key} = {wording.literal(close[0] if close else words[0])}"
    number = wording.as_number(value) if isinstance(value, str) and wording.takes_number(key.kind) else None
    if number is not None:
        return f"Write {key.key} = {number:g}, without quotes"
    return f"Write {key.key} = {wording.example(key.kind, key.default)}"
