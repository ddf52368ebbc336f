"""Parquet out and in; without pyarrow a line that says how to get it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from hmi.commands import parquet
from hmi.core.errors import HmiError
from hmi.core.history import Samples
from tests.store.made import MIDNIGHT, SECOND, rows_of

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def samples() -> list[Samples]:
    numbers = rows_of(0, [MIDNIGHT + 1, MIDNIGHT + SECOND], [1.5, np.nan])
    texts = rows_of(0, [MIDNIGHT], [np.nan])
    texts["flags"] = 32
    names = ("time", "received", "value", "raw", "quality", "flags")
    return [
        Samples.of("a.level", {name: numbers[name] for name in names}),
        Samples.of("a.state", {name: texts[name] for name in names}, ["läuft"]),
    ]


def test_samples_keep_their_nanoseconds_and_text(tmp_path: Path) -> None:
    parquet.write(samples(), iter(()), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.schema.field("time").type == pa.timestamp("ns", tz="UTC")
    assert table.column("time").cast(pa.int64()).to_pylist() == [MIDNIGHT + 1, MIDNIGHT + SECOND, MIDNIGHT]
    assert table.column("tag").to_pylist() == ["a.level", "a.level", "a.state"]
    assert table.column("value").to_pylist()[0] == 1.5
    assert table.column("value").to_pylist()[2] is None
    assert table.column("text").to_pylist() == [None, None, "läuft"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_other_answers_have_their_rows_columns(tmp_path: Path) -> None:
    rows = [{"tag": "a", "time": "2026-02-16T00:00:00.000000001Z", "end": "2026-02-16T01:00:00Z", "Average": None}]
    parquet.write([], iter(rows), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column("time").cast(pa.int64()).to_pylist() == [MIDNIGHT + 1]
    assert table.column_names == ["tag", "time", "end", "Average"]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    parquet.write(samples(), iter(()), tmp_path / "out.parquet")
    told: list[int] = []
    rows = list(parquet.cells(tmp_path / "out.parquet", told.append))
    assert rows[0] == (1, "a.level", MIDNIGHT + 1, 1.5, 0)
    assert rows[2] == (3, "a.state", MIDNIGHT, "läuft", 0)
    assert told == [3]


@pytest.mark.parametrize(("unit", "factor"), [("s", SECOND), ("ms", 1_000_000), ("us", 1000), ("ns", 1)])
def test_times_of_every_unit_become_ns(tmp_path: Path, unit: str, factor: int) -> None:
    times = pa.array([MIDNIGHT // factor, None], pa.int64()).cast(pa.timestamp(unit))
    pq.write_table(pa.table({"tag": ["a", "a"], "time": times, "value": [1, 2]}), tmp_path / "in.parquet")
    rows = list(parquet.cells(tmp_path / "in.parquet", lambda _: None))
    assert rows == [(1, "a", MIDNIGHT, 1, None), (2, "a", None, 2, None)]


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_text("tag,time,value\n")
    with pytest.raises(HmiError, match="cannot be read as Parquet"):
        list(parquet.cells(tmp_path / "in.parquet", lambda _: None))
    pq.write_table(pa.table({"tag": ["a"], "value": [1.0]}), tmp_path / "no.parquet")
    with pytest.raises(HmiError, match="has no column time"):
        list(parquet.cells(tmp_path / "no.parquet", lambda _: None))


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(HmiError, match=r"pip install 'hmi\[parquet\]', or use csv"):
        parquet.library()
