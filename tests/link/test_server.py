"""The engine's door with real sockets: who is let in, who is not, and that nobody can hold up the engine."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import LinkError
from hmi.link import address, server
from hmi.link.framing import Frames, pack
from hmi.link.messages import VERSION, AnyMessage, Hello, Refused, Reply, Request
from hmi.link.server import Server
from hmi.link.street import Session

CLOCK = HandClock()


class EchoStreet:
    """Answers every request with its own arguments and remembers who came and went."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.gone: list[Session] = []

    def opened(self, session: Session) -> None:
        self.sessions.append(session)

    def received(self, session: Session, message: AnyMessage) -> None:
        assert isinstance(message, Request)
        session.send(Reply(message.number, True, message.verb, message.args))

    def closed(self, session: Session) -> None:
        self.gone.append(session)


class RawClient:
    """A socket that says whatever it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.frames = reader, writer, Frames()

    @classmethod
    async def of(cls, folder: Path) -> RawClient:
        path = address.read(folder).address.removeprefix("unix:")
        return cls(*await asyncio.open_unix_connection(path))

    def say(self, *messages: AnyMessage) -> None:
        for message in messages:
            self.writer.write(pack(message))

    async def hear(self) -> list[AnyMessage]:
        """One read's messages; empty at the end of the connection."""
        try:
            data = await self.reader.read(65536)
        except ConnectionError:
            return []
        return self.frames.feed(data) if data else []

    async def hang_up(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


async def until(state: Callable[[], bool]) -> None:
    """Wait for a state with a generous deadline."""
    async with asyncio.timeout(20):
        while not state():
            await asyncio.sleep(0.005)


@pytest.fixture
def street() -> EchoStreet:
    return EchoStreet()


@pytest.fixture
async def door(tmp_path: Path, street: EchoStreet) -> AsyncIterator[Server]:
    door = Server(street, CLOCK, tmp_path)
    await door.start()
    yield door
    await door.stop()


@pytest.fixture
async def knock(tmp_path: Path, door: Server) -> AsyncIterator[Callable[[], Awaitable[RawClient]]]:
    clients: list[RawClient] = []

    async def come() -> RawClient:
        clients.append(await RawClient.of(tmp_path))
        return clients[-1]

    yield come
    for client in clients:
        await client.hang_up()


Knock = Callable[[], Awaitable[RawClient]]


async def test_a_valid_hello_opens_a_session(knock: Knock, door: Server, street: EchoStreet) -> None:
    client = await knock()
    client.say(Hello(door.token, program="hmi get", user="anna"), Request(7, "status", {"a": 1}))
    assert await client.hear() == [Reply(7, True, "status", {"a": 1})]
    assert (street.sessions[0].hello.program, street.sessions[0].hello.user) == ("hmi get", "anna")
    await client.hang_up()
    await until(lambda: street.gone == street.sessions)


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (Hello("wrong"), "token"),
        (Hello("gr\u00fc\u00df"), "token"),
        (Hello(""), "token"),
        (Request(1, "write", {"tag": "a"}), "hello"),
    ],
)
@pytest.mark.cr("1.2")
async def test_strangers_are_refused(knock: Knock, street: EchoStreet, first: AnyMessage, why: str) -> None:
    client = await knock()
    client.say(first, Request(1, "write", {}))
    [refused] = await client.hear()
    assert isinstance(refused, Refused)
    assert why in refused.why
    assert await client.hear() == []
    assert street.sessions == []


@pytest.mark.parametrize("name", ["kim\n12:00 WARNING all is well", "\x1b[2J", "\u202emik", "k" * 201])
async def test_a_name_that_would_forge_a_line_of_the_log_opens_nothing(knock: Knock, door: Server, name: str) -> None:
    for hello in (Hello(door.token, user=name), Hello(door.token, station=name), Hello(door.token, program=name)):
        client = await knock()
        client.say(hello)
        [refused] = await client.hear()
        assert isinstance(refused, Refused)
        assert "all of them visible" in refused.why
    assert not door.sessions


