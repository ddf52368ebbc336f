"""The link from another computer: the engine is known by its certificate, and nothing is said to anybody else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import stat
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hmi.clock import MachineClock
from hmi.core.errors import LinkError
from hmi.link import address
from hmi.link.framing import pack
from hmi.link.messages import AnyMessage, Hello, Reply, Request
from hmi.link.secured import fingerprint, plain_pin, server_context
from hmi.link.server import Server
from hmi.link.socket import Elsewhere, attach
from hmi.link.street import Session

CLOCK = MachineClock()
BIG = "x" * 3_000_000


class Plant:
    """Answers; to `big` with more than one record of TLS, one read or one wake-up can hold."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []

    def opened(self, session: Session) -> None:
        self.sessions.append(session)

    def received(self, session: Session, message: AnyMessage) -> None:
        assert isinstance(message, Request)
        session.send(Reply(message.number, True, BIG if message.verb == "big" else message.verb, message.args))

    def closed(self, session: Session) -> None:
        return


@pytest.fixture
def plant() -> Plant:
    return Plant()


@pytest_asyncio.fixture
async def engine(plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Elsewhere]:
    """As if this machine's own address were another one's: tests listen nowhere else."""
    monkeypatch.setattr(address, "is_loopback", lambda _: False)
    door = Server(plant, CLOCK, tmp_path, listen=("127.0.0.1", 0))
    await door.start()
    found = address.read(tmp_path)
    yield Elsewhere("127.0.0.1", int(found.listen.rpartition(":")[2]), found.token, found.pin)
    await door.stop()


@pytest.mark.cr("1.2", "3.1", "4.1")
async def test_a_window_elsewhere_works_as_one_here(engine: Elsewhere) -> None:
    link = await asyncio.to_thread(attach, engine, program="tablet", clock=CLOCK)
    try:
        assert (await asyncio.to_thread(link.ask, "status", args={"a": 1})).text == "status"
        for _ in range(3):
            assert (await asyncio.to_thread(link.ask, "big", timeout_s=20.0)).text == BIG
        long = await asyncio.to_thread(link.ask, "status", timeout_s=20.0, text="y" * 900_000)
        assert len(long.body["text"]) == 900_000
    finally:
        link.close()


async def test_the_certificate_is_made_once_and_its_key_is_the_account_s_own(engine: Elsewhere, tmp_path: Path) -> None:
    assert server_context(tmp_path)[1] == engine.pin
    assert stat.S_IMODE((tmp_path / "pki" / "link.key").stat().st_mode) == 0o600
    (tmp_path / "pki" / "link.key").write_text("no key")
    with pytest.raises(LinkError, match=r"link.pem, cannot be used .* put it and link.key back from a backup"):
        server_context(tmp_path)


@pytest.mark.cr("1.2", "1.9")
async def test_a_stranger_in_between_learns_nothing(engine: Elsewhere, tmp_path: Path) -> None:
    context, _ = server_context(tmp_path / "stranger")
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as trap:

        def listen() -> None:
            taken, _ = trap.accept()
            with context.wrap_socket(taken, server_side=True) as secured:
                try:
                    while data := secured.recv(4096):
                        heard.extend(data)
                except OSError:
                    return

        thread = threading.Thread(target=listen)
        thread.start()
        strange = engine._replace(port=trap.getsockname()[1])
        with pytest.raises(LinkError, match="is not the engine with this fingerprint .* nothing was sent"):
            await asyncio.to_thread(attach, strange, program="tablet", clock=CLOCK)
        await asyncio.to_thread(thread.join)
    assert not heard


async def test_who_speaks_no_tls_is_no_engine(engine: Elsewhere) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        threading.Thread(target=_hang_up, args=(plain,)).start()
        with pytest.raises(LinkError, match="no engine answers at 127.0.0.1"):
            await asyncio.to_thread(attach, engine._replace(port=plain.getsockname()[1]), program="tablet", clock=CLOCK)


@pytest.mark.cr("3.1")
async def test_in_the_clear_nobody_is_let_in(engine: Elsewhere, plant: Plant) -> None:
    reader, writer = await asyncio.open_connection(engine.host, engine.port)
    writer.write(pack(Hello(engine.token)) + pack(Request(1, "status", {})))
    with contextlib.suppress(ConnectionError):
        alert = await reader.read(65536)
        assert engine.token.encode() not in alert and len(alert) < 100  # of TLS, and no message of ours
    assert plant.sessions == []
    writer.close()


async def test_an_older_tls_is_not_spoken(engine: Elsewhere) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(engine.host, engine.port, ssl=old)


async def test_a_wrong_token_opens_nothing_and_a_stopped_engine_is_said(engine: Elsewhere) -> None:
    link = await asyncio.to_thread(attach, engine._replace(token="wrong"), program="tablet", clock=CLOCK)
    with pytest.raises(LinkError, match="token"):
        await asyncio.to_thread(link.ask, "status")
    link.close()


def _hang_up(door: socket.socket) -> None:
    door.accept()[0].close()


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31])
def test_what_is_no_fingerprint_is_said(text: str) -> None:
    with pytest.raises(LinkError, match="64 hexadecimal digits"):
        plain_pin(text)


def test_a_fingerprint_may_be_written_as_people_do() -> None:
    pin = fingerprint(b"some certificate")
    assert plain_pin(" ".join(pin[at : at + 4].upper() for at in range(0, 64, 4))) == pin
