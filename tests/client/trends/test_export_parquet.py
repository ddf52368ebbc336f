"""History as Parquet: nanoseconds and texts are kept, a page is a row group, nothing half-written stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hmi.client.trends.export_parquet import ParquetFile
from hmi.core.aggregate import Aggregates
from hmi.core.errors import HmiError
from hmi.core.history import Samples, window_of
from tests.store.made import MIDNIGHT, SECOND, rows_of

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

NAMES = ("time", "received", "value", "raw", "quality", "flags")


def samples() -> list[Samples]:
    numbers = rows_of(0, [MIDNIGHT + 1, MIDNIGHT + SECOND], [1.5, np.nan])
    texts = rows_of(0, [MIDNIGHT], [np.nan])
    texts["flags"] = 32
    return [
        Samples.of("a.level", {name: numbers[name] for name in NAMES}),
        Samples.of("a.state", {name: texts[name] for name in NAMES}, ["läuft"]),
    ]


def written(path: Path, *answers: object):
    file = ParquetFile(path)
    for answer in answers:
        file.add(answer)
    file.keep()
    return pq.read_table(path)


def test_samples_keep_their_nanoseconds_and_text(tmp_path: Path) -> None:
    table = written(tmp_path / "out.parquet", *samples())
    assert table.schema.field("time").type == pa.timestamp("ns", tz="UTC")
    assert table.column("time").cast(pa.int64()).to_pylist() == [MIDNIGHT + 1, MIDNIGHT + SECOND, MIDNIGHT]
    assert table.column("tag").to_pylist() == ["a.level", "a.level", "a.state"]
    assert table.column("value").to_pylist()[0] == 1.5
    assert table.column("value").to_pylist()[2] is None
    assert table.column("text").to_pylist() == [None, None, "läuft"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_intervals_and_steps_have_their_rows_columns(tmp_path: Path) -> None:
    window = window_of(samples()[0], MIDNIGHT, MIDNIGHT + 2 * SECOND, 2)
    table = written(tmp_path / "window.parquet", window, window)
    assert table.column("time").cast(pa.int64()).to_pylist() == [MIDNIGHT, MIDNIGHT + SECOND] * 2
    assert table.column("count").to_pylist() == [1, 0, 1, 0]
    edges = np.array([MIDNIGHT, MIDNIGHT + SECOND], np.int64)
    nothing = Aggregates("a", ("Average",), edges, np.full((1, 1), np.nan), np.zeros(1), np.zeros(1, np.uint32))
    table = written(tmp_path / "steps.parquet", nothing)
    assert table.column("end").cast(pa.int64()).to_pylist() == [MIDNIGHT + SECOND]
    assert table.column("Average").to_pylist() == [None]
    assert table.column_names == ["tag", "time", "end", "Average", "covered", "quality", "quality_word"]


def test_an_answer_without_rows_is_a_file_without_rows(tmp_path: Path) -> None:
    assert len(written(tmp_path / "none.parquet")) == 0
    assert len(written(tmp_path / "empty.parquet", Samples.empty("a"))) == 0


def test_what_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    file = ParquetFile(tmp_path / "out.parquet")
    file.add(samples()[0])
    file.drop()
    assert list(tmp_path.iterdir()) == []
    gone = ParquetFile(tmp_path / "nowhere" / "out.parquet")
    with pytest.raises(HmiError, match="nothing was exported"):
        gone.add(samples()[0])