async def test_another_version_is_refused_in_words(knock: Knock, door: Server) -> None:
    client = await knock()
    client.say(Hello(door.token, version=VERSION + 1))
    [refused] = await client.hear()
    assert isinstance(refused, Refused)
    assert "Start both from the same installation" in refused.why


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, b"\0\0\0\1\xc1", bytes(8)])
@pytest.mark.cr("3.5", "7.1")
async def test_garbage_ends_only_its_own_connection(knock: Knock, door: Server, garbage: bytes) -> None:
    good, bad = await knock(), await knock()
    good.say(Hello(door.token))
    bad.writer.write(garbage)
    [refused] = await bad.hear()
    assert isinstance(refused, Refused)
    good.say(Request(1, "status", {}))
    assert await good.hear() == [Reply(1, True, "status", {})]


async def test_a_stranger_gets_no_memory(knock: Knock) -> None:
    client = await knock()
    client.writer.write((1024 * 1024).to_bytes(4, "big"))
    [refused] = await client.hear()
    assert isinstance(refused, Refused)


async def test_garbage_after_hello_closes_the_session(knock: Knock, door: Server, street: EchoStreet) -> None:
    client = await knock()
    client.say(Hello(door.token))
    client.writer.write(b"\0\0\0\3abc")
    await until(lambda: len(street.gone) == 1)


async def test_a_client_may_only_ask(knock: Knock, door: Server, street: EchoStreet) -> None:
    client = await knock()
    client.say(Hello(door.token), Reply(1, True))
    await until(lambda: len(street.gone) == 1)


