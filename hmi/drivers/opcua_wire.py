"""How much an OPC UA server may send: counted here before the protocol library sees or decodes it.

Private API of asyncua 2.1: the protocol object of a client is made by its `_make_protocol`, and gets the bytes of the
socket in `data_received`. As it comes the library collects for ever what a header announces, copies it at each packet,
takes the server's limits for its own, and believes every length that it decodes.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, Final

from asyncua import Client, ua
from asyncua.client.ua_client import UASocketProtocol
from asyncua.common.connection import TransportLimits
from asyncua.common.utils import Buffer
from asyncua.ua import ua_binary

from hmi.core.errors import HmiError

MOST_CHUNK: Final = 65_535  # bytes; what we tell servers in the Hello, as the limits of a message
MOST_MESSAGE: Final = 8 << 20  # bytes: 20 nodes' history of 1,000 values is half a million
MOST_CHUNKS: Final = 2048
LEAST_CHUNK: Final = 8192  # that a server must take (Part 6, 7.1.2.4)
MOST_PIECES: Final = 150_000  # numbers, texts, … in one answer: the loop stands still for 0.7 s while they are decoded
_HEAD: Final = struct.Struct("<3scI")
_KINDS: Final = {b"ACK": b"F", b"ERR": b"F", b"OPN": b"F", b"MSG": b"FCA"}
_LEAST: Final = {b"ACK": 28, b"ERR": 16, b"OPN": 32, b"MSG": 24}


class Excess(ua.UaError):
    """A server sends more than was agreed, or what is no OPC UA."""


class Frames:
    """Cuts a stream into chunks; holds one unfinished chunk at the most."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._bytes = self._chunks = 0  # of the message under way

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The chunks that are whole with this; raises Excess."""
        self._held += data
        while len(self._held) >= _HEAD.size:
            size = self._size()
            if len(self._held) < size:
                return
            chunk = bytes(self._held[:size])
            del self._held[:size]
            yield chunk

    def _size(self) -> int:
        """What the header says, once it is known to be one."""
        kind, part, size = _HEAD.unpack_from(self._held)
        if kind not in _KINDS or part not in _KINDS[kind]:
            raise Excess("sends what is no OPC UA: is it the right port?")
        if not _LEAST[kind] <= size <= MOST_CHUNK:
            raise Excess(f"announces {size} bytes at once, where {_LEAST[kind]} to {MOST_CHUNK} were agreed")
        if len(self._held) >= size:
            self._count(part, size)
        return int(size)

    def _count(self, part: bytes, size: int) -> None:
        self._bytes, self._chunks = self._bytes + size, self._chunks + 1
        if self._bytes > MOST_MESSAGE or self._chunks > MOST_CHUNKS:
            raise Excess(f"sends a message of more than {MOST_MESSAGE >> 20} MB or {MOST_CHUNKS} parts")
        if part != b"C":
            self._bytes = self._chunks = 0


class Ration(Buffer):
    """What is left of an answer to decode, and how many pieces it may still be made of."""

    def __init__(self, data: bytes, start: int = 0, size: int = -1, left: list[int] | None = None) -> None:
        super().__init__(data, start, size)
        self._left = [MOST_PIECES] if left is None else left  # shared with every part of the same answer

    def read(self, size: int) -> bytes:
        """The next bytes; raises Excess where lengths or numbers cannot be true."""
        self._left[0] -= 1
        if self._left[0] < 0 or size < 0:
            raise Excess(f"sends an answer of more than {MOST_PIECES} pieces, or one that is broken")
        return super().read(size)

    def skip(self, size: int) -> None:
        """Leave bytes out; raises Excess where their number cannot be true."""
        if size < 0:
            raise Excess("sends an answer that is broken")
        super().skip(size)

    def copy(self, size: int = -1) -> Ration:
        """The same bytes once more, on the same ration."""
        size = self._size if size == -1 else min(size, self._size)
        return Ration(self._data, self._cur_pos, size, self._left)


class _Limits(TransportLimits):
    """What we take is ours to say: the server says in its acknowledge only what it takes itself."""

    def update_client_limits(self, msg: ua.Acknowledge) -> None:
        """Take over how big the chunks may be that we send."""
        self.max_send_buffer = min(MOST_CHUNK, max(LEAST_CHUNK, msg.ReceiveBufferSize))


class Wire(UASocketProtocol):
    """The library's end of a connection, behind a counter."""

    def __init__(self, timeout: float, policy: Any) -> None:
        super().__init__(timeout, policy, _Limits(MOST_CHUNK, MOST_CHUNK, 0, 0))
        self._frames = Frames()

    def data_received(self, data: bytes) -> None:
        """Bytes from the socket, on the event loop."""
        try:
            for chunk in self._frames.feed(data):
                self._process_received_data(chunk)
                if self.transport is None or self.transport.is_closing():
                    self._fail_all_pending(Excess("sends answers that are no OPC UA: is its software in order?"))
                    return
        except Excess as error:
            self._fail_all_pending(error)
            if self.transport is not None:
                self.transport.abort()

    async def send_hello(self, url: str, max_messagesize: int = 0, max_chunkcount: int = 0) -> ua.Acknowledge:
        """Say what we take; the library would say that it takes anything."""
        if self.transport is None:
            raise ConnectionError("connection lost")
        answer: asyncio.Future[ua.Acknowledge] = asyncio.get_running_loop().create_future()
        self._callbackmap[0] = answer
        hello = ua.Hello(0, MOST_CHUNK, MOST_CHUNK, MOST_MESSAGE, MOST_CHUNKS, url)
        self.transport.write(ua_binary.uatcp_to_binary(ua.MessageType.Hello, hello))
        async with asyncio.timeout(self.timeout):
            return await answer

    async def send_request(self, *what: Any, **named: Any) -> Buffer:
        """A request's answer, on a ration."""
        data = await super().send_request(*what, **named)
        return Ration(data._data, data._cur_pos, data._size)

    def check_answer(self, data: Buffer, context: str) -> bool:
        """Whether it is no fault, on a ration, too."""
        return super().check_answer(Ration(data._data, data._cur_pos, data._size), context)


