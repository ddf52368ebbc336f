"""tags.csv and tags/*.csv: one tag a row, checked row by row so that every mistake is found."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hmi.core.errors import Mistake
from hmi.core.nearest import nearest
from hmi.core.plant import addresses
from hmi.core.plant.tag_rows import HEADER, TagRow, rows
from hmi.core.tags import NUMBER_TYPES, TYPES, Tag

MAX_TAGS: Final = 200_000
_SEGMENT: Final = re.compile(r"[a-z][a-z0-9_]*")
_NAME: Final = re.compile(rf"{_SEGMENT.pattern}(\.{_SEGMENT.pattern})+")
_STRING: Final = re.compile(r"string\[([0-9]{1,4})\]")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_COMMA_NUMBER: Final = re.compile(r"[+-]?[0-9]+,[0-9]+")
_EVERY: Final = re.compile(r"every:([0-9]+(?:\.[0-9]+)?)")
_SUGGESTIONS: Final = 50  # a file with more mistakes than that has one cause, and each search costs 10 ms

Place = tuple[str, int]  # file and line


@dataclass(slots=True)
class TagFiles:
    """The tags of all files in order, and where each stands; tags with mistakes too, as far as readable."""

    tags: list[Tag] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)  # files whose tags cannot all be named

    @property
    def index(self) -> dict[str, int]:
        """Index of each tag by its name."""
        return {tag.name: tag.index for tag in self.tags}


def tag_files(texts: Mapping[str, str]) -> list[str]:
    """The tag files among a plant's files, in the order in which their tags are counted."""
    more = sorted(file for file in texts if re.fullmatch(r"tags/[^/]+\.csv", file))
    return (["tags.csv"] if "tags.csv" in texts else []) + more


def read_tags(texts: Mapping[str, str], drivers: Mapping[str, str] | None, mistakes: list[Mistake]) -> TagFiles:
    """Every tag of the plant.

    `drivers` gives the driver of each connection, "" where that is wrong; None if plant.toml cannot be read.
    """
    found = TagFiles()
    files = tag_files(texts)
    if not files:
        mistakes.append(Mistake("tags.csv", 0, "the plant has no tags.csv", f"Add one that begins with {HEADER}"))
        found.lost.append("tags.csv")
    for file in files:
        for row in rows(file, texts[file], mistakes, found.lost):
            _Row(file, row, drivers, mistakes).add_to(found)
    if len(found.tags) > MAX_TAGS:
        what = f"the plant has {len(found.tags)} tags, more than {MAX_TAGS}"
        mistakes.append(Mistake(files[-1], 1, what, "Split it into several plants"))
    return found


