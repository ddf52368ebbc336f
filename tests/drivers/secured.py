"""A real server with a face for every trouble, and a station that knows it: for the tests of security."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hmi.clock import MachineClock
from hmi.core.plant.model import Connection
from hmi.drivers.certificates import fingerprint
from hmi.drivers.pki import Pki
from tests.drivers import nursery, papers
from tests.drivers.devices import SERVERS, Running, free_port, running, tags_of
from tests.drivers.papers import NOW, URI, paper

LEVEL = "nsu=urn:test:filler;s=Level"
PASSWORD = "Gurke-42"
BEST = "Basic256Sha256:SignAndEncrypt"
ALL = [
    f"{policy}_{mode}"
    for policy in ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
    for mode in ("Sign", "SignAndEncrypt")
]
NONE = "http://opcfoundation.org/UA/SecurityPolicy#None"
RSA15 = "http://opcfoundation.org/UA/SecurityPolicy#Basic128Rsa15"
GOOD = paper()
CA = papers.authority()
PAPERS = {
    "good": GOOD,
    "expired": paper(end=NOW - timedelta(days=1)),
    "other-host": paper(hosts=("10.9.8.7", "filler.plant")),
    "weak": paper(own=papers.key("weak")),
    "issued": paper(issuer="Plant CA", issuer_key=papers.key("ca"), serial=4711),
    "early": paper(start=datetime.now(UTC) + timedelta(days=3)),
    "ending": paper(end=datetime.now(UTC) + timedelta(days=9, hours=12)),
    "thief": paper("Thief", own=papers.key("thief")),
}
USER = paper("Operator", own=papers.key("user"), uri="urn:user", purposes=())
STRANGER = paper("Stranger", own=papers.key("user"), uri="urn:user", purposes=())
FACES: dict[str, dict] = {
    "good": {},
    "none-only": {"policies": ["NoSecurity"]},
    "expired": {"paper": "expired"},
    "early": {"paper": "early"},
    "ending": {"paper": "ending"},
    "no-certificates": {"tokens": ["user"]},
    "other-host": {"paper": "other-host"},
    "weak": {"paper": "weak", "key": "weak"},
    "other-uri": {"uri": "urn:somebody:else"},
    "issued": {"paper": "issued"},
    "swapped": {"paper": "thief", "key": "thief", "shows": "good"},
    "suspicious": {"suspicious": True},
    "two-faced": {"two-faced": True},
    "users-only": {"tokens": ["user"]},
    "clear-token": {"token_policy": NONE},
    "rsa15-token": {"token_policy": RSA15},
    "no-users": {"tokens": ["anonymous"]},
}


def mark(certificate) -> str:
    """The certificate as the server's list of users has it."""
    return fingerprint(certificate).lower()


@dataclass
class Server:
    """The server's faces, and what it saw of passwords."""

    ports: dict[str, int]
    seen_file: Path
    own: Path  # a station's own certificate, made once for all tests

    def address(self, face: str) -> str:
        """Where a face listens."""
        return f"opc.tcp://127.0.0.1:{self.ports[face]}"

    def seen(self) -> list[str]:
        """The users that came, with the passwords that they gave, since the last call."""
        lines = self.seen_file.read_text().splitlines()
        self.seen_file.write_text("")
        return lines


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """All faces, listening; what they need stands in the folder."""
    for name, certificate in PAPERS.items():
        (folder / f"{name}.der").write_bytes(papers.der(certificate))
    for name in ("server", "weak", "thief"):
        (folder / f"{name}.pem").write_bytes(papers.pem(papers.key(name)))
    (folder / "seen").write_text("")
    (folder / "users").write_text(f"{mark(USER)} not-{mark(STRANGER)}")
    rows = []
    for what in FACES.values():
        row = {
            "uri": URI,
            "tokens": ["anonymous", "user", "certificate"],
            "policies": ["NoSecurity", *ALL],
            **what,
            "port": free_port(),
        }
        row["certificate"] = str(folder / f"{what.get('paper', 'good')}.der")
        row["key"] = str(folder / f"{what.get('key', 'server')}.pem")
        if "shows" in what:
            row["shows"] = str(folder / f"{what['shows']}.der")
        rows.append(row)
    (folder / "faces.json").write_text(json.dumps(rows))
    Pki(folder).own(MachineClock().now_ns())
    script = str(SERVERS / "secured_opcua_server.py")
    command = [sys.executable, script, str(folder / "faces.json"), str(folder / "seen")]
    process = nursery.start(command)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Server(dict(zip(FACES, (row["port"] for row in rows), strict=True)), folder / "seen", folder / "pki")
    finally:
        process.kill()
        process.communicate()


def trust(folder: Path, certificate) -> None:
    """Decide to trust."""
    place = folder / "pki" / "trusted"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{fingerprint(certificate)}.der").write_bytes(papers.der(certificate))


def connection(server: Server, face: str = "good", security: str = BEST, **what) -> Connection:
    """A connection to a face."""
    return Connection("device", "opcua", server.address(face), security=security, publish_ms=50, **what)


def secret(folder: Path, text: str = PASSWORD) -> None:
    """The password of the connection's user, as a person puts it there."""
    path = folder / "secrets" / "device"
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{text}\n")


@asynccontextmanager
async def at_work(connection: Connection, folder: Path) -> AsyncIterator[Running]:
    async with running(connection, tags_of([(LEVEL, "float64")]), folder) as run:
        yield run


async def refusal(connection: Connection, folder: Path) -> str:
    """Why a connection is refused."""
    async with at_work(connection, folder) as run:
        await run.until(lambda: run.driver.health.state in ("down", "live"))
        assert run.driver.health.state == "down"
        assert not [row for batch in run.batches for row in batch.rows if row["quality"] < 0x40000000]
        return run.driver.health.reason


@dataclass
class Wire:
    """A proxy that keeps what a station sends."""

    port: int
    sent: bytearray = field(default_factory=bytearray)
    calls: int = 0


@asynccontextmanager
async def wire(to: int) -> AsyncIterator[Wire]:
    made = Wire(0)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keep: bool) -> None:
        try:
            while data := await reader.read(65536):
                made.sent.extend(data if keep else b"")
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.calls += 1
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", to)
        async with asyncio.TaskGroup() as group:
            group.create_task(pump(reader, other_writer, True))
            group.create_task(pump(other_reader, writer, False))

    listener = await asyncio.start_server(call, "127.0.0.1", 0)
    made.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield made
        listener.close()
    await asyncio.sleep(0.05)  # the proxy's own ends
