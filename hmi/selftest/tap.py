"""A wire between an engine and a server that is listened to: all that the server says is kept."""

from __future__ import annotations

import selectors
import socket
from types import TracebackType
from typing import Final

_READ: Final = 65_536
_HOST: Final = "127.0.0.1"


class Tap:
    """Passes on what two programs say to each other; works while `pump` is called, on the thread that calls it."""

    def __init__(self, listen: int, to: int) -> None:
        """Ports of this machine: where the engine calls, and where the server is. Listens from `open` on."""
        self.port = listen
        self.heard = bytearray()  # what the server said
        self._to = to
        self._selector = selectors.DefaultSelector()
        self._others: dict[socket.socket, socket.socket] = {}
        self._servers: set[socket.socket] = set()
        self._listener: socket.socket | None = None

    def open(self) -> None:
        """Listen; OSError where the port is taken."""
        self._listener = socket.create_server((_HOST, self.port))
        self._selector.register(self._listener, selectors.EVENT_READ)

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for end in list(self._others):
            self._hang_up(end)
        if self._listener is not None:
            self._listener.close()
        self._selector.close()

    def pump(self) -> None:
        """Pass on what has come; does not wait for more."""
        while ready := self._selector.select(0):
            for key, _ in ready:
                end = key.fileobj
                assert isinstance(end, socket.socket)
                if end is self._listener:
                    self._connect(end.accept()[0])
                elif end in self._others:
                    self._pass_on(end)

    def _connect(self, caller: socket.socket) -> None:
        try:
            server = socket.create_connection((_HOST, self._to), timeout=5.0)
        except OSError:
            caller.close()
            return
        self._servers.add(server)
        for end, other in ((caller, server), (server, caller)):
            self._others[end] = other
            self._selector.register(end, selectors.EVENT_READ)

    def _pass_on(self, end: socket.socket) -> None:
        try:
            data = end.recv(_READ)
            self._others[end].sendall(data)
        except OSError:
            data = b""
        if end in self._servers:
            self.heard += data
        if not data:
            self._hang_up(end)

    def _hang_up(self, end: socket.socket) -> None:
        other = self._others.pop(end, None)
        if other is None:
            return
        self._others.pop(other, None)
        for one in (end, other):
            self._servers.discard(one)
            self._selector.unregister(one)
            one.close()
