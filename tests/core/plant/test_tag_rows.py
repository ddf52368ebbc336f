"""Rows of tag files: the CSV itself and its header."""

from __future__ import annotations

import pytest

from hmi.core.errors import Mistake
from hmi.core.plant.tag_rows import COLUMNS, HEADER, TagRow, rows

ROW = "a.b,plc,coil:1,bool,,,,,,,,change,r,Door"


def read(text: str) -> tuple[list[TagRow], list[Mistake], list[str]]:
    mistakes: list[Mistake] = []
    lost: list[str] = []
    return list(rows("tags.csv", text, mistakes, lost)), mistakes, lost


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_reads_what_editors_and_spreadsheets_write(start: str, end: str) -> None:
    found, mistakes, lost = read(start + end.join([HEADER, ROW, "", ",,,,,,,,,,,,,", f"{ROW},,,", ROW]))
    before = 2 if start == "\n\n" else 0
    assert [row.line - before for row in found] == [2, 5, 6]
    assert all(row.whole and tuple(row.cells) == COLUMNS for row in found)
    assert found[0].cells["address"] == "coil:1"
    assert not mistakes
    assert not lost


def test_quotes_may_hold_commas_and_lines() -> None:
    found, mistakes, _ = read(f'{HEADER}\n{ROW[:-4]}"one, two\nthree ""3"""\n{ROW}\n')
    assert not mistakes
    assert found[0].cells["description"] == 'one, two\nthree "3"'
    assert [row.line for row in found] == [2, 4]


@pytest.mark.parametrize(
    ("header", "what", "mend", "readable"),
    [
        (HEADER.replace("period_ms", "periode"), "no column 'periode'", "Write period_ms", True),
        (HEADER.replace("unit,", ""), "the column unit is missing", "Write the header tag,", True),
        (HEADER + ",colour", "no column 'colour'", "Remove it", True),
        (HEADER.replace("low,high", "high,low"), "in another order", "Write the header tag,", True),
        (HEADER.replace("low,high", "low,low"), "low is there twice", "Remove one", True),
        (HEADER.replace(",", ";"), "separated by semicolons", "commas", False),
        (HEADER.replace(",", "\t"), "separated by tabs", "commas", False),
        (HEADER.replace("address,", ""), "address is missing", "Write the header", False),
        ("x", "no column 'x'", "Remove it", False),
    ],
)
def test_a_wrong_header(header: str, what: str, mend: str, readable: bool) -> None:
    cells = ",".join([*ROW.split(","), *["x"] * 5][: header.count(",") + 1])
    found, mistakes, lost = read(f"{header}\n{cells}\n")
    matching = [mistake for mistake in mistakes if what in mistake.what]
    assert len(matching) == 1, mistakes
    assert matching[0].line == 1
    assert mend in matching[0].mend
    assert bool(found) == readable
    assert lost == ([] if readable else ["tags.csv"])


@pytest.mark.parametrize("header", [f"{HEADER},clamp", HEADER.replace("low,", "clamp,low,")])
def test_a_file_may_have_a_column_more_anywhere(header: str) -> None:
    found, mistakes, _ = read(f"{header}\n{','.join(column[:4] for column in header.split(','))}\n")
    assert not mistakes
    assert (found[0].cells["clamp"], found[0].cells["low"], found[0].cells["description"]) == ("clam", "low", "desc")


def test_a_misspelt_column_more_is_named() -> None:
    _, (mistake,), _ = read(f"{HEADER},clmp\n")
    assert (mistake.what, mistake.mend) == ("there is no column 'clmp'", "Write clamp")


def test_a_row_with_the_wrong_number_of_cells_still_names_its_tag() -> None:
    found, mistakes, lost = read(f"{HEADER}\n{ROW},more\na.c,plc\n{ROW}\n")
    assert [(mistake.line, mistake.what) for mistake in mistakes] == [
        (2, "the row has 15 cells, the header 14"),
        (3, "the row has 2 cells, the header 14"),
    ]
    assert [(row.cells["tag"], row.whole) for row in found] == [("a.b", False), ("a.c", False), ("a.b", True)]
    assert not lost


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "empty"),
        ("\n \n", 1, "empty"),
        (f"{HEADER}\n{ROW}\n\0", 3, "NUL"),
        (f'{HEADER}\n{ROW}\na.b,"open\n{ROW}\n', 3, "not CSV"),
        (f'{HEADER}\na.b,"x"y\n{ROW}\n', 2, "not CSV"),
    ],
)
def test_what_hides_tags_makes_the_file_lost(text: str, line: int, what: str) -> None:
    _, mistakes, lost = read(text)
    assert [(mistake.line, what in mistake.what) for mistake in mistakes] == [(line, True)]
    assert lost == ["tags.csv"]
