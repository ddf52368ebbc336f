"""Parquet files, for whoever works with pandas, DuckDB or Spark: read and written by pyarrow, where it is installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from hmi.commands.history_files import Cells, places_of
from hmi.core.batch import FLAG_TEXT
from hmi.core.errors import HmiError
from hmi.core.history import Samples

_ROWS: Final = 50_000
_NS_OF: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


def library(part: str = "pyarrow") -> Any:
    """pyarrow, or a part of it; raises HmiError, with how to get it, where it is not installed."""
    try:
        return importlib.import_module(part)
    except ImportError:
        raise HmiError(
            "Parquet needs pyarrow, which is not part of the usual installation: pip install 'hmi[parquet]', or use csv"
        ) from None


def write(found: Sequence[Any], rows: Iterator[dict[str, Any]], path: Path) -> None:
    """Write an answer of history as one file that appears only when it is whole; times are ns UTC.

    Samples have `value` and, for tags that are text, `text`; other answers have the columns of `rows`.
    """
    pa, pq = library(), library("pyarrow.parquet")
    table = _samples(pa, found) if found and isinstance(found[0], Samples) else _rows(pa, rows)
    part = path.with_name(path.name + ".part")
    try:
        pq.write_table(table, part, compression="zstd")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise HmiError(f"{path} cannot be written: {error.strerror or error}") from None


def _samples(pa: Any, found: Sequence[Any]) -> Any:
    moment = pa.timestamp("ns", tz="UTC")
    parts = []
    for samples in found:
        is_text = (samples.flags & FLAG_TEXT) != 0
        texts = [samples.text(row) for row in range(len(samples))] if is_text.any() else [None] * len(samples)
        parts.append(
            pa.table(
                {
                    "tag": pa.array(np.full(len(samples), samples.tag, object), pa.string()),
                    "time": pa.array(samples.time, pa.int64()).cast(moment),
                    "received": pa.array(samples.received, pa.int64()).cast(moment),
                    "value": pa.array(samples.value, pa.float64(), mask=is_text, from_pandas=False),
                    "text": pa.array(texts, pa.string()),
                    "quality": pa.array(samples.quality, pa.uint32()),
                    "flags": pa.array(samples.flags, pa.uint32()),
                }
            )
        )
    return pa.concat_tables(parts)


def _rows(pa: Any, rows: Iterator[dict[str, Any]]) -> Any:
    """Columns that hold times in words become times."""
    table = pa.Table.from_pylist(list(rows))
    for place, name in enumerate(table.column_names):
        if name in ("time", "end") and pa.types.is_string(table.schema.field(name).type):
            moments = [
                np.datetime64(text.rstrip("Z"), "ns").astype(np.int64) for text in table.column(name).to_pylist()
            ]
            column = pa.array(moments, pa.int64()).cast(pa.timestamp("ns", tz="UTC"))
            table = table.set_column(place, name, column)
    return table


def cells(path: Path, tell: Callable[[int], None]) -> Iterator[Cells]:
    """The cells of a Parquet file, rows counted from 1; `tell` is given rows read. Raises HmiError."""
    pa, pq = library(), library("pyarrow.parquet")
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        places = places_of(names, path)
        number = 0
        for batch in file.iter_batches(batch_size=_ROWS):
            columns = [_column(pa, batch, place) for place in places]
            if "text" in names:
                texts = batch.column(names.index("text")).to_pylist()
                columns[2] = [value if text is None else text for value, text in zip(columns[2], texts, strict=True)]
            for row in zip(*columns, strict=True):
                number += 1
                yield (number, *row)
            tell(number)
    except (pa.ArrowException, OSError) as error:
        raise HmiError(
            f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}: nothing was imported"
        ) from None


def _column(pa: Any, batch: Any, place: int) -> list[Any]:
    if place < 0:
        return [None] * batch.num_rows
    column = batch.column(place)
    if pa.types.is_timestamp(column.type):
        return [
            None if moment is None else moment * _NS_OF[column.type.unit]
            for moment in column.cast(pa.int64()).to_pylist()
        ]
    found: list[Any] = column.to_pylist()
    return found