async def test_silence_is_ended(knock: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HELLO_WITHIN_S", 0.05)
    client = await knock()
    [refused] = await client.hear()
    assert isinstance(refused, Refused)
    assert "no hello" in refused.why


@pytest.mark.cr("2.7")
async def test_one_client_too_many_is_told_so(
    knock: Knock, door: Server, street: EchoStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CLIENTS", 2)
    for _ in range(2):
        client = await knock()
        client.say(Hello(door.token))
    await until(lambda: len(street.sessions) == 2)
    client = await knock()
    client.say(Hello(door.token))
    [refused] = await client.hear()
    assert isinstance(refused, Refused)
    assert "2 clients are attached already" in refused.why


@pytest.mark.expect_log("takes nothing any more")
@pytest.mark.cr("7.1")
async def test_a_slow_reader_is_measured_and_then_closed(
    knock: Knock, door: Server, street: EchoStreet, caplog: pytest.LogCaptureFixture
) -> None:
    slow, quick = await knock(), await knock()
    for client in (slow, quick):
        client.say(Hello(door.token))
    await until(lambda: len(street.sessions) == 2)
    session = street.sessions[0]
    slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
    piece = Reply(1, True, "x" * 4_000_000)
    session.send(piece)
    session.send(piece)
    assert session.backlog > 4_000_000
    for _ in range(server.BACKLOG_BOUND // 4_000_000 + 1):
        session.send(piece)
    await until(lambda: street.gone == [session])
    assert session.backlog == 0
    session.send(piece)  # to a closed client: ignored
    assert "takes nothing any more" in caplog.text
    quick.say(Request(1, "status", {}))
    assert await quick.hear() == [Reply(1, True, "status", {})]


async def test_one_that_reads_nothing_does_not_stay_for_ever(
    knock: Knock, door: Server, street: EchoStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_GOODBYE_S", 0.05)
    client = await knock()
    client.say(Hello(door.token))
    await until(lambda: len(street.sessions) == 1)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    street.sessions[0].send(Reply(1, True, "x" * 8_000_000))
    street.sessions[0].close("enough")
    street.sessions[0].close("said twice, heard once")
    await until(lambda: street.gone == street.sessions)


async def test_an_answer_too_large_is_answered_so(knock: Knock, door: Server, street: EchoStreet) -> None:
    client = await knock()
    client.say(Hello(door.token))
    await until(lambda: len(street.sessions) == 1)
    street.sessions[0].send(Reply(3, True, body=b"x" * 17_000_000))
    [reply] = await client.hear()
    assert isinstance(reply, Reply)
    assert (reply.number, reply.ok) == (3, False)
    assert "shorter time" in reply.text


async def test_the_door_is_for_one_user_and_closed_behind(tmp_path: Path, street: EchoStreet) -> None:
    door = Server(street, CLOCK, tmp_path)
    await door.start()
    found = address.read(tmp_path)
    assert found.pid == os.getpid()
    assert len(found.token) == 64
    sock = Path(found.address.removeprefix("unix:"))
    for path in (sock, tmp_path / "link.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    client = await RawClient.of(tmp_path)
    client.say(Hello(found.token))
    await until(lambda: len(street.sessions) == 1)
    await door.stop()
    assert await client.hear() == [Refused("the engine was stopped")]
    assert await client.hear() == []
    await client.hang_up()
    assert street.gone == street.sessions
    assert not any(await asyncio.to_thread(lambda: list(tmp_path.iterdir())))


@pytest.mark.cr("3.8")
async def test_every_start_has_another_token(tmp_path: Path, street: EchoStreet) -> None:
    assert Server(street, CLOCK, tmp_path).token != Server(street, CLOCK, tmp_path).token


async def test_stop_does_not_wait_for_a_client_that_reads_nothing(
    tmp_path: Path, street: EchoStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_GOODBYE_S", 0.05)
    door = Server(street, CLOCK, tmp_path)
    await door.start()
    client = await RawClient.of(tmp_path)
    client.say(Hello(door.token))
    await until(lambda: len(street.sessions) == 1)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    street.sessions[0].send(Reply(1, True, "x" * 8_000_000))
    await door.stop()
    assert len(street.gone) == 1
    await client.hang_up()


async def test_a_long_folder_gets_a_private_socket(tmp_path: Path, street: EchoStreet) -> None:
    deep = tmp_path / ("d" * 120)
    runtime = tmp_path / "r"
    runtime.mkdir()
    door = Server(street, CLOCK, deep, runtime_folder=runtime)
    try:
        await door.start()
    except LinkError as error:  # the runtime folder of this test run is itself too long
        pytest.skip(str(error))
    [private] = runtime.iterdir()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    client = await RawClient.of(deep)
    client.say(Hello(door.token), Request(1, "a", {}))
    assert await client.hear() == [Reply(1, True, "a", {})]
    await client.hang_up()
    await door.stop()
    assert list(runtime.iterdir()) == []


async def test_a_second_engine_is_refused_and_a_dead_one_replaced(tmp_path: Path, street: EchoStreet) -> None:
    first = Server(street, CLOCK, tmp_path)
    await first.start()
    with pytest.raises(LinkError, match=f"process {os.getpid()}"):
        await Server(street, CLOCK, tmp_path).start()
    await first.stop()
    with socket.socket(socket.AF_UNIX) as corpse:
        corpse.bind(str(tmp_path / "link.sock"))  # as kill -9 leaves it: the file is there, nobody listens
    address.write(tmp_path, address.Address(f"unix:{tmp_path / 'link.sock'}", "old", 1))
    third = Server(street, CLOCK, tmp_path)
    await third.start()
    assert address.read(tmp_path).token == third.token
    await third.stop()


@pytest.mark.cr("5.1", "7.7")
async def test_tcp_only_when_asked(tmp_path: Path, street: EchoStreet) -> None:
    door = Server(street, CLOCK, tmp_path, listen=("127.0.0.1", 0))
    await door.start()
    host, _, port = address.read(tmp_path).listen.removeprefix("tcp:").rpartition(":")
    client = RawClient(*await asyncio.open_connection(host, int(port)))
    client.say(Hello(door.token), Request(1, "a", {}))
    assert await client.hear() == [Reply(1, True, "a", {})]
    await client.hang_up()
    await door.stop()
