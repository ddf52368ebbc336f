"""The link within one process: the same messages as bytes through a queue instead of a socket."""

from __future__ import annotations

from collections import deque
from typing import Any

from hmi.core.errors import LinkError
from hmi.link.framing import LIMIT, pack
from hmi.link.messages import AnyMessage, Hello, Refused, Reply, Request, decode, encode
from hmi.link.server import BACKLOG_BOUND
from hmi.link.street import Street


class LocalSession:
    """The engine's end: what it sends lies here as bytes until the client takes it."""

    def __init__(self, street: Street, hello: Hello) -> None:
        self.hello = hello
        self.open = True
        self.refusal = ""
        self.waiting: deque[bytes] = deque()
        self.backlog = 0
        self._street = street

    def send(self, message: AnyMessage) -> None:
        """Send without ever waiting; a client that lets more than BACKLOG_BOUND pile up is closed."""
        if not self.open:
            return
        data = pack(message, LIMIT)[4:]
        self.waiting.append(data)
        self.backlog += len(data)
        if self.backlog > BACKLOG_BOUND:
            self.close()

    def close(self, why: str = "") -> None:
        """End the session, telling the client why."""
        if not self.open:
            return
        if why:
            self.refusal = why
            self.send(Refused(why))
        self.open = False
        self._street.closed(self)

    def take(self) -> list[AnyMessage]:
        """Everything sent so far, decoded as it would be on the other side of a socket."""
        messages = [decode(data) for data in self.waiting]
        self.waiting.clear()
        self.backlog = 0
        return messages


class LocalConnection:
    """The client's end; the same methods as a socket's, on the engine's own thread."""

    def __init__(self, street: Street, hello: Hello) -> None:
        self.session = LocalSession(street, hello)
        self._street = street
        self._kept: list[AnyMessage] = []
        self._number = 0
        street.opened(self.session)

    def fileno(self) -> int:
        """-1: there is no socket; call `receive` every beat."""
        return -1

    def send(self, message: AnyMessage) -> None:
        """The engine has it before this returns; raises LinkError once the session is closed."""
        self._raise_if_closed()
        copy = decode(encode(message))
        if not isinstance(copy, Request):
            self.session.close("a client may only send requests. Use the client of this version of hmi")
            return
        self._street.received(self.session, copy)

    def request(self, verb: str, **args: Any) -> int:
        """Send a Request and return its number, which its Reply will carry."""
        self._number += 1
        self.send(Request(self._number, verb, args))
        return self._number

    def receive(self) -> list[AnyMessage]:
        """What has come in since; raises LinkError once the engine has gone and everything was handed out."""
        messages = [*self._kept, *self.session.take()]
        self._kept.clear()
        if not messages:
            self._raise_if_closed()
        return messages

    def wait(self, timeout_s: float) -> list[AnyMessage]:
        """As `receive`: on one thread nothing could come while it waits."""
        del timeout_s
        return self.receive()

    def ask(self, verb: str, *, timeout_s: float = 5.0, **args: Any) -> Reply:
        """Send a Request; raises LinkError when the engine needs its loop to turn before it can answer."""
        number = self.request(verb, **args)
        self._kept.extend(self.session.take())
        for message in self._kept:
            if isinstance(message, Reply) and message.number == number:
                self._kept.remove(message)
                return message
        raise LinkError(f"the engine did not answer within {timeout_s:g} s: it hangs or is very busy. Try again")

    def close(self) -> None:
        """Hang up."""
        self.session.close()

    def _raise_if_closed(self) -> None:
        if not self.session.open:
            raise LinkError(self.session.refusal or "the engine has closed the link")


def pair(street: Street, hello: Hello) -> LocalConnection:
    """A client joined to an engine in the same process; its token is not asked for."""
    return LocalConnection(street, hello)
