"""OPC UA values to batch rows and back: types, quality and time exactly as the server gave them.

The plain way, over asyncua's own decoded DataValues: times come through its datetimes, in whole microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from asyncua import ua

from hmi.core import quality as q
from hmi.core.batch import FLAG_NO_SOURCE_TIME, ROW, flag_times
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.drivers.rows import Decoded, with_texts

_T = ua.VariantType
_INTEGERS: Final = frozenset({_T.SByte, _T.Byte, _T.Int16, _T.UInt16, _T.Int32, _T.UInt32, _T.Int64, _T.UInt64})
_FLOATS: Final = frozenset({_T.Float, _T.Double})
_TEXTS: Final = frozenset({_T.String, _T.LocalizedText})
_ACCEPTED: Final[dict[str, frozenset[Any]]] = {
    "bool": frozenset({_T.Boolean}),
    "string": _TEXTS,
    **dict.fromkeys(INTEGER_TYPES, _INTEGERS),
    **dict.fromkeys(("float32", "float64"), _FLOATS | _INTEGERS),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FILETIME_ZERO: Final = datetime(1601, 1, 1, tzinfo=UTC)  # how OPC UA writes "no time"
_INT64_MAX: Final = (1 << 63) - 1

INTEGER_RANGE: Final[dict[Any, tuple[int, int]]] = {
    _T.SByte: (-(1 << 7), (1 << 7) - 1),
    _T.Byte: (0, (1 << 8) - 1),
    _T.Int16: (-(1 << 15), (1 << 15) - 1),
    _T.UInt16: (0, (1 << 16) - 1),
    _T.Int32: (-(1 << 31), (1 << 31) - 1),
    _T.UInt32: (0, (1 << 32) - 1),
    _T.Int64: (-(1 << 63), (1 << 63) - 1),
    _T.UInt64: (0, (1 << 64) - 1),
}
_TAG_RANGE: Final[dict[str, tuple[int, int]]] = {
    "int16": INTEGER_RANGE[_T.Int16],
    "uint16": INTEGER_RANGE[_T.UInt16],
    "int32": INTEGER_RANGE[_T.Int32],
    "uint32": INTEGER_RANGE[_T.UInt32],
    "int64": INTEGER_RANGE[_T.Int64],
    "uint64": INTEGER_RANGE[_T.UInt64],
}


def time_ns(stamp: datetime | None) -> int | None:
    """A server's time as ns UTC, None where it gave none; clamped to what int64 holds (1677 to 2262)."""
    if stamp is None:
        return None
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=UTC)
    if stamp == _FILETIME_ZERO:
        return None
    delta = stamp - _EPOCH
    ns = (delta.days * 86_400 + delta.seconds) * 1_000_000_000 + delta.microseconds * 1000
    return max(-_INT64_MAX, min(_INT64_MAX, ns))


def decode(items: Sequence[tuple[Tag, ua.DataValue]], received_ns: int) -> Decoded:
    """The values of one publish or read response as one batch, in their order."""
    rows = np.zeros(len(items), ROW)
    texts: list[tuple[int, str]] = []
    mismatches: dict[int, str] = {}
    for position, (tag, data) in enumerate(items):
        quality = data.StatusCode.value if data.StatusCode is not None else q.GOOD
        wrong = "" if quality >= q.BAD and _is_null(data) else _mismatch(tag, data.Value)
        if wrong:
            mismatches[tag.index] = wrong
            quality = q.BAD_TYPE_MISMATCH
        else:
            mismatches.pop(tag.index, None)  # what it sent before in the same response is no longer so
        value, raw = (math.nan, 0) if wrong or _is_null(data) or tag.is_text else _number(tag, data.Value.Value)
        if tag.is_text:
            texts.append((position, "" if wrong else _text(data)))
        stamp, flags = _stamp(data, received_ns)
        rows[position] = (stamp, received_ns, value, raw, tag.index, quality, flags, 0)
    flag_times(rows)
    return Decoded(with_texts(rows, texts), mismatches)


