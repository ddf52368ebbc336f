"""TOML tables with lines, and records filled from them with every mistake in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import toml
from hmi.core.errors import Mistake


class Row(msgspec.Struct, frozen=True):
    id: str
    limit: Annotated[float, msgspec.Meta(ge=0, examples=[92.0])]
    class_: str = "process"
    driver: Literal["opcua", "modbus"] = "opcua"
    points: tuple[float, ...] = ()
    on: dt.date | None = None
    count: int = 1


@dataclass(frozen=True)
class Plain:
    id: str
    index: int
    big: bool = False


def one(text: str) -> tuple[toml.Table, list[Mistake]]:
    mistakes: list[Mistake] = []
    table = toml.read("a.toml", text, mistakes)
    assert table is not None
    return table, mistakes


def test_fills_a_struct_and_takes_a_whole_number_for_a_number() -> None:
    table, mistakes = one('[[row]]\nid = "x"\nlimit = 3\nclass = "safety"\non = 2026-03-01\npoints = [1, 2.5]\n')
    row = toml.fill(Row, table.tables("row")[0], mistakes)
    assert row == Row("x", 3.0, "safety", points=(1.0, 2.5), on=dt.date(2026, 3, 1))
    assert not mistakes


def test_fills_a_dataclass_with_known_fields_beside_the_file() -> None:
    table, mistakes = one('[row]\nid = "x"\nbig = true\n[row.more]\n')
    row = table.table("row")
    assert row is not None
    assert toml.fill(Plain, row, mistakes, beside=("more",), index=7) == Plain("x", 7, True)
    assert not mistakes
    assert toml.fill(Plain, row, mistakes, index=7) is None
    assert [mistake.line for mistake in mistakes] == [4]


@pytest.mark.parametrize(
    ("line", "what", "mend"),
    [
        ('limit = "high"', '`limit` must be a number, at least 0, found text "high"', "Write limit = 92.0"),
        ('limit = "92,5"', 'found text "92,5"', "Write limit = 92.5, without quotes"),
        ("limit = -1", "found -1", "Write limit = 92.0"),
        ("limit = true", "found true", "Write limit = 92.0"),
        ("limit = nan", "found nan", "Write limit = 92.0"),
        ("limit = 1" + "0" * 400, "must be a number", "Write limit = 92.0"),
        ("limit = 1\nlmit = 2", "`lmit` is not a key of [[row]]", "Write `limit`"),
        ("limit = 1\nzzzz = 2", "`zzzz` is not a key of [[row]]", "Remove it; [[row]] takes id, limit, class"),
        ("limit = 1\nclass_ = 'x'", "`class_` is not a key", "Write `class`"),
        ("# nothing", "`limit` is missing in [[row]]", "Add limit = 92.0"),
        ('limit = 1\ndriver = "opcu"', 'one of "opcua", "modbus", found text "opcu"', 'Write driver = "opcua"'),
        ('limit = 1\npoints = [1,\n"b"]', 'found text "b" at `points[1]`', "Write points = [1.0]"),
        ("limit = 1\npoints = 3", "`points` must be a list of numbers, found 3", "Write points = [1.0]"),
        ('limit = 1\non = "soon"', "`on` must be a date", "Write on = 2026-03-01"),
        ("limit = 1\ncount = 1.5", "`count` must be a whole number, found 1.5", "Write count = 1"),
        ("limit = 1\nclass = {a = 1}", "`class` must be text, found a table", 'Write class = "process"'),
    ],
)
def test_every_misfit_has_words(line: str, what: str, mend: str) -> None:
    table, mistakes = one(f'\n[[row]]\nid = "x"\n{line}\n')
    assert toml.fill(Row, table.tables("row")[0], mistakes) is None
    (mistake,) = mistakes
    assert what in mistake.what
    assert mend in mistake.mend
    assert mistake.file == "a.toml"
    assert mistake.line == (2 if line.startswith("#") else 4 + line.startswith("limit = 1\n"))


def test_all_mistakes_of_a_table_are_listed_at_once() -> None:
    table, mistakes = one('[[row]]\nid = 3\nlmit = 2\ndriver = "x"\npoints = "y"\n')
    assert toml.fill(Row, table.tables("row")[0], mistakes) is None
    assert sorted((mistake.line, mistake.what.split("`")[1]) for mistake in mistakes) == [
        (2, "id"),
        (3, "lmit"),  # and `limit` is not called missing: it is there, misspelt
        (4, "driver"),
        (5, "points"),
    ]


def test_tables_of_the_wrong_shape_are_mistakes_once() -> None:
    table, mistakes = one("alarm = 3\n[plant]\n[[station]]\n")
    assert table.tables("alarm") == []
    assert table.tables("alarm") == []
    assert table.tables("plant") == []
    assert table.table("station") is None
    assert table.table("nothing") is None
    assert table.tables("nothing") == []
    assert [(mistake.line, mistake.what[:7]) for mistake in mistakes] == [
        (1, "`alarm`"),
        (2, "`plant`"),
        (3, "`statio"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a = 1\nb = \n", 2, "not TOML"),
        ("a = 1\n[x", 2, "not TOML"),
        ("a = 1\na = 2", 2, "not TOML"),
        ("a = 1\n\0", 2, "NUL"),
        ("a = " + "[" * 5000, 1, "nested too deeply"),
        ("a = " + "1" * 5000, 1, "too long"),
        ("d = 2026-99-99", 1, "not TOML"),
    ],
)
def test_what_is_not_toml_is_one_mistake_with_its_line(text: str, line: int, what: str) -> None:
    mistakes: list[Mistake] = []
    assert toml.read("a.toml", text, mistakes) is None
    (mistake,) = mistakes
    assert (mistake.file, mistake.line) == ("a.toml", line)
    assert what in mistake.what


def test_a_byte_order_mark_is_no_mistake() -> None:
    table, mistakes = one("\ufeffa = 1")
    assert table.values == {"a": 1}
    assert table.line_of("a") == 1
    assert not mistakes


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_table_or_a_mistake_with_a_line(text: str) -> None:
    mistakes: list[Mistake] = []
    table = toml.read("a.toml", text, mistakes)
    assert (table is None) == (len(mistakes) == 1)
    assert all(mistake.line >= 1 for mistake in mistakes)
