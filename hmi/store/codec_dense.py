"""Columns that move at every sample: by pcodec where it is installed, else as differences that zlib packs.

What one station wrote another one reads; only a column that pcodec packed needs pcodec.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.store.codec_bytes import Cursor, Damaged, unzipped, zipped

try:
    import pcodec
    from pcodec import standalone as _pco
except ImportError:  # there is no wheel for Windows on ARM
    pcodec = None

Column = NDArray[Any]

KINDS: Final = tuple(np.dtype(kind) for kind in ("<i2", "<i4", "<i8", "<f4", "<f8"))
_CODES: Final = {kind: code for code, kind in enumerate(KINDS)}
_DELTA: Final = 0x80
_LEVEL: Final = 8  # of pcodec: above, slower and no smaller
_LOOKED_AT: Final = 256  # numbers that tell whether a column drifts


def ordered(column: Column) -> Column:
    """The bits of floats as integers in the floats' own order; integers as they are."""
    if column.dtype.kind != "f":
        return column
    return _folded(column.view(f"<i{column.dtype.itemsize}"))


def floats(numbers: Column, kind: np.dtype[Any]) -> Column:
    """The column of this type whose bits `ordered` gave."""
    return _folded(numbers).view(kind) if kind.kind == "f" else numbers


def _folded(bits: Column) -> Column:
    return bits ^ (bits >> (8 * bits.itemsize - 1) & np.iinfo(bits.dtype).max)  # twice is not at all


def size_about(numbers: Column, middle: float | None = None) -> float:
    """How many bits the numbers' distances from a middle (their own, if none is given) have together, roughly."""
    if middle is None:
        half = len(numbers) // 2
        middle = float(np.partition(numbers, half)[half]) if half else 0.0
    apart = np.abs(numbers - middle)
    apart += 1.0
    return float(np.add.reduce(np.log2(apart, out=apart)))


def _drifts(column: Column) -> bool:
    """Whether neighbours are closer to each other than numbers are to the middle: told from a few hundred of them."""
    numbers = ordered(column)
    stride = max(1, len(numbers) // _LOOKED_AT)
    some = numbers[:-1:stride].astype(np.float64)
    return size_about(numbers[1::stride] - some, 0.0) <= size_about(some)


def _kind(code: int) -> np.dtype[Any]:
    if code >= len(KINDS):
        raise Damaged(f"a column is of a type ({code}) that this version does not know")
    return KINDS[code]


# -------------------------------------------------------------------------------------------------- by pcodec


@cache
def _config(drifts: bool, whole: bool) -> Any:
    delta, mode = pcodec.DeltaSpec, pcodec.ModeSpec
    return pcodec.ChunkConfig(
        compression_level=_LEVEL,
        delta_spec=delta.try_consecutive(1) if drifts else delta.no_op(),
        mode_spec=mode.classic() if whole else mode.auto(),
    )


def by_pcodec(column: Column, drifts: bool | None = None) -> bytes | None:
    """The column (at least one number) packed by pcodec; None where pcodec is missing or cannot."""
    if pcodec is None:
        return None
    config = _config(_drifts(column) if drifts is None else drifts, column.dtype.kind == "i")
    try:
        packed = bytes([_CODES[column.dtype]]) + bytes(_pco.simple_compress(column, config))
    except BaseException as error:  # noqa: BLE001 - a panic of pcodec is no Exception
        _raise_unless_pcodec(error)
        return None
    if column.dtype.kind == "f" and from_pcodec(Cursor(packed), len(column)).tobytes() != column.tobytes():
        return None
    return packed


def from_pcodec(cursor: Cursor, n: int) -> Column:
    """The `n` numbers again; raises Damaged, also where pcodec is missing."""
    column = np.zeros(n, _kind(cursor.byte()))
    into_column(cursor.rest(), column)
    return column


def into_column(packed: bytes, column: Column) -> None:
    """Fill a column with what pcodec packed, behind its type; raises Damaged, also where pcodec is missing."""
    if pcodec is None:
        raise Damaged("a block is packed by pcodec, which this station does not have: read it on one that has")
    try:
        progress = _pco.simple_decompress_into(packed, column)
    except BaseException as error:  # noqa: BLE001 - a panic of pcodec is no Exception
        _raise_unless_pcodec(error)
        raise Damaged(f"a column of a block cannot be unpacked: {error}") from None
    if progress.n_processed != len(column) or not progress.finished:
        raise Damaged("a column has another length than its block")


def _raise_unless_pcodec(error: BaseException) -> None:
    """Let through what is no refusal by pcodec; its panics are no Exception."""
    refused = isinstance(error, Exception) and not isinstance(error, MemoryError)
    if not refused and type(error).__name__ != "PanicException":
        raise error


# ----------------------------------------------------------------------------------------------- without pcodec


def narrow(column: Column, delta: bool | None = None) -> bytes:
    """The column or its differences, in as few bytes each as hold the largest, zipped."""
    code, numbers, head = _CODES[column.dtype], ordered(column), b""
    if _drifts(column) if delta is None else delta:
        code, head = code | _DELTA, numbers[:1].tobytes()
        numbers = np.diff(numbers)  # may wrap, and wraps back
    width = _width(numbers)
    planes = numbers.astype(f"<i{width}").view(np.uint8).reshape(-1, width).T  # all low bytes, ..., all high bytes
    return bytes([code, width]) + head + zipped(planes.tobytes())


def from_narrow(cursor: Cursor, n: int) -> Column:
    """The `n` numbers again; raises Damaged."""
    code, width = cursor.byte(), cursor.byte()
    kind = _kind(code & ~_DELTA)
    whole = np.dtype(f"<i{kind.itemsize}")
    if width not in (1, 2, 4, 8) or width > whole.itemsize:
        raise Damaged("a column's numbers are of a width that is never written")
    first = np.frombuffer(cursor.take(whole.itemsize), whole) if code & _DELTA else np.empty(0, whole)
    count = n - len(first)
    if count < 0:
        raise Damaged("a column has another length than its block")
    planes = np.frombuffer(unzipped(cursor.rest(), count * width), np.uint8).reshape(width, count)
    numbers = np.ascontiguousarray(planes.T).view(f"<i{width}").ravel().astype(whole)
    if len(first):
        numbers = np.cumsum(np.concatenate([first, numbers]), dtype=whole)
    return floats(numbers, kind)


def _width(numbers: Column) -> int:
    low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    return next(width for width in (1, 2, 4, 8) if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1)
