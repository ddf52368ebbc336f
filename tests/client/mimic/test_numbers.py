"""Numbers set from glyphs: which digits stand where, and when the painter must help."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled, compile_screen
from hmi.client.mimic.layout import Layout
from hmi.client.mimic.numbers import BAD, NEGATIVE, PLAIN, WRITTEN, Numbers
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.plant import Plant, load
from hmi.core.tags import TagTable
from tests.client.mimic.conftest import DOUBLE, HEAD, PLANT, ROOT, Glass

WIDE = """tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description
t.signed,line,ns=2;s=S,int64,,,,,,,,change,r,Signed
t.unsigned,line,ns=2;s=U,uint64,,,,,,,,change,r,Unsigned
"""
ROWS = "".join(
    f'[[element]]\nsymbol = "words"\nat = [10, {at}]\nsize = [500, 34]\ntag = "{tag}"\n'
    for at, tag in ((10, "t.signed"), (60, "t.unsigned"))
)


def layout_of(compiled: Compiled, plant: Plant, table: TagTable) -> Layout:
    return Layout(compiled, plant, table, day(), (800, 400))


def look(numbers: Numbers, compiled: Compiled, table: TagTable) -> Any:
    columns = Columns(compiled)
    columns.take(table)
    return numbers.look(columns, table)


@pytest.mark.parametrize(
    ("value", "quality", "digits", "how"),
    [
        (12.34, q.GOOD, 123, PLAIN),
        (-12.34, q.GOOD, 123, NEGATIVE),
        (-0.04, q.GOOD, 0, PLAIN),
        (12.34, q.UNCERTAIN, 123, PLAIN),
        (12.34, q.BAD, 0, BAD),
        (np.nan, q.GOOD, 0, BAD),
    ],
)
def test_what_a_number_shows(
    qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass, value: float, quality: int, digits: int, how: int
) -> None:
    layout = layout_of(detail, small_plant, glass.table)
    row = next(i for i, at in enumerate(layout.numbers.rows) if layout.parts[at].drawn.element.symbol == "row")
    glass.set(DOUBLE, value, quality)
    found, written = look(layout.numbers, detail, glass.table)
    assert (int(found[row]), int(written[row])) == (digits, how)


def test_very_big_numbers_and_those_that_do_not_fit_are_painted(
    qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass
) -> None:
    layout = layout_of(detail, small_plant, glass.table)
    row = next(i for i, at in enumerate(layout.numbers.rows) if layout.parts[at].drawn.element.symbol == "row")
    for value, painted in ((5.0, False), (2.5e12, True), (12345678.9, True)):
        glass.set(DOUBLE, value)
        now = look(layout.numbers, detail, glass.table)
        tables, unfit = layout.numbers.tables(now, np.array([row]))
        assert (unfit.tolist() == [row]) is painted
        assert bool(tables) is not painted
    assert int(look(layout.numbers, detail, glass.table)[1][row]) == PLAIN
    glass.set(DOUBLE, -np.inf)
    assert int(look(layout.numbers, detail, glass.table)[1][row]) == WRITTEN


def test_whole_numbers_of_64_bits_are_shown_to_the_last_digit(qapp: Any) -> None:
    library = {f"symbols/{p.name}": p.read_text(encoding="utf-8") for p in ROOT.glob("screens/symbols/*.toml")}
    screen = HEAD.format(id="wide", title="Wide", level=2) + ROWS
    plant = load({"plant.toml": PLANT, "tags.csv": WIDE, "screens/wide.toml": screen}, library)
    compiled = compile_screen(plant.screens["wide"], plant)
    table = TagTable(plant.tags)
    numbers = layout_of(compiled, plant, table).numbers
    assert len(numbers.rows) == 2
    batch = Batch.of([0, 1], [-(2.0**63), 2.0**64], 1, 1, q.GOOD)
    batch.rows["raw"] = [-(2**63) + 1, -1]
    table.apply(batch)
    digits, how = look(numbers, compiled, table)
    assert [int(one) for one in digits] == [2**63 - 1, 2**64 - 1]
    assert how.tolist() == [NEGATIVE, PLAIN]
