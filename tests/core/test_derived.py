"""Derived tags at run time."""

from __future__ import annotations

import math

import numpy as np

from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_TIME_SUSPECT, Batch
from hmi.core.derived import Derived
from hmi.core.plant import load
from hmi.core.plant.model import Plant
from hmi.core.tags import TagTable

HEADER = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
PLANT = """[plant]
id = "t"
name = "T"
timezone = "UTC"
[[connection]]
id = "plc"
driver = "opcua"
address = "opc.tcp://plc"
"""
ROWS = """
d.double,,= d.sum * 2,float64,1,,,,,,,,,
a.x,plc,i=1,float64,1,,,,,,,,,
a.y,plc,i=2,float64,1,,,,,,,,,
d.sum,,= a.x + a.y,float64,1,,,,,,,,,
d.high,,= a.x > 5,bool,,,,,,,,,,
d.whole,,= a.x / 2,int16,,,,,,,,,,
d.ratio,,= a.x / a.y,float64,1,,,,,,,,,
"""
DOUBLE, X, Y, SUM, HIGH, WHOLE, RATIO = range(7)


def plant() -> Plant:
    return load({"plant.toml": PLANT, "tags.csv": HEADER + ROWS}, {})


def told(table: TagTable, tag: int, value: float, time: int, quality: int = q.GOOD, flags: int = 0) -> np.ndarray:
    return table.apply(Batch.of([tag], [value], time, time + 5, quality, flags))


def test_only_readers_of_what_changed_are_calculated_each_once_in_order() -> None:
    made = plant()
    table, derived = TagTable(made.tags), Derived(made)
    told(table, X, 3.0, 100)
    rows = derived.step(table, told(table, Y, 4.0, 200)).rows
    assert dict(zip(rows["tag"].tolist(), rows["value"].tolist(), strict=True)) == {SUM: 7.0, DOUBLE: 14.0, RATIO: 0.75}
    assert rows["tag"].tolist().index(SUM) < rows["tag"].tolist().index(DOUBLE)
    assert rows["time"].tolist() == [200, 200, 200]
    assert rows["received"].tolist() == [205, 205, 205]
    assert rows["quality"].tolist() == [q.GOOD] * 3
    rows = derived.step(table, told(table, X, 8.0, 150)).rows
    assert sorted(rows["tag"].tolist()) == [DOUBLE, SUM, HIGH, WHOLE, RATIO]
    assert rows[rows["tag"] == SUM]["time"].tolist() == [200]


def test_values_take_the_type_of_their_tag() -> None:
    made = plant()
    table, derived = TagTable(made.tags), Derived(made)
    rows = derived.step(table, told(table, X, 9.4, 100)).rows
    by_tag = {int(row["tag"]): row for row in rows}
    assert (float(by_tag[HIGH]["value"]), int(by_tag[HIGH]["raw"])) == (1.0, 1)
    assert (float(by_tag[WHOLE]["value"]), int(by_tag[WHOLE]["raw"])) == (5.0, 5)


def test_quality_and_doubtful_times_come_from_the_inputs() -> None:
    made = plant()
    table, derived = TagTable(made.tags), Derived(made)
    told(table, Y, 0.0, 100)
    rows = derived.step(table, told(table, X, 1.0, 200, flags=FLAG_TIME_SUSPECT | FLAG_BACKFILLED)).rows
    by_tag = {int(row["tag"]): row for row in rows}
    assert int(by_tag[SUM]["flags"]) == FLAG_TIME_SUSPECT
    assert int(by_tag[DOUBLE]["flags"]) == FLAG_TIME_SUSPECT
    assert math.isnan(by_tag[RATIO]["value"])
    assert int(by_tag[RATIO]["quality"]) == q.BAD_OUT_OF_RANGE
    rows = derived.step(table, told(table, X, 1.0, 300, q.BAD_SENSOR_FAILURE)).rows
    assert set(rows["quality"].tolist()) == {q.BAD_SENSOR_FAILURE}


def test_the_table_is_only_read() -> None:
    made = plant()
    table, derived = TagTable(made.tags), Derived(made)
    changed = told(table, X, 1.0, 100)
    before = table.counter
    derived.step(table, changed)
    assert table.counter == before
    assert math.isnan(table.value[SUM])


def test_nothing_changed_or_nothing_derived_gives_nothing() -> None:
    made = plant()
    table = TagTable(made.tags)
    assert len(Derived(made).step(table, np.empty(0, np.uint32))) == 0
    assert len(Derived(made).step(table, np.array([DOUBLE], np.uint32))) == 0
    bare = load({"plant.toml": PLANT, "tags.csv": f"{HEADER}\na.x,plc,i=1,bool,,,,,,,,,,\n"}, {})
    assert len(Derived(bare).step(TagTable(bare.tags), np.array([0], np.uint32))) == 0
