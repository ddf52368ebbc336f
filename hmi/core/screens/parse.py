"""Screen files -> screens, checked against the plant's tags and the symbol library."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from hmi.core import expr, toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.screens.model import Binding, Element, Screen, Symbol
from hmi.core.screens.symbols import Notes, parse_symbols, stem
from hmi.core.screens.vocabulary import ELEMENT_KEYS, ELEMENT_OPTIONS, SCREEN_KEYS

__all__ = ["parse_screens", "parse_symbols"]

_SERIES: Final = re.compile(r"^(.*)\{(\d+)\.\.(\d+)\}(.*)$")
MAX_SERIES: Final = 200
MAX_ELEMENTS: Final = 5000


def parse_screens(
    texts: Mapping[str, str],
    tag_index: Mapping[str, int],
    symbols: Mapping[str, Symbol],
    mistakes: list[Mistake],
) -> dict[str, Screen]:
    """The screens among a plant's files, lower levels first, then by `order`; one with an error is left out."""
    screens: list[tuple[float, Screen]] = []
    targets: list[tuple[str, int, str, str]] = []
    files = [file for file in sorted(texts) if file.startswith("screens/") and file.endswith(".toml")]
    for file in files:
        table = toml.read(file, texts[file], mistakes)
        if table is not None:
            reader = _Reader(file, tag_index, symbols, mistakes, targets)
            screen = reader.screen(table)
            if screen is not None:
                screens.append((reader.order, screen))
    _check_targets(targets, {stem(file) for file in files}, mistakes)
    screens.sort(key=lambda pair: (pair[1].level, pair[0]))
    return {screen.id: screen for _, screen in screens}


def _check_targets(targets: list[tuple[str, int, str, str]], known: set[str], mistakes: list[Mistake]) -> None:
    for file, line, key, target in targets:
        if target not in known:
            mend = suggestion(target, known, f"Add screens/{target}.toml, or name another screen")
            mistakes.append(Mistake(file, line, f"{key} names the screen {target}, which does not exist", mend))


class _Reader:
    """Reads one screen file."""

    def __init__(
        self,
        file: str,
        tags: Mapping[str, int],
        symbols: Mapping[str, Symbol],
        mistakes: list[Mistake],
        targets: list[tuple[str, int, str, str]],
    ) -> None:
        self._notes = Notes(file, mistakes)
        self._tags = tags
        self._symbols = symbols
        self._targets = targets
        self.order = math.inf  # among the screens of its level
        self._level = 0
        self._size = (0.0, 0.0)

    def screen(self, table: Any) -> Screen | None:
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
        rows = table.tables("element")
        if len(rows) > MAX_ELEMENTS:
            notes.error(0, f"the screen has {len(rows)} elements", f"Split it: {MAX_ELEMENTS} at most")
            return None
        elements = tuple(self._element(row) for row in rows)
        if notes.failed:
            return None
        return Screen(name, title, self._level, self._size, elements, parent, notes.file)

    def _read_level(self, head: Any) -> int:
        level = self._notes.required(head, "level", "number", "[screen]")
        if level is not None and level not in (1, 2, 3, 4):
            mend = "Write 1 (overview), 2 (unit), 3 (detail) or 4 (diagnostics)"
            self._notes.error(head.line_of("level"), f"there is no level {level}", mend)
        return int(level) if level in (1, 2, 3, 4) else 0

    def _target(self, table: Any, key: str, where: str) -> str:
        target: str = self._notes.option(table, key, "text", where) or ""
        if target:
            self._targets.append((self._notes.file, table.line_of(key), key, target))
        return target

    def _element(self, table: Any) -> Element:
        notes = self._notes
        notes.known(table, ELEMENT_KEYS, "[[element]]")
        name = notes.required(table, "symbol", "text", "[[element]]") or ""
        symbol = self._symbols.get(name)
        if name and symbol is None:
            mend = suggestion(name, self._symbols, "Write one of screens/symbols")
            notes.error(table.line_of("symbol"), f"there is no symbol {name}", mend)
        place = notes.required(table, "at", "place", "[[element]]") or (0, 0)
        extent = notes.option(table, "size", "extent", "[[element]]") or (symbol.size if symbol else (1, 1))
        self._check_place(table, place, extent)
        options = {
            key: value
            for key, kind in ELEMENT_OPTIONS.items()
            if (value := notes.option(table, key, kind, "[[element]]")) is not None
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
            line=table.line_of("symbol"),
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
        if area and not any(f"{name}.".startswith(f"{area}.") for name in self._tags):
            paths = {name.rsplit(".", 1)[0] for name in self._tags}
            mend = suggestion(area, paths, "Write the beginning of some tags, such as line1.filler")
            self._notes.error(table.line_of("area"), f"no tag lies under {area}", mend)

    def _write(self, table: Any) -> str:
        name: str = self._notes.option(table, "write", "text", "[[element]]") or ""
        if name and self._level == 1:
            mend = "Put the command on a level 2 or 3 screen"
            self._notes.error(table.line_of("write"), "a level 1 overview has no commands", mend)
        if name and name not in self._tags:
            mend = suggestion(name, self._tags, "Add it to tags.csv")
            self._notes.error(table.line_of("write"), f"there is no tag {name}", mend)
        return name

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
                mend = suggestion(name, self._tags, "Add it to tags.csv, or name another tag")
                self._notes.error(line, f"there is no tag {name}", mend)
                return {}
            binds[f"{key}.{number}" if series else key] = Binding(name, index, (index,))
        return binds

    def _expression(self, key: str, text: str, line: int) -> dict[str, Binding]:
        try:
            inputs = expr.compile(text, self._tags).inputs
        except expr.ExprError as error:
            self._notes.error(line, f"{key}: {error.what} (column {error.column})", error.mend)
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
