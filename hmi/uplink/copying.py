"""Rows in the binary form of PostgreSQL's COPY, made by numpy: a thousand rows take what one INSERT takes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END: Final = b"\xff\xff"
EPOCH_US: Final = 946_684_800_000_000  # PostgreSQL counts from 2000
_NULL: Final = b"\xff\xff\xff\xff"
_SIZE: Final = struct.Struct(">i")


def encoded(kinds: Sequence[str], columns: Sequence[Any], nulls: int = 0) -> bytes:
    """Some rows, without head and end; `kinds` as numpy writes them (`>i4`), behind them as many NULLs.

    A column may be one number for all rows, but not the first one. Not a number is kept as such.
    """
    rows = _rows(kinds, columns, nulls, len(kinds) + nulls)
    return rows.tobytes()


def encoded_with_texts(kinds: Sequence[str], columns: Sequence[Any], texts: Sequence[bytes | None]) -> bytes:
    """The same with one more column: a text, or NULL; where there is a text, the last number is NULL."""
    rows = _rows(kinds, columns, 0, len(kinds) + 1)
    whole, size = rows.tobytes(), rows.dtype.itemsize
    last = 4 + np.dtype(kinds[-1]).itemsize
    parts = []
    for number, text in enumerate(texts):
        start, stop = number * size, (number + 1) * size
        if text is None:
            parts += [whole[start:stop], _NULL]
        else:
            parts += [whole[start : stop - last], _NULL, _SIZE.pack(len(text)), text]
    return b"".join(parts)


def _rows(kinds: Sequence[str], columns: Sequence[Any], nulls: int, fields: int) -> NDArray[Any]:
    places: list[tuple[str, str]] = [("count", ">i2")]
    for number, kind in enumerate(kinds):
        places += [(f"s{number}", ">i4"), (f"c{number}", kind)]
    places += [(f"n{number}", ">i4") for number in range(nulls)]
    rows = np.empty(len(columns[0]), places)
    rows["count"] = fields
    for number, (kind, column) in enumerate(zip(kinds, columns, strict=True)):
        rows[f"s{number}"] = np.dtype(kind).itemsize
        rows[f"c{number}"] = column
    for number in range(nulls):
        rows[f"n{number}"] = -1
    return rows
