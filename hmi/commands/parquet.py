"""Parquet files, as pandas, DuckDB or Spark write them: read by pyarrow, where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from hmi.client.trends.export_parquet import library
from hmi.commands.history_files import Cells, places_of
from hmi.core.errors import HmiError

_ROWS: Final = 50_000
_NS_OF: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


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
