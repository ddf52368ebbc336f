"""History as Parquet, for whoever works with pandas, DuckDB or Spark: written by pyarrow, where it is installed."""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from hmi.client.trends.export_files import Part, in_words
from hmi.core.batch import FLAG_TEXT
from hmi.core.errors import HmiError
from hmi.core.history import Samples
from hmi.core.listing import Answer, columns_of

_TIMES: Final = ("time", "end")
_TEXTS: Final = ("tag", "quality_word")
_WHOLE: Final = ("count", "quality")
_FLAGS: Final = ("backfilled",)


def library(part: str = "pyarrow") -> Any:
    """pyarrow, or a part of it; raises HmiError, with how to get it, where it is not installed."""
    try:
        return importlib.import_module(part)
    except ImportError:
        raise HmiError(
            "Parquet needs pyarrow, which is not part of the usual installation: pip install 'hmi[parquet]', or use csv"
        ) from None


class ParquetFile:
    """Answers of history as one file, a row group each; times are ns UTC.

    Samples have `value` and, for tags that are text, `text`; other answers have the columns of their rows.
    """

    def __init__(self, path: Path) -> None:
        """Raises HmiError where pyarrow is not installed."""
        self._pa, self._pq = library(), library("pyarrow.parquet")
        self._part = Part(path)
        self._writer: Any = None

    def add(self, answer: Answer) -> None:
        """Write an answer behind those that came before."""
        if isinstance(answer, Samples):
            self._put(_samples(self._pa, answer))
        elif len(answer):
            self._put(_table(self._pa, answer))

    def keep(self) -> None:
        """That was all: the file takes its name."""
        if self._writer is None:
            self._put(self._pa.table({}))
        with in_words(self._part.wanted):
            self._close()
            self._part.keep()

    def drop(self) -> None:
        """It is not wanted any more: nothing of it stays."""
        with suppress(OSError):  # what could not be written is not wanted either
            self._close()
        self._part.drop()

    def _put(self, table: Any) -> None:
        with in_words(self._part.wanted):
            if self._writer is None:
                self._writer = self._pq.ParquetWriter(self._part.path, table.schema, compression="zstd")
            self._writer.write_table(table)

    def _close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


def _samples(pa: Any, samples: Samples) -> Any:
    """Every sample a row."""
    moment = pa.timestamp("ns", tz="UTC")
    is_text = (samples.flags & FLAG_TEXT) != 0
    texts = [samples.text(row) for row in range(len(samples))] if is_text.any() else [None] * len(samples)
    return pa.table(
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


def _table(pa: Any, answer: Answer) -> Any:
    """Columns that hold times in words become times."""
    moment = pa.timestamp("ns", tz="UTC")
    made = {}
    for name, cells in columns_of(answer).items():
        if name in _TIMES:
            moments = [np.datetime64(text.rstrip("Z"), "ns").astype(np.int64) for text in cells]
            made[name] = pa.array(moments, pa.int64()).cast(moment)
        else:
            made[name] = pa.array(cells, _kind(pa, name))
    return pa.table(made)


def _kind(pa: Any, name: str) -> Any:
    if name in _TEXTS:
        return pa.string()
    return pa.int64() if name in _WHOLE else pa.bool_() if name in _FLAGS else pa.float64()
