"""Derived tags: compiled, ordered, and their circles found."""

from __future__ import annotations

from hmi.core.errors import Mistake
from hmi.core.plant.derived_tags import compile_derived
from hmi.core.plant.tag_rows import HEADER
from hmi.core.plant.tags_csv import read_tags


def compiled(*rows: str) -> tuple[list[str], list[Mistake]]:
    mistakes: list[Mistake] = []
    plain = [
        "a.x,plc,i=1,float64,1,,,,,,,,,",
        "a.y,plc,i=2,float64,1,,,,,,,,,",
        "a.text,plc,i=3,string,,,,,,,,,,",
    ]
    derived = [f'{name},,"{text}",float64,1,,,,,,,,,' for name, _, text in (row.partition(" ") for row in rows)]
    found = read_tags({"tags.csv": "\n".join([HEADER, *plain, *derived])}, {"plc": "opcua"}, mistakes)
    order = compile_derived(found, mistakes)
    return [found.tags[tag].name for tag, _ in order], mistakes


def test_each_comes_after_what_it_reads() -> None:
    order, mistakes = compiled("d.third = d.second + d.first", "d.second = d.first * 2", "d.first = a.x + a.y")
    assert order == ["d.first", "d.second", "d.third"]
    assert not mistakes


def test_every_circle_is_named_once_and_the_rest_is_kept() -> None:
    order, mistakes = compiled(
        "d.a = d.b + 1", "d.b = d.a + 1", "d.self = d.self", "d.good = a.x", "d.reader = d.a + d.good"
    )
    assert order[0] == "d.good"
    circles = sorted(mistake.what for mistake in mistakes)
    assert len(circles) == 2
    assert all("in a circle" in what for what in circles)
    assert {mistake.line for mistake in mistakes} == {5, 7}


def test_a_long_circle_is_told_shortly() -> None:
    _, mistakes = compiled(*(f"d.t{number} = d.t{(number + 1) % 50}" for number in range(50)))
    (mistake,) = mistakes
    assert len(mistake.what) < 120
    assert "46 more" in mistake.what


def test_mistakes_name_the_row_and_the_column() -> None:
    order, mistakes = compiled("d.a = a.z + 1", "d.b = 3", "d.c = a.text + 1", "d.d = good(a.text)", "d.e = a.x +")
    assert order == ["d.d"]
    assert [(mistake.line, mistake.what) for mistake in sorted(mistakes)] == [
        (5, "there is no tag a.z (column 3 of the address)"),
        (6, "the expression reads no tag"),
        (7, "a.text is text, and expressions are about numbers"),
        (9, "the expression is not complete or not in order (column 8 of the address)"),
    ]
    assert sorted(mistakes)[0].mend.startswith("Write a.")
