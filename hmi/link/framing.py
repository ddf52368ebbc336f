"""The envelope of each message: 4 bytes of length, then msgpack. No I/O here: garbage can be thrown at it."""

from __future__ import annotations

from typing import Final

from hmi.core.errors import LinkError
from hmi.link.messages import AnyMessage, decode, encode

LIMIT: Final = 16 * 1024 * 1024  # bytes of one message
_HEAD: Final = 4
_UNDECODABLE: Final = (ValueError, TypeError, OverflowError, RecursionError, MemoryError)


def pack(message: AnyMessage, limit: int = LIMIT) -> bytes:
    """A message as the bytes that go over the wire; raises LinkError when it is too large to be taken."""
    body = encode(message)
    if len(body) > limit:
        raise LinkError(
            f"a message of {len(body) / 1e6:.1f} MB is more than the link carries "
            f"({limit / 1e6:.1f} MB): ask for a shorter time or fewer tags"
        )
    return len(body).to_bytes(_HEAD, "big") + body


class Frames:
    """Cuts what comes over the wire into messages; never holds more than one message's limit plus one read.

    After garbage it is of no more use: the stream has lost its beat, and the connection must be closed.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._bytes = bytearray()
        self._broken = ""

    def feed(self, data: bytes) -> list[AnyMessage]:
        """The messages that these bytes complete; raises LinkError for what is no message of ours."""
        self.add(data)
        messages: list[AnyMessage] = []
        while (message := self.next()) is not None:
            messages.append(message)
        return messages

    def add(self, data: bytes) -> None:
        """Bytes as they came."""
        self._bytes += data

    def next(self) -> AnyMessage | None:
        """The next whole message, if it is there; raises LinkError for what is no message of ours."""
        if self._broken:
            raise LinkError(self._broken)
        try:
            return self._cut()
        except LinkError as error:
            self._broken = str(error)
            self._bytes.clear()
            raise

    def _cut(self) -> AnyMessage | None:
        if len(self._bytes) < _HEAD:
            return None
        size = int.from_bytes(self._bytes[:_HEAD], "big")
        if size > self.limit:
            raise LinkError(
                f"the other side announces a message of {size} bytes, more than the {self.limit} allowed: "
                "it is no hmi program, or of another version"
            )
        if len(self._bytes) < _HEAD + size:
            return None
        body = bytes(self._bytes[_HEAD : _HEAD + size])
        del self._bytes[: _HEAD + size]
        return _decode(body)


def _decode(body: bytes) -> AnyMessage:
    try:
        return decode(body)
    except _UNDECODABLE as error:
        raise LinkError(
            f"the other side sends what is no message ({error}): it is no hmi program, or of another version"
        ) from None