def _is_null(data: ua.DataValue) -> bool:
    return data.Value is None or data.Value.Value is None


def _mismatch(tag: Tag, variant: ua.Variant | None) -> str:
    """What is wrong with the type of a value for this tag, or nothing."""
    if variant is None or (variant.Value is None and not (tag.is_text and variant.VariantType is _T.String)):
        return f"the device sends no value, the tag list says {tag.type}"
    kind = variant.VariantType
    name = getattr(kind, "name", "an unknown type")
    if variant.is_array or isinstance(variant.Value, list):
        return f"the device sends an array of {name}, the tag list says {tag.type}"
    if kind not in _ACCEPTED.get(tag.type, frozenset()):
        return f"the device sends {name}, the tag list says {tag.type}"
    if tag.type in _TAG_RANGE:
        low, high = _TAG_RANGE[tag.type]
        if not low <= variant.Value <= high:
            return f"the device sends {variant.Value}, which is no {tag.type}"
    return ""


def _number(tag: Tag, value: Any) -> tuple[float, int]:
    raw = 0
    if not isinstance(value, float):
        raw = int(value)
        raw = raw - (1 << 64) if raw > _INT64_MAX else raw
    number = float(value)
    if tag.scale != 1.0 or tag.offset != 0.0:
        number = number * tag.scale + tag.offset
    return number, raw


def _text(data: ua.DataValue) -> str:
    value = data.Value.Value if data.Value is not None else None
    if isinstance(value, ua.LocalizedText):
        value = value.Text
    if value is None:
        return ""
    # asyncua lets bytes that are no UTF-8 through as surrogates, which no disk and no link could encode.
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _stamp(data: ua.DataValue, received_ns: int) -> tuple[int, int]:
    source = time_ns(data.SourceTimestamp)
    if source is not None:
        return source, 0
    server = time_ns(data.ServerTimestamp)
    return (received_ns if server is None else server), FLAG_NO_SOURCE_TIME


def encode(tag: Tag, value: float | str, kind: Any) -> ua.Variant:
    """A value in engineering units as the node's own type; raises ValueError with the reason it cannot be."""
    if kind in _TEXTS:
        return ua.Variant(ua.LocalizedText(str(value)) if kind is _T.LocalizedText else str(value), kind)
    if isinstance(value, str):
        raise ValueError(f"'{value}' is text, the device wants a number")
    raw = (value - tag.offset) / tag.scale if tag.scale != 1.0 or tag.offset != 0.0 else value
    if kind is _T.Boolean:
        if raw not in (0, 1):
            raise ValueError(f"{value:g} is neither 0 nor 1")
        return ua.Variant(bool(raw), kind)
    if kind in _FLOATS:
        return ua.Variant(float(raw), kind)
    if kind not in INTEGER_RANGE:
        raise ValueError(f"the device wants a {getattr(kind, 'name', kind)}, which cannot be written from here")
    low, high = INTEGER_RANGE[kind]
    if not math.isfinite(raw) or not low <= round(raw) <= high:
        raise ValueError(f"{value:g} does not fit the device's {kind.name} ({low} to {high})")
    return ua.Variant(round(raw), kind)


def same_value(wanted: ua.Variant, found: ua.DataValue) -> bool:
    """Whether what was read back is what was written, as exactly as the node's type can hold it."""
    value = found.Value.Value if found.Value is not None else None
    if value is None or (found.StatusCode is not None and found.StatusCode.is_bad()):
        return False
    if isinstance(value, ua.LocalizedText):
        return bool(value.Text == wanted.Value.Text)
    if isinstance(wanted.Value, float) and isinstance(value, float):
        if math.isnan(wanted.Value):
            return math.isnan(value)
        digits = 1e-6 if wanted.VariantType is _T.Float else 1e-12
        return value == wanted.Value or math.isclose(value, wanted.Value, rel_tol=digits)
    return bool(value == wanted.Value)
