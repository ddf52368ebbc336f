"""The envelope of an OPC UA publish response: whose it is, its number, and where its data changes stand.

Part 4, 5.14.5 in the binary encoding of Part 6. Only the form that carries data changes is read here, by the byte;
anything else (faults, events, status changes, diagnostics) is left to the protocol library.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_RESPONSE: Final = b"\x01\x00\x3d\x03"  # PublishResponse, binary
_DATA_CHANGE: Final = b"\x01\x00\x2b\x03\x01"  # DataChangeNotification, binary, with a body of bytes
_NO_HEADER: Final = (b"\x00\x00\x00", b"\x01\x00\x00\x00\x00")  # an additional header that is none, both ways to say it
_HEAD: Final = struct.Struct("<4sqIIBi")  # type, time, request, result, diagnostics mask, strings
_SUBSCRIPTION: Final = struct.Struct("<Ii")  # id, how many sequence numbers can be had again
_MESSAGE: Final = struct.Struct("<BIqi")  # more to come, sequence number, publish time, how many notifications
_LENGTH: Final = struct.Struct("<i")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A publish response whose notifications, none for a keep-alive, are data changes only."""

    subscription: int
    sequence: int
    parts: tuple[tuple[int, int], ...]  # start and stop of each DataChangeNotification in the body


class _OtherForm(Exception):
    """The body is not of the one form that is read here."""


def read_envelope(body: bytes) -> Envelope | None:
    """The envelope of a response's body; None when it has another form, or is not whole."""
    try:
        return _read(body)
    except (struct.error, _OtherForm):
        return None


def _read(body: bytes) -> Envelope:
    kind, _, _, result, diagnostics, strings = _HEAD.unpack_from(body)
    _expect(kind == _RESPONSE and result == 0 and diagnostics == 0 and strings <= 0)
    at = _after_header(body, _HEAD.size)
    subscription, count = _SUBSCRIPTION.unpack_from(body, at)
    at = _after_numbers(body, at + _SUBSCRIPTION.size, count)  # of what it keeps, to be had again
    _, sequence, _, notifications = _MESSAGE.unpack_from(body, at)
    parts, at = _parts(body, at + _MESSAGE.size, notifications)
    (acknowledged,) = _LENGTH.unpack_from(body, at)
    at = _after_numbers(body, at + 4, acknowledged)
    (diagnostics,) = _LENGTH.unpack_from(body, at)
    _expect(diagnostics <= 0 and at + 4 == len(body))
    return Envelope(subscription, sequence, parts)


def _after_header(body: bytes, at: int) -> int:
    for form in _NO_HEADER:
        if body.startswith(form, at):
            return at + len(form)
    raise _OtherForm


def _after_numbers(body: bytes, at: int, count: int) -> int:
    return at + 4 * max(0, count)  # behind the end of a body that is not whole nothing is found


def _parts(body: bytes, at: int, count: int) -> tuple[tuple[tuple[int, int], ...], int]:
    parts = []
    _expect(count <= len(body))
    for _ in range(count):
        _expect(body.startswith(_DATA_CHANGE, at))
        start = at + len(_DATA_CHANGE) + 4
        (length,) = _LENGTH.unpack_from(body, start - 4)
        _expect(0 <= length <= len(body) - start)
        at = start + length
        parts.append((start, at))
    return tuple(parts), at


def _expect(as_known: bool) -> None:
    if not as_known:
        raise _OtherForm
