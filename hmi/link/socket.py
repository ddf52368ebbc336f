"""A client's end of the link on a socket: no waiting, no thread, fit for a command line and a Qt notifier."""

from __future__ import annotations

import os
import select
import socket
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hmi.clock import Clock
from hmi.core.errors import LinkError
from hmi.link import address as addresses
from hmi.link.framing import Frames, pack
from hmi.link.messages import AnyMessage, Hello, Refused, Reply, Request

if TYPE_CHECKING:
    from hmi.link.secured import Secured

_CONNECT_S: Final = 2.0
_READ: Final = 256 * 1024
_READS_AT_ONCE: Final = 8  # bounds one `receive`: more than 2 MB at once would hold the Qt thread too long
_UNSENT_BOUND: Final = 4 * 1024 * 1024
_GONE: Final = "the engine has closed the link: it was stopped or has failed. Start it again with hmi engine"


class Connection:
    """One conversation with the engine; belongs to the thread that made it."""

    def __init__(self, sock: socket.socket | Secured, clock: Clock) -> None:
        """Takes over a connected socket."""
        sock.setblocking(False)
        self._sock = sock
        self._clock = clock
        self._frames = Frames()
        self._unsent = bytearray()
        self._kept: deque[AnyMessage] = deque()
        self._gone = ""  # why the other side is no longer there
        self._refusal = ""
        self._number = 0

    def fileno(self) -> int:
        """The socket, for QSocketNotifier or select; -1 once closed."""
        return self._sock.fileno()

    @property
    def unsent(self) -> int:
        """Bytes that the engine has not yet taken; flushed by the next send, receive or wait."""
        return len(self._unsent)

    def send(self, message: AnyMessage) -> None:
        """Hand a message to the engine, not waiting; raises LinkError once it has gone or takes no more."""
        if self._gone:
            raise LinkError(self._gone)
        data = pack(message)
        if len(self._unsent) + len(data) > _UNSENT_BOUND:
            raise LinkError("the engine takes no more messages: it hangs or is far behind. See hmi status")
        self._unsent += data
        self._flush()

    def request(self, verb: str, **args: Any) -> int:
        """Send a Request and return its number, which its Reply will carry."""
        self._number += 1
        self.send(Request(self._number, verb, args))
        return self._number

    def receive(self) -> list[AnyMessage]:
        """What has come in since, not waiting; LinkError once the engine has gone and all was given."""
        self._flush()
        self._read()
        if self._gone and not self._kept:
            raise LinkError(self._gone)
        messages = list(self._kept)
        self._kept.clear()
        return messages

    def wait(self, timeout_s: float) -> list[AnyMessage]:
        """As `receive`, but waits up to `timeout_s` for something to come."""
        deadline = self._clock.monotonic() + timeout_s
        while not self._kept and not self._gone and (left := deadline - self._clock.monotonic()) > 0:
            self._select(left)
            self._flush()
            self._read()  # it may be a part of a message: the plant's files come in many
        return self.receive()

    def ask(self, verb: str, *, timeout_s: float = 5.0, **args: Any) -> Reply:
        """Send a Request and wait for its Reply, else LinkError; other messages are kept for `receive`."""
        number = self.request(verb, **args)
        deadline = self._clock.monotonic() + timeout_s
        while True:
            self._read()
            for message in self._kept:
                if isinstance(message, Reply) and message.number == number:
                    self._kept.remove(message)
                    return message
            if self._gone:
                raise LinkError(self._gone)
            left = deadline - self._clock.monotonic()
            if left <= 0:
                raise LinkError(
                    f"the engine did not answer within {timeout_s:g} s: it hangs or is very busy. Try again"
                )
            self._select(left)

    def close(self) -> None:
        """Hang up."""
        self._gone = self._gone or "this program has closed the link"
        self._sock.close()

    def _select(self, timeout_s: float) -> None:
        select.select([self._sock], [self._sock] if self._unsent else [], [], max(0.0, timeout_s))
        self._flush()

    def _flush(self) -> None:
        while self._unsent and not self._gone:
            try:
                sent = self._sock.send(self._unsent)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._unsent.clear()  # the reason, if any was given, is still there to be read
                return
            del self._unsent[:sent]

    def _read(self) -> None:
        for _ in range(_READS_AT_ONCE):
            if self._gone:
                return
            try:
                data = self._sock.recv(_READ)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""
            if not data:
                self._gone = self._refusal or _GONE
                return
            self._take(data)

    def _take(self, data: bytes) -> None:
        try:
            messages = self._frames.feed(data)
        except LinkError as error:
            self._gone = str(error)
            return
        for message in messages:
            if isinstance(message, Refused):
                self._refusal = message.why
            self._kept.append(message)


def connect(
    folder: Path,
    *,
    program: str,
    user: str = "",
    station: str = "",
    stream: bool = True,
    clock: Clock,
) -> Connection:
    """Attach to the engine that runs on a data folder; raises LinkError in words when there is none."""
    found = addresses.read(folder)
    try:
        sock = _dial(found.address)
    except (ConnectionError, FileNotFoundError):
        raise LinkError(addresses.not_running(folder)) from None
    except (OSError, ValueError) as error:
        raise LinkError(f"the engine of data folder {folder} cannot be reached ({error}). See hmi status") from None
    return _introduced(sock, Hello(found.token, program=program, user=user, station=station, stream=stream), clock)


class Elsewhere(NamedTuple):
    """An engine that was told to listen: where, and the token and fingerprint that stand in its link.json."""

    host: str
    port: int
    token: str
    pin: str = ""  # of its certificate; only on this machine it may be left out


def attach(
    engine: Elsewhere,
    *,
    program: str,
    user: str = "",
    station: str = "",
    stream: bool = True,
    clock: Clock,
) -> Connection:
    """Attach to an engine elsewhere, which is believed by the fingerprint of its certificate and nothing else."""
    try:
        sock = _reached(engine)
    except OSError as error:
        where = f"{engine.host}:{engine.port}"
        raise LinkError(
            f"no engine answers at {where} ({error}). Start one with hmi engine PLANT --listen {where}"
        ) from None
    hello = Hello(engine.token, program=program, user=user, station=station, stream=stream)
    return _introduced(sock, hello, clock)


def _reached(engine: Elsewhere) -> socket.socket | Secured:
    if addresses.is_loopback(engine.host) and not engine.pin:
        return socket.create_connection((engine.host, engine.port), _CONNECT_S)
    if not engine.pin:
        raise LinkError(
            f"{engine.host} is not this machine: say which certificate its engine has, "
            "in HMI_PIN (`pin` in its link.json)"
        )
    from hmi.link.secured import dial  # it takes a while to load, and hardly any window needs it

    return dial(engine.host, engine.port, engine.pin, _CONNECT_S)


def _introduced(sock: socket.socket | Secured, hello: Hello, clock: Clock) -> Connection:
    connection = Connection(sock, clock)
    connection.send(hello)
    return connection


def _dial(address: str) -> socket.socket:
    kind, _, rest = address.partition(":")
    if kind == "tcp":
        host, _, port = rest.rpartition(":")
        if not addresses.is_loopback(host):
            raise ValueError("link.json leads to another machine")
        return socket.create_connection((host, int(port)), _CONNECT_S)
    if kind != "unix":
        raise ValueError("an address of another version of hmi")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(_CONNECT_S)
        sock.connect(os.fspath(rest))
    except OSError:
        sock.close()
        raise
    return sock
