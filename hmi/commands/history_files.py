"""Files of history from elsewhere, read row by row: what is nonsense is told with its line."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final, NamedTuple

from hmi.core import quality as q
from hmi.core.errors import HmiError
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.store.importing import Row

_WANTED: Final = ("tag", "time", "value")
_KNOWN: Final = (*_WANTED, "quality", "received", "flags", "quality_word", "text")  # the others: of our own exports
_MISTAKES: Final = 20  # told at once
_EARLIEST_NS: Final = 631_152_000_000_000_000  # 1990: no station's clock was right before
_AHEAD_NS: Final = 60_000_000_000
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_NS: Final = re.compile(r"\d{1,19}")
_ISO: Final = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|[+-]\d\d:?\d\d)?")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?|nan", re.IGNORECASE)
_WHOLE: Final = re.compile(r"[+-]?\d{1,20}")
_WORDS: Final = {"true": 1.0, "on": 1.0, "1": 1.0, "1.0": 1.0, "false": 0.0, "off": 0.0, "0": 0.0, "0.0": 0.0}
_QUALITIES: Final = {"": q.GOOD, "good": q.GOOD, "uncertain": q.UNCERTAIN, "bad": q.BAD}
_MOMENTS: Final = 100_000  # kept, as many tags share a second

Cells = tuple[int, Any, Any, Any, Any]  # line, tag, time, value, quality


class Wanted(NamedTuple):
    """What rows are judged by."""

    tags: Mapping[str, Tag]
    add: bool  # tags that the data folder does not know are made
    zone: tzinfo  # of times that do not name one
    now_ns: int


class Judge:
    """Makes rows out of cells; keeps the mistakes, and the tags that are new."""

    def __init__(self, wanted: Wanted) -> None:
        self.mistakes: list[str] = []
        self.added: dict[str, Tag] = {}
        self._wanted = wanted
        self._moments: dict[str, int] = {}

    def rows(self, cells: Iterator[Cells]) -> Iterator[Row]:
        """The rows that are right; raises HmiError when there are too many that are not."""
        for line, *cell in cells:
            try:
                yield self._row(line, *cell)
            except ValueError as error:
                self.mistakes.append(f"line {line}: {error}")
                if len(self.mistakes) >= _MISTAKES:
                    return

    def _row(self, line: int, name: Any, time: Any, value: Any, quality: Any) -> Row:
        told = _quality(quality)
        tag = self._tag(str(name or "").strip(), value)
        return Row(line, tag.name, self._time(time), _value(tag, value, told), told)

    def _tag(self, name: str, value: Any) -> Tag:
        found = self._wanted.tags.get(name) or self.added.get(name)
        if found is not None:
            return found
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a tag")
        if not self._wanted.add:
            raise ValueError(f"the data folder knows no tag {name}: correct the name, or take new tags in with --add")
        text = isinstance(value, str) and not _NUMBER.fullmatch(value.strip()) and value.strip().lower() not in _WORDS
        self.added[name] = Tag(len(self._wanted.tags) + len(self.added), name, "", "", "string" if text else "float64")
        return self.added[name]

    def _time(self, time: Any) -> int:
        found = (
            time if isinstance(time, int) and not isinstance(time, bool) else self._read_time(str(time or "").strip())
        )
        if found < _EARLIEST_NS:
            more = (
                ": times in numbers are ns since 1970" if isinstance(time, int) or str(time).strip().isdigit() else ""
            )
            raise ValueError(f"the time {time} is before 1990{more}")
        if found > self._wanted.now_ns + _AHEAD_NS:
            raise ValueError(f"the time {time} has not come yet")
        return found

    def _read_time(self, text: str) -> int:
        if _NS.fullmatch(text):
            return int(text)
        found = _ISO.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no time: write 2026-11-22T10:00:00.123Z, or ns since 1970")
        second, fraction, zone = found.groups()
        key = second + (zone or "")
        if key not in self._moments:
            if len(self._moments) > _MOMENTS:
                self._moments.clear()
            when = datetime.fromisoformat(second + (zone or "").replace("Z", "+00:00"))
            when = when if when.tzinfo else when.replace(tzinfo=self._wanted.zone)
            self._moments[key] = round((when - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000_000
        return self._moments[key] + int((fraction or "0").ljust(9, "0"))


def _quality(cell: Any) -> int:
    text = str("" if cell is None else cell).strip().lower()
    if text in _QUALITIES:
        return _QUALITIES[text]
    try:
        number = int(text, 16 if text.startswith("0x") else 10)
    except ValueError:
        raise ValueError(f"{cell!r} is no quality: write good, uncertain, bad, or an OPC UA status code") from None
    if not 0 <= number < 2**32:
        raise ValueError(f"the quality {number} is no OPC UA status code")
    return number


def _value(tag: Tag, cell: Any, quality: int) -> float | int | str:
    """The value as the tag has it; raises ValueError, in words."""
    if tag.is_text:
        text = "" if cell is None else str(cell)
        return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@\t\r") else text  # as our own export protects it
    if isinstance(cell, bool):
        return float(cell)
    text = str("" if cell is None else cell).strip().lower()
    if not text:
        if quality < q.BAD:
            raise ValueError(f"{tag.name} has no value, and its quality is not bad")
        return math.nan
    if tag.type == "bool" and text in _WORDS:
        return _WORDS[text]
    if tag.type in INTEGER_TYPES and _WHOLE.fullmatch(text):
        return _within(tag, int(text))
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{cell!r} is no number, and {tag.name} is of type {tag.type}")
    number = cell if isinstance(cell, float) else float(text)
    if tag.type == "bool" and number == number and number not in (0.0, 1.0):
        raise ValueError(f"{tag.name} is on or off, not {cell}")
    return number


def _within(tag: Tag, number: int) -> int:
    if not -(2**63) <= number < 2**64:
        raise ValueError(f"{number} is beyond 64 bits")
    return number


# -------------------------------------------------------------------------------------------------------- CSV


def csv_cells(path: Path, tell: Callable[[int], None]) -> Iterator[Cells]:
    """The cells of a CSV file; `tell` is given the bytes read so far. Raises HmiError for what is no such file."""
    with path.open("rb") as raw:
        lines = _lines(raw, path)
        head = next(lines, "")
        delimiter = max(",;\t", key=head.count)
        try:
            names = next(csv.reader([head], delimiter=delimiter), [])
        except csv.Error as error:
            raise HmiError(f"{path}: line 1: {error}: nothing was imported") from None
        places = places_of([name.strip() for name in names], path)
        table = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in table:
                if not cells:
                    continue
                line = table.line_num + 1
                if line % 1000 == 0:
                    tell(raw.tell())
                padded = [*cells, *[""] * (len(names) - len(cells))]
                tag, time, value, quality = (padded[place] if place >= 0 else None for place in places)
                yield line, tag, time, value, quality
        except csv.Error as error:
            raise HmiError(f"{path}: line {table.line_num + 1}: {error}: nothing was imported") from None


def _lines(raw: Any, path: Path) -> Iterator[str]:
    for number, line in enumerate(raw, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise HmiError(
                f"{path}: line {number} is not UTF-8: save the file as UTF-8. Nothing was imported"
            ) from None


def places_of(names: Sequence[str], path: Path) -> tuple[int, ...]:
    """Where tag, time, value and quality stand (-1: nowhere); raises HmiError for columns that are not understood."""
    missing = [name for name in _WANTED if name not in names]
    unknown = [name for name in names if name not in _KNOWN]
    if missing:
        raise HmiError(f"{path} has no column {missing[0]}: it takes tag, time, value and, if you like, quality")
    if unknown or len(set(names)) != len(names):
        what = f"a column {unknown[0]!r} that means nothing here" if unknown else "a column twice"
        raise HmiError(f"{path} has {what}: it takes tag, time, value and, if you like, quality")
    return tuple(names.index(name) if name in names else -1 for name in (*_WANTED, "quality"))
