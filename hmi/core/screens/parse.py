"""Screen files -> screens, checked against the plant's tags and the symbol library."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hmi.core import expr, toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.screens.backdrops import backdrop_names
from hmi.core.screens.expand import MAX_SUGGESTED, Expansion, Plain, Types
from hmi.core.screens.model import Binding, Element, Screen, Symbol
from hmi.core.screens.scope import Scope
from hmi.core.screens.symbols import Notes, parse_symbols, stem
from hmi.core.screens.template import Part
from hmi.core.screens.vocabulary import ELEMENT_KEYS, ELEMENT_OPTIONS, SCREEN_KEYS

__all__ = ["ScreenFiles", "parse_symbols", "screen_files"]

_SERIES: Final = re.compile(r"^(.*)\{(\d{1,6})\.\.(\d{1,6})\}(.*)$", re.ASCII)
_FILE: Final = re.compile(r"screens/[^/]+\.toml")
MAX_SERIES: Final = 200
MAX_ELEMENTS: Final = 5000


def screen_files(texts: Mapping[str, str]) -> list[str]:
    """The screen files among a plant's files."""
    return sorted(file for file in texts if _FILE.fullmatch(file))


class ScreenFiles:
    """Reads the screens of one plant, those of its files and those that templates make of machines."""

    def __init__(self, types: Types, mistakes: list[Mistake]) -> None:
        self._types = types
        self._mistakes = mistakes
        self._targets: list[_Target] = []
        self.backdrops: set[str] = set()  # drawings that screens name, also screens with mistakes

    def read(self, texts: Mapping[str, str]) -> dict[str, Screen]:
        """The screens of the plant's own files, lower levels first, then by `order`; one with an error is left out."""
        screens: list[tuple[float, Screen]] = []
        drawings = backdrop_names(texts)
        for file in screen_files(texts):
            table = toml.read(file, texts[file], self._mistakes)
            if table is not None:
                reader = _Reader(file, self._types, self._mistakes, self._targets, drawings)
                screen = reader.screen(table)
                self.backdrops.add(reader.backdrop)
                if screen is not None:
                    screens.append((reader.order, screen))
        screens.sort(key=lambda pair: (pair[1].level, pair[0]))
        return {screen.id: screen for _, screen in screens}

    def of_part(self, part: Part, scope: Scope, head: Screen) -> Screen:
        """The screen that a part makes of one machine: `head` with its elements."""
        reader = _Reader(head.file, self._types, self._mistakes, self._targets)
        return reader.part(part, scope, head)

    def check_targets(self, known: Collection[str]) -> None:
        """Note every go and parent that names none of these screens."""
        for target in self._targets:
            if target.screen not in known:
                what = f"{target.key} names the screen {target.screen}, which does not exist"
                mend = suggestion(target.screen, known, f"Add screens/{target.screen}.toml, or name another screen")
                mistake = Mistake(target.file, target.line, what, mend)
                if target.where:
                    self._types.folded.add([mistake], target.where)
                else:
                    self._mistakes.append(mistake)


@dataclass(frozen=True, slots=True)
class _Target:
    """A place that names a screen."""

    file: str
    line: int
    key: str
    screen: str
    where: str


