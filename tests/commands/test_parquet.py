"""Parquet comes in as it went out; without pyarrow a line that says how to get it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hmi.client.trends.export_parquet import ParquetFile
from hmi.commands import parquet
from hmi.core.errors import HmiError
from tests.client.trends.test_export_parquet import samples
from tests.store.made import MIDNIGHT, SECOND

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = ParquetFile(tmp_path / "out.parquet")
    for one in samples():
        file.add(one)
    file.keep()
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
