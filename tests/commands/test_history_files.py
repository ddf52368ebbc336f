"""Rows of files from elsewhere: read as meant, or told with their line."""

from __future__ import annotations

import math
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hmi.commands.history_files import Judge, Wanted, csv_cells
from hmi.core.errors import HmiError
from hmi.core.tags import Tag
from hmi.store.importing import Row
from tests.store.made import DAY, HOUR, MIDNIGHT, TAGS

NOW = MIDNIGHT + DAY
KNOWN = {tag.name: tag for tag in [*TAGS, Tag(3, "b.door", "", "", "bool"), Tag(4, "b.big", "", "", "uint64")]}


def judged(tmp_path: Path, text: str, add: bool = False, zone: str = "UTC") -> tuple[list[Row], Judge]:
    (tmp_path / "in.csv").write_bytes(text.encode())
    judge = Judge(Wanted(KNOWN, add, ZoneInfo(zone), NOW))
    return list(judge.rows(csv_cells(tmp_path / "in.csv", lambda _: None))), judge


@pytest.mark.parametrize(
    ("time", "ns"),
    [
        ("2026-02-16T00:00:00Z", MIDNIGHT),
        ("2026-02-16 00:00:00", MIDNIGHT),
        ("2026-02-16T00:00:00.000000001Z", MIDNIGHT + 1),
        ("2026-02-16T00:00:00,5", MIDNIGHT + 500_000_000),
        ("2026-02-16T01:00:00+01:00", MIDNIGHT),
        ("2026-02-16T01:00:00.25+0100", MIDNIGHT + 250_000_000),
        (str(MIDNIGHT + 7), MIDNIGHT + 7),
    ],
)
def test_times(tmp_path: Path, time: str, ns: int) -> None:
    text = f'tag,time,value\na.level,"{time}",1\n'
    rows, judge = judged(tmp_path, text)
    assert (judge.mistakes, rows) == ([], [Row(2, "a.level", ns, 1.0, 0)])


def test_times_without_a_zone_are_of_the_zone_that_is_named(tmp_path: Path) -> None:
    rows, _ = judged(tmp_path, "tag,time,value\na.level,2026-02-16T01:00:00,1\n", zone="Europe/Berlin")
    assert rows[0].at_ns == MIDNIGHT
    rows, _ = judged(tmp_path, "tag,time,value\na.level,2025-07-16T02:00:00,1\n", zone="Europe/Berlin")
    assert rows[0].at_ns % (24 * HOUR) == 0


@pytest.mark.parametrize(
    ("tag", "cell", "value"),
    [
        ("a.level", "-1.5e3", -1500.0),
        ("a.level", "inf", math.inf),
        ("a.state", "-5 °C; läuft", "-5 °C; läuft"),
        ("a.state", "'=1+2", "=1+2"),
        ("a.state", "", ""),
        ("b.door", "TRUE", 1.0),
        ("b.door", "off", 0.0),
        ("b.count", "-9223372036854775808", -(2**63)),
        ("b.big", "18446744073709551615", 2**64 - 1),
        ("b.count", "3.0", 3.0),
    ],
)
def test_values_of_every_type(tmp_path: Path, tag: str, cell: str, value: object) -> None:
    rows, judge = judged(tmp_path, f'tag;time;value;quality\n{tag};2026-02-16T00:00:00Z;"{cell}";uncertain\n')
    assert (judge.mistakes, rows[0].value, rows[0].quality) == ([], value, 0x40000000)


def test_no_value_where_the_quality_is_bad(tmp_path: Path) -> None:
    rows, judge = judged(tmp_path, "tag,time,value,quality\na.level,2026-02-16T00:00:00Z,,0x80310000\n")
    assert judge.mistakes == []
    assert math.isnan(float(rows[0].value))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a.levle,2026-02-16T00:00:00Z,1", "the data folder knows no tag a.levle"),
        ("A Level!,2026-02-16T00:00:00Z,1", "'A Level!' is no name of a tag"),
        (",2026-02-16T00:00:00Z,1", "'' is no name of a tag"),
        ("a.level,yesterday,1", "'yesterday' is no time"),
        ("a.level,16.02.2026 00:00,1", "is no time"),
        ("a.level,2026-02-30T00:00:00Z,1", "day"),
        ("a.level,,1", "'' is no time"),
        ("a.level,1771200000,1", "before 1990: times in numbers are ns since 1970"),
        ("a.level,2026-02-18T00:00:00Z,1", "has not come yet"),
        ("a.level,2026-02-16T00:00:00Z,1 234", "'1 234' is no number"),
        ("a.level,2026-02-16T00:00:00Z,1_000", "is no number"),
        ("a.level,2026-02-16T00:00:00Z,", "has no value, and its quality is not bad"),
        ("a.level,2026-02-16T00:00:00Z,1,fine", "'fine' is no quality"),
        ("a.level,2026-02-16T00:00:00Z,1,99999999999", "is no OPC UA status code"),
        ("b.door,2026-02-16T00:00:00Z,2", "b.door is on or off, not 2"),
        ("b.count,2026-02-16T00:00:00Z,99999999999999999999", "beyond 64 bits"),
    ],
)
def test_nonsense_is_told_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    good = "a.level,2026-02-16T00:00:00Z,1"
    rows, judge = judged(tmp_path, f"tag,time,value,quality\n{good}\n{row}\n{good}\n")
    assert len(rows) == 2
    [mistake] = judge.mistakes
    assert mistake.startswith("line 3: ")
    assert words in mistake


def test_not_more_than_a_screen_of_mistakes(tmp_path: Path) -> None:
    _, judge = judged(tmp_path, "tag,time,value\n" + "x,y,z\n" * 1000)
    assert len(judge.mistakes) == 20


def test_new_tags_are_numbers_unless_they_begin_with_text(tmp_path: Path) -> None:
    body = "".join(
        f"{tag},2026-02-16T00:00:0{n}Z,{value}\n"
        for n, (tag, value) in enumerate([("c.x", 1), ("c.y", "on a"), ("c.y", "5")])
    )
    rows, judge = judged(tmp_path, "tag,time,value\n" + body, add=True)
    assert {name: (tag.index, tag.type) for name, tag in judge.added.items()} == {
        "c.x": (5, "float64"),
        "c.y": (6, "string"),
    }
    assert [row.value for row in rows] == [1.0, "on a", "5"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no column tag"),
        ("time,value\n", "has no column tag"),
        ("tag,time,value,qualty\n", "a column 'qualty' that means nothing here"),
        ("tag,time,value,value\n", "a column twice"),
        ("tag,time,count,min,max\n", "has no column value"),
        ('tag,time,value\na.level,"2026', "line 2"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(HmiError, match=words):
        judged(tmp_path, text)


def test_what_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"tag,time,value\na.state,2026-02-16T00:00:00Z,l\xe4uft\n")
    with pytest.raises(HmiError, match="line 2 is not UTF-8"):
        list(csv_cells(tmp_path / "in.csv", lambda _: None))


def test_a_mark_at_the_beginning_and_empty_lines_do_no_harm(tmp_path: Path) -> None:
    rows, judge = judged(tmp_path, "\ufefftag,time,value\r\n\r\na.level,2026-02-16T00:00:00Z,1\r\n\r\n")
    assert (judge.mistakes, [row.line for row in rows]) == ([], [3])