class _Reader:
    """Reads one screen."""

    def __init__(
        self,
        file: str,
        types: Types,
        mistakes: list[Mistake],
        targets: list[_Target],
        drawings: frozenset[str] = frozenset(),
    ) -> None:
        self._notes = Notes(file, mistakes)
        self._tags = types.tags
        self._symbols = types.symbols
        self._types = types
        self._expansion = Expansion(types, mistakes)
        self._drawings = drawings
        self._targets = targets
        self._where = ""  # of the row being read
        self.backdrop = ""
        self.order = math.inf  # among the screens of its level
        self._level = 0
        self._size = (0.0, 0.0)

    def screen(self, table: Any) -> Screen | None:
        """The screen of one file; None if it has an error."""
        notes = self._notes
        notes.known(table, ("screen", "element"), "a screen file")
        head = table.table("screen")
        if head is None:
            notes.error(1, "there is no [screen]", "Begin the file with [screen], id, title, level and size")
            return None
        notes.known(head, SCREEN_KEYS, "[screen]")
        name = notes.required(head, "id", "text", "[screen]")
        title = notes.required(head, "title", "text", "[screen]")
        self._level = self._read_level(head)
        size = notes.required(head, "size", "extent", "[screen]") or (0, 0)
        self._size = (float(size[0]), float(size[1]))
        if name is not None and name != stem(notes.file):
            wanted = stem(notes.file)
            notes.error(head.line_of("id"), f"the id {name!r} is not the file's name", f'Write id = "{wanted}"')
        order = notes.option(head, "order", "number", "[screen]")
        self.order = math.inf if order is None else float(order)
        parent = self._target(head, "parent", "[screen]")
        backdrop = self._backdrop(head)
        elements = self._elements(self._expansion.rows(table.tables("element")))
        if notes.failed:
            return None
        return Screen(name, title, self._level, self._size, elements, parent, notes.file, backdrop)

    def part(self, part: Part, scope: Scope, head: Screen) -> Screen:
        """The screen that a part makes of one machine."""
        self._level, self._size = head.level, head.size
        return replace(head, elements=self._elements(self._expansion.part(part, scope)))

    def _elements(self, plain: Iterator[Plain]) -> tuple[Element, ...]:
        screen, elements = self._notes, list[Element]()
        for one in plain:
            if len(elements) == MAX_ELEMENTS:
                what = f"the screen has more than {MAX_ELEMENTS} elements"
                screen.error(0, what, f"Split it: {MAX_ELEMENTS} at most")
                break
            found: list[Mistake] = []
            self._where = one.where
            self._notes = Notes(one.row.file, found) if one.where else screen
            elements.append(self._element(one))
            if found:
                self._types.folded.add(found, one.where)
        self._notes, self._where = screen, ""
        return tuple(elements)

    def _backdrop(self, head: Any) -> str:
        name: str = self._notes.option(head, "backdrop", "text", "[screen]") or ""
        self.backdrop = name
        if name and name not in self._drawings:
            mend = suggestion(name, self._drawings, f"Add screens/{name}")
            self._notes.error(head.line_of("backdrop"), f"there is no drawing {name} beside the screen", mend)
        return name

    def _read_level(self, head: Any) -> int:
        level = self._notes.required(head, "level", "number", "[screen]")
        if level is not None and level not in (1, 2, 3, 4):
            mend = "Write 1 (overview), 2 (unit), 3 (detail) or 4 (diagnostics)"
            self._notes.error(head.line_of("level"), f"there is no level {level}", mend)
        return int(level) if level in (1, 2, 3, 4) else 0

    def _target(self, table: Any, key: str, where: str) -> str:
        target: str = self._notes.option(table, key, "text", where) or ""
        if target:
            self._targets.append(_Target(self._notes.file, table.line_of(key), key, target, self._where))
        return target

    def _element(self, plain: Plain) -> Element:
        notes, table = self._notes, plain.row
        notes.known(table, ELEMENT_KEYS, "[[element]]")
        name = notes.required(table, "symbol", "text", "[[element]]") or ""
        symbol = self._symbols.get(name)
        if name and symbol is None:
            mend = suggestion(name, self._symbols, "Write one of screens/symbols")
            notes.error(table.line_of("symbol"), f"there is no symbol {name}", mend)
        given = notes.required(table, "at", "place", "[[element]]")
        place = given or (0, 0)
        extent = notes.option(table, "size", "extent", "[[element]]") or (symbol.size if symbol else (1, 1))
        if given is not None and min(self._size) > 0:
            self._check_place(table, place, extent)
        options = {
            key: value
            for key in table.values
            if key in ELEMENT_OPTIONS
            and (value := notes.option(table, key, ELEMENT_OPTIONS[key], "[[element]]")) is not None
        }
        self._check_area(table, options.get("area", ""))
        return Element(
            symbol=name,
            x=float(place[0]),
            y=float(place[1]),
            width=float(extent[0]),
            height=float(extent[1]),
            label=notes.option(table, "label", "text", "[[element]]") or "",
            binds=self._binds(table, symbol),
            options=options,
            go=self._target(table, "go", "[[element]]"),
            write=self._write(table),
            equipment=plain.equipment,
            line=table.line_of("symbol"),
            file=table.file if plain.where else "",
        )

    def _check_place(self, table: Any, place: Any, extent: Any) -> None:
        (width, height), line = self._size, table.line_of("at")
        left, top, right, bottom = place[0], place[1], place[0] + extent[0], place[1] + extent[1]
        if left >= width or top >= height or right <= 0 or bottom <= 0:
            mend = f"The screen is {width:g} x {height:g}; move it in"
            self._notes.error(line, f"the element at {list(place)} is off the screen", mend)
        elif left < 0 or top < 0 or right > width or bottom > height:
            mend = f"It reaches from {left:g}, {top:g} to {right:g}, {bottom:g} on {width:g} x {height:g}"
            self._notes.warning(line, "part of the element is off the screen", mend)

    def _check_area(self, table: Any, area: str) -> None:
        if area and area not in self._types.paths:
            mend = suggestion(area, self._types.paths, "Write the beginning of some tags, such as line1.filler")
            self._notes.error(table.line_of("area"), f"no tag lies under {area}", mend)

    def _write(self, table: Any) -> str:
        name: str = self._notes.option(table, "write", "text", "[[element]]") or ""
        if name and self._level == 1:
            mend = "Put the command on a level 2 or 3 screen"
            self._notes.error(table.line_of("write"), "a level 1 overview has no commands", mend)
        if name and name not in self._tags:
            self._notes.error(table.line_of("write"), *self._no_tag(name))
        return name

    def _no_tag(self, name: str) -> tuple[str, str]:
        if name.startswith("."):
            return f"{name} is a member, and the element names no machine", 'Add equipment = "..." to the element'
        few = self._tags if self._types.suggests() else ()
        return f"there is no tag {name}", suggestion(name, few, "Add it to tags.csv, or name another tag")

    def _binds(self, table: Any, symbol: Symbol | None) -> dict[str, Binding]:
        texts: dict[str, Any] = {}
        lines: dict[str, int] = {}
        part = table.table("bind")
        for key, value in (part.values if part else {}).items():
            texts[key], lines[key] = value, part.line_of(key)
        if "tag" in table.values:
            texts["value"], lines["value"] = table.values["tag"], table.line_of("tag")
        binds: dict[str, Binding] = {}
        for key, text in texts.items():
            kind = symbol.binds.get(key) if symbol else None
            if symbol and kind is None:
                mend = suggestion(key, symbol.binds, f"It binds {', '.join(symbol.binds) or 'nothing'}")
                self._notes.error(lines[key], f"the symbol {symbol.id} has no binding {key}", mend)
            binds |= self._binding(key, text, kind == "series", lines[key])
        return binds

    def _binding(self, key: str, text: Any, series: bool, line: int) -> dict[str, Binding]:
        if not isinstance(text, str) or not text.strip():
            self._notes.error(line, f"{key} is bound to {text!r}", "Write a tag in quotes, or '= ' and an expression")
            return {}
        if text.lstrip().startswith("="):
            return self._expression(key, text, line)
        names = self._names(text, line) if series else [text]
        binds: dict[str, Binding] = {}
        for number, name in enumerate(names):
            index = self._tags.get(name)
            if index is None:
                self._notes.error(line, *self._no_tag(name))
                return {}
            binds[f"{key}.{number}" if series else key] = Binding(name, index, (index,))
        return binds

    def _expression(self, key: str, text: str, line: int) -> dict[str, Binding]:
        try:
            inputs = expr.compile(text, self._tags, suggest=self._types.unknown < MAX_SUGGESTED).inputs
        except expr.ExprError as error:
            self._types.unknown += 1
            of = f" of {text.strip()}" if self._where else ""  # in a template it is written otherwise
            self._notes.error(line, f"{key}: {error.what} (column {error.column}{of})", error.mend)
            return {}
        return {key: Binding(text, None, inputs)}

    def _names(self, text: str, line: int) -> list[str]:
        """`head{01..40}.volume` as the forty names it stands for."""
        match = _SERIES.match(text)
        if not match:
            return [text]
        before, first, last, after = match.groups()
        count = int(last) - int(first) + 1
        if not 0 < count <= MAX_SERIES:
            self._notes.error(line, f"{text} is a series of {count}", f"Write 1 to {MAX_SERIES}, such as {{01..40}}")
            return []
        return [f"{before}{number:0{len(first)}d}{after}" for number in range(int(first), int(last) + 1)]
