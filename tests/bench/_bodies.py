"""Publish responses as a server encodes them: every value and every time another than before."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary

from hmi.drivers.opcua_envelope import read_envelope
from hmi.drivers.opcua_layout import kind_of

HANDLE_AT, SEQUENCE_AT = 12, 41  # of a PublishResponse: the request's handle, the notification's number
_STAMP = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
_DOUBLE = kind_of(0x0F, 11).head
_T = ua.VariantType
_MIX = (
    (_T.Float, "float32"),
    (_T.Double, "float64"),
    (_T.Int16, "int16"),
    (_T.Float, "float32"),
    (_T.Boolean, "bool"),
    (_T.Int32, "int32"),
    (_T.Double, "float64"),
    (_T.UInt16, "uint16"),
    (_T.Boolean, "bool"),
    (_T.Float, "float32"),
)
_TEXT_EVERY = 100
MIXED_TYPES = tuple("string" if i % _TEXT_EVERY == 0 else _MIX[i % len(_MIX)][1] for i in range(10_000))


def response(items: Sequence[tuple[int, ua.DataValue]], sequence: int, subscription: int = 1) -> bytes:
    """A PublishResponse; without items it is a keep-alive."""
    message = ua.PublishResponse()
    message.Parameters.SubscriptionId = subscription
    message.Parameters.NotificationMessage.SequenceNumber = sequence
    message.Parameters.NotificationMessage.NotificationData = []
    if items:
        note = ua.DataChangeNotification()
        for handle, value in items:
            item = ua.MonitoredItemNotification()
            item.ClientHandle, item.Value = handle, value
            note.MonitoredItems.append(item)
        message.Parameters.NotificationMessage.NotificationData = [note]
    return bytes(struct_to_binary(message))


def stamped(number: Any, kind: Any, after_s: int = 0) -> ua.DataValue:
    """A value with both times."""
    stamp = _STAMP + timedelta(seconds=after_s)
    return ua.DataValue(ua.Variant(number, kind), SourceTimestamp=stamp, ServerTimestamp=stamp)


def doubles(items: int, count: int) -> list[bytes]:
    """So many responses of so many Doubles."""
    first = response([(handle, stamped(float(handle), _T.Double)) for handle in range(items)], 0)
    envelope = read_envelope(first)
    assert envelope is not None
    ((start, _),) = envelope.parts
    bodies = []
    for number in range(count):
        body = bytearray(first)
        records = np.frombuffer(body, _DOUBLE, items, start + 4)
        records["value"] += number
        records["source"] += number * 5_000_000
        del records
        bodies.append(numbered(body, number + 1))
    return bodies


def mixed(items: int, count: int) -> list[bytes]:
    """Floats, integers, bools and one string in a hundred, in no order that would help; two bodies by turns."""
    two = [response([(handle, _mixed(handle, number)) for handle in range(items)], 0) for number in (0, 1)]
    return [numbered(bytearray(two[number % 2]), number + 1) for number in range(count)]


def numbered(body: bytearray, sequence: int) -> bytes:
    """The body of a response as that of the notification with this number."""
    struct.pack_into("<I", body, SEQUENCE_AT, sequence)
    return bytes(body)


def _mixed(handle: int, number: int) -> ua.DataValue:
    kind = _MIX[handle % len(_MIX)][0]
    if handle % _TEXT_EVERY == 0:
        return stamped(f"batch {number + handle:06d}", _T.String, number)
    if kind in (_T.Float, _T.Double):
        return stamped(float(number + handle), kind, number)
    return stamped((number + handle) % 2, kind, number)