@contextmanager
def understood() -> Iterator[None]:
    """What the library makes of an answer that it cannot decode becomes Excess: it is the server's fault, not ours."""
    try:
        yield
    except (OSError, ua.UaError, HmiError):
        raise
    except Exception as error:
        raise Excess(f"sends answers that are no OPC UA ({error!r:.80}): is its software in order?") from error


def guard(client: Client) -> None:
    """Have a client that is not connected yet count what its server sends."""
    uaclient: Any = client.uaclient

    def make() -> Wire:
        wire = Wire(uaclient._timeout, uaclient.security_policy)
        wire.pre_request_hook = uaclient._pre_request_hook
        wire.on_connection_lost = uaclient._on_transport_lost
        wire.is_session_closing = uaclient._is_session_closing
        uaclient.protocol = wire
        return wire

    uaclient._make_protocol = make


class _Nothings:
    """Arrays of nothing, which take no bytes: the library makes as long a list as five bytes announce, up to 16 GB."""

    @staticmethod
    def unpack_array(data: Buffer, length: int) -> tuple[None, ...]:
        if not 0 <= length <= MOST_CHUNK:
            raise Excess(f"sends an array of {length} times nothing")
        return (None,) * length

    @staticmethod
    def pack_array(array: list[None] | None) -> bytes:
        return struct.pack("<i", -1 if array is None else len(array))


def _reshape(flat: list[Any], dimensions: list[int]) -> list[Any]:
    if min(dimensions, default=0) < 0 or prod(dimensions) != len(flat):
        raise Excess(f"sends an array of {len(flat)} values that shall have the dimensions {str(dimensions)[:50]}")
    return _library_reshape(flat, dimensions)


# WORKAROUND: two places where asyncua's decoder makes more of a few bytes than any ration can count. It looks both up
# by name when it decodes; for all other values they do what they did.
_library_reshape: Final = ua_binary._reshape
ua_binary._reshape = _reshape
ua_binary.Primitives1.Null = _Nothings()
