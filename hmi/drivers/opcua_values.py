"""OPC UA values to batch rows and back: types, quality and time exactly as the server gave them.

The plain way, over asyncua's own decoded DataValues: times come through its datetimes, in whole microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from asyncua import ua

from hmi.core import quality as q
from hmi.core.batch import FLAG_NO_SOURCE_TIME, ROW, flag_times
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.drivers.opcua_text import NO_TIME, TEXTS, WRITABLE, can_be_null, parsed, text_of, utc
from hmi.drivers.rows import Decoded, with_texts

_T = ua.VariantType
INTEGERS: Final = frozenset({_T.SByte, _T.Byte, _T.Int16, _T.UInt16, _T.Int32, _T.UInt32, _T.Int64, _T.UInt64})
_FLOATS: Final = frozenset({_T.Float, _T.Double})
_STATES: Final = INTEGERS | {_T.Boolean}  # whose values may have names
# What loses nothing: a float32 has too few digits for a moment or a status code.
_ACCEPTED: Final[dict[str, frozenset[Any]]] = {
    "bool": frozenset({_T.Boolean}),
    "string": TEXTS,
    **dict.fromkeys(INTEGER_TYPES, INTEGERS | {_T.StatusCode}),
    "float32": _FLOATS | INTEGERS,
    "float64": _FLOATS | INTEGERS | {_T.StatusCode, _T.DateTime},
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INT64_MAX: Final = (1 << 63) - 1
_SAME_MOMENT: Final = timedelta(milliseconds=1)  # many controllers keep no more of a moment

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
    if stamp == NO_TIME:
        return None
    delta = stamp - _EPOCH
    ns = (delta.days * 86_400 + delta.seconds) * 1_000_000_000 + delta.microseconds * 1000
    return max(-_INT64_MAX, min(_INT64_MAX, ns))


@dataclass(slots=True)
class Learned:
    """What a session has learned of its nodes beside their values; by tag index."""

    names: dict[int, Mapping[int, str]] = field(default_factory=dict)  # of the states that a number stands for
    elements: dict[int, int] = field(default_factory=dict)  # tags that are one element of an array, and which
    whole_arrays: bool = False  # who asks this server for an element is given all of them


NOTHING: Final = Learned()


class _Unfit(Exception):
    """A value that this tag cannot hold: the reason in words, and the quality that it gets for it."""


def decode(items: Sequence[tuple[Tag, ua.DataValue]], received_ns: int, learned: Learned = NOTHING) -> Decoded:
    """The values of one publish or read response as one batch, in their order."""
    rows = np.zeros(len(items), ROW)
    texts: list[tuple[int, str]] = []
    mismatches: dict[int, str] = {}
    for position, (tag, data) in enumerate(items):
        quality = data.StatusCode.value if data.StatusCode is not None else q.GOOD
        value, raw, text = math.nan, 0, ""
        try:
            if quality < q.BAD or not _is_null(data):
                value, raw, text = _read(tag, data.Value, learned)
            mismatches.pop(tag.index, None)  # what it sent before in the same response is no longer so
        except _Unfit as unfit:
            mismatches[tag.index], quality = unfit.args
        if tag.is_text:
            texts.append((position, text))
        stamp, flags = _stamp(data, received_ns)
        rows[position] = (stamp, received_ns, value, raw, tag.index, quality, flags, 0)
    flag_times(rows)
    return Decoded(with_texts(rows, texts), mismatches)


def _is_null(data: ua.DataValue) -> bool:
    return data.Value is None or data.Value.Value is None


def _read(tag: Tag, variant: ua.Variant | None, learned: Learned) -> tuple[float, int, str]:
    """The number, the exact integer and the text that a value is to this tag; raises _Unfit."""
    kind: Any = variant.VariantType if variant is not None else None
    value: Any = variant.Value if variant is not None else None
    if tag.index in learned.elements:
        value = _element(value, kind, tag, learned)
    elif (variant is not None and variant.is_array) or isinstance(value, list):
        _refuse(f"an array of {_name(kind)}", tag, f": for one element write index=0;{tag.address}")
    if value is None and not (tag.is_text and can_be_null(kind)):
        _refuse("no value", tag)
    if tag.is_text and kind in _STATES and tag.index in learned.names:
        return math.nan, 0, learned.names[tag.index].get(value, str(value))
    if kind not in _ACCEPTED.get(tag.type, frozenset()):
        _refuse(_name(kind), tag)
    if tag.is_text:
        return math.nan, 0, text_of(value, kind)
    return *_number(tag, value), ""


def _refuse(sent: str, tag: Tag, mend: str = "") -> None:
    raise _Unfit(f"the device sends {sent}, the tag list says {tag.type}{mend}", q.BAD_TYPE_MISMATCH)


def _name(kind: Any) -> str:
    return str(getattr(kind, "name", "an unknown type"))


def _element(value: Any, kind: Any, tag: Tag, learned: Learned) -> Any:
    """The element that the tag means: alone in its array, or in all of it where the server ignores what is asked."""
    index = learned.elements[tag.index]
    if not isinstance(value, list):
        held = "no value" if value is None else f"{_name(kind)}, which is no array"
        raise _Unfit(f"the device sends {held}, and the address asks for element {index}", q.BAD_TYPE_MISMATCH)
    at = index if learned.whole_arrays or len(value) != 1 else 0
    if at >= len(value):
        count = f"{len(value)} elements, counted from 0" if value else "no elements"
        raise _Unfit(f"the array has {count}: there is no element {index}", q.BAD_INDEX_RANGE_NO_DATA)
    if isinstance(value[at], list):
        _refuse("an array of more than one dimension", tag)
    return value[at]


def _number(tag: Tag, value: Any) -> tuple[float, int]:
    if isinstance(value, datetime):
        number, raw = _seconds(value), 0
    elif isinstance(value, float):
        number, raw = value, 0
    else:
        raw = int(value.value if isinstance(value, ua.StatusCode) else value)
        if tag.type in _TAG_RANGE and not _TAG_RANGE[tag.type][0] <= raw <= _TAG_RANGE[tag.type][1]:
            raise _Unfit(f"the device sends {raw}, which is no {tag.type}", q.BAD_TYPE_MISMATCH)
        number, raw = float(raw), raw - (1 << 64) if raw > _INT64_MAX else raw
    if tag.scale != 1.0 or tag.offset != 0.0:
        number = number * tag.scale + tag.offset
    return number, raw


def _seconds(stamp: datetime) -> float:
    """Seconds since 1970 UTC; not a number for "no time"."""
    stamp = utc(stamp)
    return math.nan if stamp == NO_TIME else (stamp - _EPOCH) / _MICROSECOND / 1e6


def _stamp(data: ua.DataValue, received_ns: int) -> tuple[int, int]:
    source = time_ns(data.SourceTimestamp)
    if source is not None:
        return source, 0
    server = time_ns(data.ServerTimestamp)
    return (received_ns if server is None else server), FLAG_NO_SOURCE_TIME


def encode(tag: Tag, value: float | str, kind: Any, names: Mapping[int, str] | None = None) -> ua.Variant:
    """A value in engineering units as the node's own type; raises ValueError with the reason it cannot be."""
    if names is not None and kind in _STATES:
        value = _state(tag, value, names)
    elif kind in TEXTS and (kind not in (_T.DateTime, _T.StatusCode) or isinstance(value, str)):
        if kind not in WRITABLE:
            raise ValueError(f"the device wants a {_name(kind)}, which cannot be written from here")
        return ua.Variant(parsed(str(value), kind), kind)
    if isinstance(value, str):
        raise ValueError(f"'{value}' is text, the device wants a number")
    raw = (value - tag.offset) / tag.scale if tag.scale != 1.0 or tag.offset != 0.0 else value
    if kind is _T.Boolean:
        if raw not in (0, 1):
            raise ValueError(f"{value:g} is neither 0 nor 1")
        return ua.Variant(bool(raw), kind)
    if kind in _FLOATS:
        return ua.Variant(float(raw), kind)
    if kind is _T.DateTime:
        return ua.Variant(_moment_at(raw), kind)
    number = _integer(value, raw, _T.UInt32 if kind is _T.StatusCode else kind)
    return ua.Variant(ua.StatusCode(number) if kind is _T.StatusCode else number, kind)