class _Row:
    """One row on its way to a tag."""

    def __init__(self, file: str, row: TagRow, drivers: Mapping[str, str] | None, mistakes: list[Mistake]) -> None:
        self._place = (file, row.line)
        self._cells = row.cells
        self._whole = row.whole
        self._drivers = drivers
        self._mistakes = mistakes

    def add_to(self, found: TagFiles) -> None:
        name = self._cell("tag")
        if not _NAME.fullmatch(name):
            self._bad_name(name)
            return
        if name in found.places:
            file, line = found.places[name]
            self._wrong(f"the tag {name} is there twice: first in {file}:{line}", "Rename or remove one of them")
            return
        found.places[name] = self._place
        index = len(found.tags)
        found.tags.append(self._tag(index, name) if self._whole else Tag(index, name, "", "", "float64"))

    def _cell(self, column: str) -> str:
        return self._cells.get(column, "")

    def _wrong(self, what: str, mend: str, severity: str = "error") -> None:
        self._mistakes.append(Mistake(*self._place, what, mend, severity))

    def _tag(self, index: int, name: str) -> Tag:
        type_, length = self._type()
        low, high = self._number("low", type_), self._number("high", type_)
        if low is not None and high is not None and low >= high:
            self._wrong(f"low {low:g} is not below high {high:g}", "Exchange them, or leave both empty")
        scale, offset, deadband = (self._number(column, type_) for column in ("scale", "offset", "deadband"))
        if scale == 0:
            self._wrong("a scale of 0 makes every value 0", "Leave it empty for 1")
        if deadband is not None and deadband < 0:
            self._wrong(f"the deadband {deadband:g} is below 0", f"Write {-deadband:g}")
        if type_ in ("float32", "float64") and not self._cell("unit"):
            self._wrong(f"{name} has no unit", "Write its unit, or 1 where it has none", "warning")
        access = self._choice("access", ("r", "rw", "w"))
        clamp = self._clamp(type_, low, high, access)
        connection, address = self._cell("connection"), self._cell("address")
        if connection:
            self._check_address(connection, address, type_, length, access)
        else:
            self._check_derived(address, type_, access)
        return Tag(
            index=index,
            name=name,
            connection=connection,
            address=address,
            type=type_,
            unit=self._cell("unit"),
            low=low,
            high=high,
            scale=1.0 if scale is None else scale,
            offset=offset or 0.0,
            deadband=deadband or 0.0,
            period_ms=self._period(),
            history=self._history(),
            access=access,
            description=self._cell("description"),
            length=length,
            clamp=clamp,
        )

    def _bad_name(self, name: str) -> None:
        if not name:
            self._wrong("the row names no tag", "Write a name such as line1.filler.tank.level")
            return
        segments = [re.sub(r"[^a-z0-9_]+", "_", part.lower()).strip("_") for part in name.split(".")]
        better = ".".join(part if _SEGMENT.match(part) else f"t{part}" for part in segments if part)
        mend = f"Write {better}" if "." in better else f"Write area.{better or 'tag'}"
        rule = "a dotted path of lower-case words, at least two, each beginning with a letter"
        self._wrong(f"{name!r} is not a tag name, which is {rule}", mend)

    def _type(self) -> tuple[str, int]:
        """Type and, of a string[n], its length; a type with a mistake is taken for float64."""
        cell = self._cell("type")
        if cell in TYPES:
            return cell, 0
        if (match := _STRING.fullmatch(cell)) and int(match.group(1)) > 0:
            return "string", int(match.group(1))
        found = nearest(cell, (*TYPES, "string[20]"))
        mend = f"Write {found[0]}" if found else f"Write one of {', '.join(TYPES)} or string[20]"
        self._wrong(f"{cell!r} is not a type" if cell else "the tag has no type", mend)
        return "float64", 0

    def _number(self, column: str, type_: str) -> float | None:
        cell = self._cell(column)
        if not cell:
            return None
        if type_ not in NUMBER_TYPES:
            self._wrong(f"a {type_} has no {column}", "Leave the cell empty")
            return None
        value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
        if math.isfinite(value):
            return value
        decimal = _COMMA_NUMBER.fullmatch(cell)
        mend = f"Write {cell.replace(',', '.')}, with a decimal point" if decimal else "Write a number such as 92.5"
        self._wrong(f"{column} {cell!r} is not a number", mend)
        return None

    def _period(self) -> int:
        cell = self._cell("period_ms")
        if not cell:
            return 0
        if cell.isdecimal() and cell.isascii() and len(cell) < 9 and 10 <= int(cell) <= 3_600_000:
            return int(cell)
        self._wrong(f"period_ms {cell!r} is not a period", "Write whole milliseconds from 10 to 3600000")
        return 0

    def _history(self) -> str:
        cell = self._cell("history") or "change"
        every = _EVERY.fullmatch(cell)
        if cell in ("change", "off") or (every and 0 < float(every.group(1)) <= 86_400):
            return cell
        found = nearest(cell, ("change", "off"))
        mend = f"Write {found[0]}" if found else "Write change, off or every:60 (seconds, up to a day)"
        self._wrong(f"history {cell!r} is not a way to keep values", mend)
        return "change"

    def _clamp(self, type_: str, low: float | None, high: float | None, access: str) -> str:
        cell = self._choice("clamp", ("", "low", "high", "both"))
        if not cell:
            return ""
        if type_ not in NUMBER_TYPES:
            self._wrong(f"a {type_} has no range to be clamped to", "Leave the cell empty")
        elif access != "r":
            self._wrong("a tag that is written must be shown as it is", "Leave clamp empty")
        elif not self._cell("connection"):
            self._wrong("a derived tag is not clamped", "Write the address as = clamp(x, low, high)")
        elif (low is None and cell != "high") or (high is None and cell != "low"):
            self._wrong(f"clamp {cell} and no limit to clamp to", "Write low and high, or leave clamp empty")
        else:
            return cell
        return ""

    def _choice(self, column: str, words: Sequence[str]) -> str:
        cell = self._cell(column) or words[0]
        if cell in words:
            return cell
        named = [word for word in words if word]
        self._wrong(f"{column} {cell!r} is not one of {', '.join(named)}", f"Write {' or '.join(named)}")
        return words[0]

    def _check_address(self, connection: str, address: str, type_: str, length: int, access: str) -> None:
        if self._drivers is None:
            return
        driver = self._drivers.get(connection)
        if driver is None:
            few = len(self._mistakes) < _SUGGESTIONS
            found = nearest(connection, self._drivers) if few else []
            mend = f"Write {found[0]}" if found else f"Add [[connection]] id = {connection!r} to plant.toml"
            self._wrong(f"there is no connection {connection}", mend)
        elif address.startswith("="):
            self._wrong("a derived tag is delivered by no connection", "Leave the connection empty")
        elif driver and (complaint := addresses.of_value(driver, address, type_, length, access)):
            self._wrong(*complaint)

    def _check_derived(self, address: str, type_: str, access: str) -> None:
        if not address.startswith("="):
            what = "a tag without a connection is derived and needs an expression as its address"
            self._wrong(what, "Name the connection, or write the address as = line1.a + line1.b")
            return
        if type_ == "string":
            self._wrong("a derived tag is a number or a bool", "Write the type as float64 or bool")
        if access != "r":
            self._wrong("a derived tag cannot be written", "Write access r")
        for column in ("scale", "offset", "period_ms"):
            if self._cell(column):
                self._wrong(f"a derived tag has no {column}", "Put it into the expression and leave the cell empty")
