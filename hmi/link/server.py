"""The engine's door: a Unix socket in the data folder (loopback TCP on Windows), one session per client."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import msgspec

from hmi.clock import Clock
from hmi.core.errors import LinkError
from hmi.link import address as addresses
from hmi.link.framing import LIMIT, Frames, pack
from hmi.link.messages import VERSION, AnyMessage, Hello, Refused, Reply, Request
from hmi.link.peer import other_user
from hmi.link.strangers import Strangers
from hmi.link.street import Street

if TYPE_CHECKING:
    import ssl

    from hmi.link.vestibule import Vestibule

log = logging.getLogger(__name__)

BACKLOG_BOUND: Final = 32 * 1024 * 1024  # bytes a client may leave lying before it is closed
CLIENTS: Final = 32
HELLO_WITHIN_S: Final = 5.0
_HELLO_LIMIT: Final = 4096  # bytes: a stranger gets no more of our memory
_REQUEST_LIMIT: Final = 1024 * 1024
_GOODBYE_S: Final = 2.0
_NAME: Final = 200  # letters of who says he is there: it goes into log and journal
_PATH_LIMIT: Final = 100  # bytes: sockaddr_un has room for 107


class SocketSession(asyncio.Protocol):
    """One client on a socket; lives on the engine's loop."""

    def __init__(self, server: Server) -> None:
        self.hello = Hello(token="")  # until the client has introduced itself
        self._server = server
        self._frames = Frames(_HELLO_LIMIT)
        self._transport: asyncio.Transport | None = None
        self._let_in = False
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def backlog(self) -> int:
        """Bytes sent that the client has not yet taken."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    @property
    def _leaving(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def send(self, message: AnyMessage) -> None:
        """Send without ever waiting; a client that lets more than BACKLOG_BOUND pile up is closed."""
        if self._transport is None or self._leaving:
            return
        self._transport.write(_packed(message))
        if self.backlog > BACKLOG_BOUND:
            log.warning("a client (%s) takes nothing any more and was closed", self._name())
            self._transport.abort()

    def close(self, why: str = "") -> None:
        """End the session, telling the client why."""
        if self._transport is None or self._leaving:
            return
        if why:
            self.send(Refused(why))
        self._transport.close()
        self._expect(_GOODBYE_S, self.abort)  # one that reads nothing would stay for ever

    def abort(self) -> None:
        """End the session without waiting for the client to take what was sent."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody knocks."""
        self._transport = cast(asyncio.Transport, transport)
        self._server.knocking.add(self)
        self._expect(HELLO_WITHIN_S, self._too_late)
        if len(self._server.knocking) > CLIENTS:
            self.close("too many programs are waiting to be let in. Try again in a few seconds")

    def data_received(self, data: bytes) -> None:
        """Bytes of the client; whatever is no message of ours ends the session."""
        self._frames.add(data)
        try:
            while not self._leaving and (message := self._frames.next()) is not None:
                self._take(message)  # one by one: a hello raises the limit of what follows it
        except LinkError as error:
            if not self._let_in:
                self._server.strangers.turned_away(self._transport, "it spoke no word of the link")
            self.close(str(error))

    def connection_lost(self, error: Exception | None) -> None:
        """The client has gone, or was sent away."""
        self._transport = None
        self._expect(0, None)
        self._server.knocking.discard(self)
        if self in self._server.sessions:
            self._server.sessions.discard(self)
            self._server.street.closed(self)
        self._server.gone()

    def _take(self, message: AnyMessage) -> None:
        if not self._let_in:
            self._greet(message)
        elif isinstance(message, Request):
            self._server.street.received(self, message)
        else:
            self.close("a client may only send requests. Use the client of this version of hmi")

    def _greet(self, message: AnyMessage) -> None:
        why = self._server.objection(message)
        if why or not isinstance(message, Hello):
            self._server.strangers.turned_away(self._transport, why.partition(". ")[0])
            self.close(why)
            return
        self._expect(0, None)
        self.hello = self._proven(message)
        self._let_in = True
        self._frames.limit = _REQUEST_LIMIT
        self._server.knocking.discard(self)
        self._server.sessions.add(self)
        self._server.street.opened(self)

    def _proven(self, hello: Hello) -> Hello:
        """The hello with the name of the account that has connected, where that is another than the engine's own."""
        sock = self._transport.get_extra_info("socket") if self._transport is not None else None
        user = other_user(sock) if sock is not None else ""
        return msgspec.structs.replace(hello, user=user) if user else hello

    def _expect(self, within_s: float, otherwise: Callable[[], None] | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(within_s, otherwise) if otherwise is not None else None

    def _too_late(self) -> None:
        self.close(f"no hello came within {HELLO_WITHIN_S:.0f} s")

    def _name(self) -> str:
        return self.hello.program or "a stranger"


class Server:
    """The engine's end of the link; start and stop it on the engine's loop."""

    def __init__(
        self,
        street: Street,
        clock: Clock,
        folder: Path,
        listen: tuple[str, int] | None = None,
        runtime_folder: Path | None = None,
        tell: Callable[[str], None] = log.info,
    ) -> None:
        """`listen`: a TCP port besides; `runtime_folder`: for the socket when `folder` is too long.

        `tell` gets who was not let in, in words for the journal.
        """
        self.street = street
        self.token = secrets.token_hex(32)
        self.sessions: set[SocketSession] = set()
        self.knocking: set[SocketSession] = set()  # connected, no valid hello yet
        self.strangers = Strangers(clock, tell)
        self._clock = clock
        self._folder = folder
        self._listen = listen
        self._runtime_folder = runtime_folder
        self._servers: list[asyncio.Server] = []
        self._socket_path: Path | None = None
        self._private: Path | None = None
        self._vestibule: Vestibule | None = None  # of the port for other computers
        self._empty = asyncio.Event()

    async def start(self) -> None:
        """Open the door and publish the address; raises LinkError when another engine has this folder."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        context, pin = None, ""
        if self._listen is not None and not addresses.is_loopback(self._listen[0]):
            from hmi.link.secured import server_context  # most engines serve this machine alone

            context, pin = server_context(self._folder)
        if hasattr(socket, "AF_UNIX"):
            self._refuse_second()
            main = await self._open_unix()
            extra = "" if self._listen is None else await self._open_tcp(*self._listen, context)
        else:
            main = await self._open_tcp("127.0.0.1", 0, None)
            extra = "" if self._listen is None else await self._open_tcp(*self._listen, context)
        found = addresses.Address(main, self.token, os.getpid(), VERSION, extra, self._clock.now_ns(), pin)
        addresses.write(self._folder, found)

    async def stop(self) -> None:
        """Say goodbye to every client, close the door and take the address away."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        if self._vestibule is not None:
            await self._vestibule.close()
        for session in [*self.sessions, *self.knocking]:
            session.close("the engine was stopped")
        await self._wait_until_empty()
        addresses.remove(self._folder, self.token)
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)

    def objection(self, message: AnyMessage) -> str:
        """Why this first message does not open a session; "" when it does."""
        if not isinstance(message, Hello):
            return "the first message must be a hello. Use the client of this version of hmi"
        if not hmac.compare_digest(message.token.encode(), self.token.encode()):
            return "the token is not that of this start of the engine. Read link.json of its data folder again"
        if message.version != VERSION:
            return (
                f"the engine speaks version {VERSION} of the link, this program version {message.version}. "
                "Start both from the same installation"
            )
        if any(
            len(name) > _NAME or not name.isprintable() for name in (message.program, message.user, message.station)
        ):
            return f"a client's name, its user and its station have at most {_NAME} letters, all of them visible"
        if len(self.sessions) >= CLIENTS:
            return f"{CLIENTS} clients are attached already. Close one of them and try again"
        return ""

    def gone(self) -> None:
        """A session has ended; wakes `stop` when it was the last."""
        if not self.sessions and not self.knocking:
            self._empty.set()

    async def _wait_until_empty(self) -> None:
        self._empty.clear()
        self.gone()
        try:
            await asyncio.wait_for(self._empty.wait(), _GOODBYE_S)
        except TimeoutError:
            for session in [*self.sessions, *self.knocking]:
                session.abort()
            await self._empty.wait()

    def _refuse_second(self) -> None:
        try:
            other = addresses.read(self._folder)
        except LinkError:
            return
        path = other.address.removeprefix("unix:")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if path != other.address and probe.connect_ex(path) == 0:
                raise LinkError(
                    f"another engine (process {other.pid}) already runs on data folder {self._folder}. "
                    "Stop it, or give this one another folder with --data"
                )

    async def _open_unix(self) -> str:
        path = self._folder.resolve() / "link.sock"
        if len(os.fsencode(path)) > _PATH_LIMIT:
            self._private = Path(tempfile.mkdtemp(prefix="hmi-", dir=self._runtime_folder))
            path = self._private / "link.sock"
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.unlink(missing_ok=True)
            door.bind(os.fspath(path))
            path.chmod(addresses.rights(path.parent))  # before it listens: nobody can have come in between
            loop = asyncio.get_running_loop()
            self._servers.append(await loop.create_unix_server(lambda: SocketSession(self), sock=door))
        except OSError as error:
            door.close()
            raise LinkError(
                f"the link cannot be opened at {path} ({error}). Choose another folder with --data"
            ) from None
        self._socket_path = path
        return f"unix:{path}"

    async def _open_tcp(self, host: str, port: int, context: ssl.SSLContext | None) -> str:
        loop = asyncio.get_running_loop()
        factory: Callable[[], asyncio.Protocol] = partial(SocketSession, self)
        if context is not None:
            from hmi.link.vestibule import Vestibule

            self._vestibule = Vestibule(context, factory, CLIENTS, HELLO_WITHIN_S, self.strangers)
            factory = self._vestibule.arrive
        try:
            server = await loop.create_server(factory, host, port)
        except OSError as error:
            raise LinkError(f"the link cannot be opened at {host}:{port} ({error}). Choose another port") from None
        self._servers.append(server)
        return f"{'tcp' if context is None else 'tls'}:{host}:{server.sockets[0].getsockname()[1]}"


def _packed(message: AnyMessage) -> bytes:
    try:
        return pack(message)
    except LinkError as error:
        if not isinstance(message, Reply):
            raise
        return pack(Reply(message.number, ok=False, text=str(error)), LIMIT)