def _state(tag: Tag, value: float | str, names: Mapping[int, str]) -> float:
    """The number of a state, which is given by name or number; the device has no others."""
    known = ", ".join(f"{number} {name}" for number, name in names.items())
    if isinstance(value, str):
        numbers = [number for number, name in names.items() if value in (name, str(number))]
        if not numbers:
            raise ValueError(f"'{value}' is no state of it: it has {known}")
        return numbers[0]
    if tag.scale == 1.0 and tag.offset == 0.0 and value not in names:
        raise ValueError(f"{value:g} is no state of it: it has {known}")
    return value


def _moment_at(seconds: float) -> datetime:
    try:
        stamp = _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        stamp = NO_TIME
    if stamp <= NO_TIME:
        raise ValueError(f"{seconds:g} s after 1970 is no time that the device could hold")
    return stamp


def _integer(value: float, raw: float, kind: Any) -> int:
    if kind not in INTEGER_RANGE:
        raise ValueError(f"the device wants a {_name(kind)}, which cannot be written from here")
    low, high = INTEGER_RANGE[kind]
    if not math.isfinite(raw) or not low <= round(raw) <= high:
        raise ValueError(f"{value:g} does not fit the device's {kind.name} ({low} to {high})")
    return round(raw)


def same_value(wanted: ua.Variant, found: ua.DataValue) -> bool:
    """Whether what was read back is what was written, as exactly as the node's type can hold it."""
    value = found.Value.Value if found.Value is not None else None
    if found.StatusCode is not None and found.StatusCode.is_bad():
        return False
    if wanted.is_array:  # one element, written and read alone
        return isinstance(value, list) and len(value) == 1 and _same(wanted.Value[0], value[0], wanted.VariantType)
    return _same(wanted.Value, value, wanted.VariantType)


def _same(wanted: Any, value: Any, kind: Any) -> bool:
    if value is None:
        return wanted in ("", b"")
    if isinstance(value, ua.LocalizedText | ua.XmlElement):
        return text_of(value, kind) == text_of(wanted, kind)
    if isinstance(wanted, datetime) and isinstance(value, datetime):
        return abs(utc(value) - utc(wanted)) < _SAME_MOMENT
    if isinstance(wanted, float) and isinstance(value, float):
        if math.isnan(wanted):
            return math.isnan(value)
        digits = 1e-6 if kind is _T.Float else 1e-12
        return value == wanted or math.isclose(value, wanted, rel_tol=digits)
    return bool(value == wanted)
