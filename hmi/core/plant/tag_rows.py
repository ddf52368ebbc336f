"""The rows of a tag file: CSV read leniently enough to find every mistake in it, cells by column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hmi.core.errors import Mistake
from hmi.core.nearest import nearest

COLUMNS: Final = (
    "tag",
    "connection",
    "address",
    "type",
    "unit",
    "low",
    "high",
    "scale",
    "offset",
    "deadband",
    "period_ms",
    "history",
    "access",
    "description",
)
MORE_COLUMNS: Final = ("clamp",)  # that a file may have, too, anywhere
HEADER: Final = ",".join(COLUMNS)
_NEEDED: Final = ("tag", "connection", "address", "type")  # without these columns no row can be read


@dataclass(slots=True)
class TagRow:
    """One row of a tag file: its cells by column, or, where their number is wrong, only the name of its tag."""

    line: int
    cells: Mapping[str, str]
    whole: bool = True


def rows(file: str, text: str, mistakes: list[Mistake], lost: list[str]) -> Iterator[TagRow]:
    """Every row of a file; the file goes on `lost` when tags of it cannot even be named."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        mistakes.append(Mistake(file, line, "the file holds a NUL byte", "Save it as plain UTF-8 text"))
        lost.append(file)
        return
    lines = _records(file, text.removeprefix("\ufeff"), mistakes, lost)
    first = next(lines, None)
    if first is None:
        mistakes.append(Mistake(file, 1, "the file is empty", f"Write the header {HEADER}"))
    columns = _header(file, first[0], first[1], mistakes) if first else None
    if columns is None:
        lost.append(file)
        return
    for line, cells in lines:
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()  # what a spreadsheet leaves behind
        by_column = dict(zip(columns, cells, strict=False))
        whole = len(cells) == len(columns)
        if not whole:
            mistakes.append(_wrong_count(file, line, len(cells), len(columns)))
        yield TagRow(line, by_column, whole)


def _records(file: str, text: str, mistakes: list[Mistake], lost: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of every row that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            mend = 'Close the quotes, and write "" for a quote inside quotes'
            mistakes.append(Mistake(file, line, f"this row is not CSV: {error}", mend))
            lost.append(file)
            continue
        if any(cells):
            yield line, cells


def _header(file: str, line: int, cells: list[str], mistakes: list[Mistake]) -> list[str] | None:
    """The columns as the file has them, misspelt ones taken for what they were meant to be."""
    while cells and not cells[-1]:
        cells.pop()
    if tuple(cells) == COLUMNS:
        return cells
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(cells) == 1 and sign in cells[0]:
            mend = "Save it as CSV with commas and decimal points"
            mistakes.append(Mistake(file, line, f"the columns are separated by {name}", mend))
            return None
    known = (*COLUMNS, *MORE_COLUMNS)
    columns, missing = [], [column for column in COLUMNS if column not in cells]
    for cell in cells:
        meant = nearest(cell, (*missing, *MORE_COLUMNS)) if cell not in known else [cell]
        if cell in columns:
            mistakes.append(Mistake(file, line, f"the column {cell} is there twice", "Remove one of them"))
        elif cell not in known:
            mend = f"Write {meant[0]}" if meant else f"Remove it; the header is {HEADER}"
            mistakes.append(Mistake(file, line, f"there is no column {cell!r}", mend))
        missing = [column for column in missing if column not in meant]
        columns.append(meant[0] if meant else cell)
    if missing:
        what = f"the column {missing[0]} is missing" if len(missing) == 1 else f"columns are missing: {missing}"
        mistakes.append(Mistake(file, line, what, f"Write the header {HEADER}"))
    elif len(set(columns)) == len(columns) and [column for column in columns if column in COLUMNS] != list(COLUMNS):
        what = "the columns are in another order"
        mistakes.append(Mistake(file, line, what, f"Write the header {HEADER}"))
    return columns if all(column in columns for column in _NEEDED) else None


def _wrong_count(file: str, line: int, count: int, wanted: int) -> Mistake:
    if count > wanted:
        mend = "Put text that holds a comma in quotes, and write decimals with a point"
    else:
        mend = "Give every column its comma, also where the cell stays empty"
    return Mistake(file, line, f"the row has {count} cells, the header {wanted}", mend)
