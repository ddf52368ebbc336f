"""Both ends of the link as each house sees them: the engine's street of sessions, the client's one link."""

from __future__ import annotations

from typing import Any, Protocol

from hmi.link.messages import AnyMessage, Hello, Reply


class Session(Protocol):
    """One attached client, as the engine sees it; used on the engine's loop only."""

    @property
    def hello(self) -> Hello:
        """How the client introduced itself."""

    @property
    def backlog(self) -> int:
        """Bytes sent that the client has not yet taken."""

    def send(self, message: AnyMessage) -> None:
        """Send without ever waiting; a client that lets too much pile up is closed."""

    def close(self, why: str = "") -> None:
        """End the session, telling the client why."""


class Street(Protocol):
    """What the engine does about its clients; all calls come on the engine's loop and must not block."""

    def opened(self, session: Session) -> None:
        """A client has said a valid Hello: welcome it and send the snapshot."""

    def received(self, session: Session, message: AnyMessage) -> None:
        """A client asks for something (always a Request)."""

    def closed(self, session: Session) -> None:
        """A client that was opened has gone."""


class Link(Protocol):
    """A client's end of the link; used on one thread, never blocks but in `wait` and `ask`."""

    def fileno(self) -> int:
        """The socket, for a notifier; -1 in the same process, where `receive` is called every beat."""

    def send(self, message: AnyMessage) -> None:
        """Hand a message to the engine; raises LinkError once the engine has gone."""

    def request(self, verb: str, **args: Any) -> int:
        """Send a Request and return its number, which its Reply will carry."""

    def receive(self) -> list[AnyMessage]:
        """What has come in since; raises LinkError once the engine has gone and everything was handed out."""

    def wait(self, timeout_s: float) -> list[AnyMessage]:
        """As `receive`, but waits up to `timeout_s` for something to come."""

    def ask(self, verb: str, *, timeout_s: float = 5.0, **args: Any) -> Reply:
        """Send a Request and wait for its Reply; other messages are kept for `receive`."""

    def close(self) -> None:
        """Hang up."""
