"""Tag files: every field of a row, good and bad."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.errors import Mistake
from hmi.core.plant.tag_rows import COLUMNS, HEADER, MORE_COLUMNS
from hmi.core.plant.tags_csv import TagFiles, read_tags, tag_files
from hmi.core.tags import Tag

DRIVERS = {"plc": "opcua", "old": "modbus", "broken": ""}
GOOD = {
    "tag": "line1.tank.level",
    "connection": "plc",
    "address": "ns=2;s=Tank.Level",
    "type": "float64",
    "unit": "%",
    "low": "0",
    "high": "100",
    "deadband": "0.1",
    "history": "change",
    "access": "r",
    "description": "Level",
}


ALL = (*COLUMNS, *MORE_COLUMNS)


def row(**cells: str) -> str:
    merged = {**GOOD, **cells}
    return ",".join(f'"{merged[column]}"' if merged.get(column) else "" for column in ALL)


def read(*rows: str, **more: str) -> tuple[TagFiles, list[Mistake]]:
    mistakes: list[Mistake] = []
    texts = {"tags.csv": "\n".join([",".join(ALL), *rows, ""]), **more}
    return read_tags(texts, DRIVERS, mistakes), mistakes


def test_a_full_row_becomes_a_tag() -> None:
    found, mistakes = read(row(scale="0.1", offset="-5", period_ms="500", history="every:60", access="rw"))
    assert not mistakes
    assert found.tags == [
        Tag(
            0,
            "line1.tank.level",
            "plc",
            "ns=2;s=Tank.Level",
            "float64",
            unit="%",
            low=0.0,
            high=100.0,
            scale=0.1,
            offset=-5.0,
            deadband=0.1,
            period_ms=500,
            history="every:60",
            access="rw",
            description="Level",
        )
    ]


def test_empty_cells_take_their_defaults() -> None:
    found, mistakes = read("a.b,old,holding:1,int16,,,,,,,,,,,")
    assert not mistakes
    assert found.tags == [Tag(0, "a.b", "old", "holding:1", "int16")]


@pytest.mark.parametrize(
    ("clamp", "limits"), [("low", ("0", "")), ("high", ("", "9")), ("both", ("0", "9")), ("", ("", ""))]
)
def test_clamping_is_asked_for_by_side(clamp: str, limits: tuple[str, str]) -> None:
    found, mistakes = read(row(clamp=clamp, low=limits[0], high=limits[1]))
    assert not mistakes
    assert found.tags[0].clamp == clamp


def test_text_has_a_length() -> None:
    found, mistakes = read("a.b,old,holding:1,string[20],,,,,,,,off,r,,")
    assert not mistakes
    assert (found.tags[0].type, found.tags[0].length, found.tags[0].history) == ("string", 20, "off")


def test_files_are_counted_in_order() -> None:
    texts = {"tags/b.csv": "", "tags.csv": "", "tags/a.csv": "", "tags/deep/c.csv": "", "tags/x.toml": ""}
    assert tag_files(texts) == ["tags.csv", "tags/a.csv", "tags/b.csv"]
    mistakes: list[Mistake] = []
    texts = {"tags/b.csv": f"{HEADER}\n{row(tag='b.b')}", "tags/a.csv": f"{HEADER}\n{row(tag='a.a')}"}
    found = read_tags(texts, DRIVERS, mistakes)
    assert found.index == {"a.a": 0, "b.b": 1}
    assert found.places["b.b"] == ("tags/b.csv", 2)


@pytest.mark.parametrize(
    ("cells", "what", "mend"),
    [
        ({"tag": ""}, "names no tag", "line1.filler"),
        ({"tag": "level"}, "'level' is not a tag name", "Write area.level"),
        ({"tag": "Line1.Tank Level"}, "is not a tag name", "Write line1.tank_level"),
        ({"tag": "line1.2nd"}, "is not a tag name", "Write line1.t2nd"),
        ({"tag": "line1..level"}, "is not a tag name", "Write line1.level"),
        ({"tag": "line1.größe"}, "is not a tag name", "Write line1.gr_e"),
        ({"connection": "plcc"}, "no connection plcc", "Write plc"),
        ({"connection": "zzzzzz"}, "no connection zzzzzz", "Add [[connection]]"),
        ({"address": ""}, "not an OPC UA node id", "ns=2;s="),
        ({"address": "= line1.a"}, "delivered by no connection", "Leave the connection empty"),
        ({"connection": ""}, "needs an expression", "Name the connection"),
        ({"type": "flot64"}, "'flot64' is not a type", "Write float64"),
        ({"type": "zzz"}, "is not a type", "Write one of bool"),
        ({"type": ""}, "has no type", "Write one of bool"),
        ({"type": "string[0]"}, "is not a type", "Write string"),
        ({"low": "0,5"}, "low '0,5' is not a number", "Write 0.5, with a decimal point"),
        ({"low": "nan"}, "low 'nan' is not a number", "92.5"),
        ({"low": "1e999"}, "is not a number", "92.5"),
        ({"low": "1_000"}, "is not a number", "92.5"),
        ({"low": "100"}, "low 100 is not below high 100", "Exchange"),
        ({"scale": "0"}, "scale of 0", "Leave it empty"),
        ({"deadband": "-1"}, "deadband -1 is below 0", "Write 1"),
        ({"type": "bool", "low": "", "deadband": ""}, "a bool has no high", "Leave the cell empty"),
        ({"period_ms": "0.5"}, "period_ms '0.5'", "Write whole milliseconds"),
        ({"period_ms": "5"}, "period_ms '5'", "Write whole milliseconds"),
        ({"history": "chnage"}, "history 'chnage'", "Write change"),
        ({"history": "every:0"}, "history 'every:0'", "every:60"),
        ({"history": "every:5m"}, "history 'every:5m'", "every:60"),
        ({"clamp": "all"}, "clamp 'all' is not one of low, high, both", "Write low or high or both"),
        ({"clamp": "both", "low": ""}, "no limit to clamp to", "Write low and high"),
        ({"clamp": "high", "high": ""}, "no limit to clamp to", "Write low and high"),
        ({"clamp": "low", "access": "rw"}, "written must be shown as it is", "Leave clamp empty"),
        (
            {"clamp": "low", "type": "bool", "low": "", "high": "", "deadband": ""},
            "a bool has no range",
            "Leave the cell empty",
        ),
        ({"clamp": "low", "connection": "", "address": "= a.first"}, "a derived tag is not clamped", "= clamp(x"),
        ({"access": "x"}, "access 'x'", "Write r or rw"),
        ({"connection": "", "address": "= a.b", "access": "rw"}, "cannot be written", "Write access r"),
        ({"connection": "", "address": "= a.b", "scale": "2"}, "derived tag has no scale", "expression"),
        (
            {"connection": "", "address": "= a.b", "type": "string", "low": "", "high": "", "deadband": ""},
            "a number or a bool",
            "float64",
        ),
    ],
)
def test_a_mistake_names_row_and_mend(cells: dict[str, str], what: str, mend: str) -> None:
    _, mistakes = read(row(tag="a.first"), row(**cells))
    (mistake,) = mistakes
    assert (mistake.file, mistake.line, mistake.severity) == ("tags.csv", 3, "error")
    assert what in mistake.what
    assert mend in mistake.mend


def test_every_mistake_of_a_row_is_listed() -> None:
    _, mistakes = read(row(type="bol", low="x", history="y", access="z", period_ms="w", address="v"))
    assert len(mistakes) == 6


def test_a_duplicate_names_both_lines() -> None:
    more = f"{HEADER}\n{row()}\n"
    found, mistakes = read(row(), **{"tags/more.csv": more})
    assert len(found.tags) == 1
    assert (mistakes[0].file, mistakes[0].line) == ("tags/more.csv", 2)
    assert "first in tags.csv:2" in mistakes[0].what


def test_a_number_without_unit_is_a_warning_only_where_it_measures() -> None:
    _, mistakes = read(row(unit=""), row(tag="a.count", type="int32", unit=""))
    assert [(mistake.line, mistake.severity) for mistake in mistakes] == [(2, "warning")]


def test_tags_with_mistakes_are_known_all_the_same() -> None:
    found, mistakes = read(row(type="flot"), "a.b,plc")
    assert set(found.index) == {"line1.tank.level", "a.b"}
    assert len(mistakes) == 2


def test_a_connection_with_mistakes_is_not_blamed_on_its_tags() -> None:
    _, mistakes = read(row(connection="broken", address="whatever"))
    assert not mistakes
    mistakes = []
    read_tags({"tags.csv": f"{HEADER}\n{row(connection='any')}"}, None, mistakes)
    assert not mistakes


def test_no_tag_file_is_a_mistake() -> None:
    mistakes: list[Mistake] = []
    read_tags({}, DRIVERS, mistakes)
    assert "no tags.csv" in mistakes[0].what


@given(st.lists(st.text(alphabet='abc.,"=0159:;\n x', max_size=40), max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_text_raises_and_every_mistake_has_a_line(lines: list[str]) -> None:
    found, mistakes = read(*lines)
    assert all(mistake.line >= 1 for mistake in mistakes)
    assert [tag.index for tag in found.tags] == list(range(len(found.tags)))
