"""Answers of history as rows of plain columns and as CSV: one form for the command line and for exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.aggregate import Aggregates
from hmi.core.batch import FLAG_TEXT
from hmi.core.history import Samples, Window
from hmi.core.spreadsheet import safe

Answer = Samples | Window | Aggregates
Row = dict[str, Any]

_USUAL: Final = (0, 9_000_000_000_000_000_000)  # ns: 1970 to 2255
_AT_ONCE: Final = 2000  # rows: writing them lets no other thread of the program run, so not too many


def iso(time_ns: int) -> str:
    """ns UTC as ISO 8601 with nanoseconds; empty for a time that is not known."""
    if not time_ns:
        return ""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
    except (OverflowError, ValueError, OSError):
        return f"{time_ns} ns"


def rows_of(found: Answer) -> Iterator[Row]:
    """One row a sample, an interval or a step; None where there is nothing to say."""
    columns = columns_of(found)
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def columns_of(found: Answer) -> dict[str, Sequence[Any]]:
    """The same by column, in their order."""
    if isinstance(found, Samples):
        columns = _columns_of_samples(found)
    else:
        rows = list(found.rows())
        columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
        columns |= {name: [iso(time) for time in columns[name]] for name in ("time", "end") if name in columns}
    if "backfilled" in columns:  # the same word whether it comes from the disk or over the link
        columns["backfilled"] = [bool(one) for one in columns["backfilled"]]
    if isinstance(found, Aggregates):
        columns |= {name: [_told(value) for value in columns.get(name, ())] for name in (*found.kinds, "covered")}
    words = {code: q.word(code) for code in set(columns.get("quality", ()))}
    said = [words[code] for code in columns.get("quality", ())]
    return {"tag": [found.tag] * len(said), **columns, "quality_word": said}


def _columns_of_samples(samples: Samples) -> dict[str, Sequence[Any]]:
    values: list[Any] = samples.value.tolist()
    for row in np.flatnonzero(samples.flags & FLAG_TEXT).tolist():
        values[row] = samples.text(row)
    return {
        "time": _isos(samples.time),
        "received": samples.received.tolist(),
        "value": values,
        "quality": samples.quality.tolist(),
        "flags": samples.flags.tolist(),
    }


def _isos(time: NDArray[np.int64]) -> list[str]:
    """As `iso`, a hundred thousand in a blink."""
    if not len(time) or not (_USUAL[0] < int(time.min()) and int(time.max()) < _USUAL[1]):
        return [iso(moment) for moment in time.tolist()]
    said: list[str] = np.datetime_as_string(time.view("M8[ns]"), unit="ns", timezone="UTC").tolist()
    return said


def _told(value: float) -> float | None:
    return None if value != value else value


class CsvText:
    """Answers as CSV, a part at a time; the names of the columns come before the first row."""

    def __init__(self, shown: Callable[[str], str] = str) -> None:
        """`shown` is done to every text before it is written."""
        self._shown = shown
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer)
        self._begun = False

    def of(self, found: Answer) -> str:
        """The rows of the next answer."""
        columns = columns_of(found)
        self._buffer.seek(0)
        self._buffer.truncate()
        if not columns["tag"]:
            return ""
        if not self._begun:
            self._writer.writerow(columns)
            self._begun = True
        columns["tag"] = [self._shown(safe(found.tag))] * len(columns["tag"])
        if "value" in columns:
            columns["value"] = self._cells(columns["value"])
        rows = zip(*columns.values(), strict=True)
        for _ in range(0, len(columns["tag"]), _AT_ONCE):
            self._writer.writerows(islice(rows, _AT_ONCE))
        return self._buffer.getvalue()

    def _cells(self, column: Sequence[Any]) -> Sequence[Any]:
        """Values, of which some may be texts that a device has said."""
        known = {cell: self._shown(safe(cell)) for cell in column if isinstance(cell, str)}
        return [known.get(cell, cell) for cell in column] if known else column
