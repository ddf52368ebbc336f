"""Sessions that are signed, encrypted and of somebody: against a real server with a face for every trouble."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.core.plant.model import Connection
from hmi.drivers import opcua_security
from hmi.drivers.certificates import fingerprint
from hmi.drivers.opcua_security import Protection
from hmi.drivers.pki import Pki
from hmi.drivers.supervise import Misconfigured, Refused
from tests.drivers import papers
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
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
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Server(dict(zip(FACES, (row["port"] for row in rows), strict=True)), folder / "seen", folder / "pki")
        process.kill()


@pytest.fixture
def station(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a station that trusts the good server, and tries again soon."""
    monkeypatch.setattr(opcua_security, "UNTRUSTED_RETRY_S", 0.0)
    monkeypatch.setattr("hmi.drivers.passwords.MISSING_RETRY_S", 0.0)
    monkeypatch.delenv("HMI_PASSWORD_DEVICE", raising=False)
    shutil.copytree(server.own / "own", tmp_path / "pki" / "own")
    trust(tmp_path, GOOD)
    server.seen()
    return tmp_path


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


# --------------------------------------------------------------------------------------------- policies


@pytest.mark.parametrize("policy", ALL)
async def test_every_policy_and_mode_brings_values_and_takes_writes(server: Server, station: Path, policy: str):
    async with at_work(connection(server, security=policy.replace("_", ":")), station) as run:
        await run.until_live()
        result = await run.driver.write(run.tags[0], 4000.0)
        assert result.outcome in ("confirmed", "unknown"), result  # the server itself counts on meanwhile
        assert run.driver.undecoded


@pytest.mark.parametrize("security", [BEST, "Aes256Sha256RsaPss:Sign"])
async def test_values_go_on_over_a_change_of_keys(
    server: Server, station: Path, security: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opcua_security, "CHANNEL_MS", 1200)
    async with at_work(connection(server, security=security), station) as run:
        await run.until_live()
        channel = run.driver._session._client.uaclient.protocol._connection
        first = channel.security_token.TokenId
        await run.until(lambda: channel.security_token.TokenId >= first + 3)
        count = len(run.batches)
        await run.until(lambda: len(run.batches) > count + 3)
        assert (run.driver.health.state, run.driver.health.reconnects) == ("live", 0)


async def test_what_is_encrypted_cannot_be_read_on_the_way(server: Server, station: Path):
    """The node's name stands in what a station asks for, unless it is encrypted."""
    for mode, readable in (("Sign", True), ("SignAndEncrypt", False)):
        async with wire(server.ports["good"]) as tap:
            there = Connection("device", "opcua", f"opc.tcp://127.0.0.1:{tap.port}", security=f"Basic256Sha256:{mode}")
            async with at_work(there, station) as run:
                await run.until_live()
            assert (b"Level" in tap.sent) is readable


@pytest.mark.expect_log("none-only|does not offer")
async def test_a_server_that_offers_less_is_refused_not_followed(server: Server, station: Path):
    secret(station)
    reason = await refusal(connection(server, "none-only", user="operator"), station)
    assert "does not offer Basic256Sha256:SignAndEncrypt, but None" in reason
    assert server.seen() == []


# ------------------------------------------------------------------------------------------ certificates


@pytest.mark.expect_log("nobody here trusts")
async def test_a_stranger_is_kept_for_a_person_and_trusted_without_a_restart(server: Server, station: Path):
    shutil.rmtree(station / "pki" / "trusted")
    pki = Pki(station)
    async with at_work(connection(server), station) as run:
        await run.until(lambda: run.driver.health.state == "down")
        assert f"hmi trust accept {fingerprint(GOOD)}" in run.driver.health.reason
        assert "'Filler'" in run.driver.health.reason
        (entry,) = pki.entries("rejected")
        assert entry.certificate == GOOD
        pki.accept(entry)
        await run.until_live()


@pytest.mark.expect_log("had another one before")
async def test_another_certificate_than_before_is_said_so(server: Server, station: Path):
    shutil.rmtree(station / "pki" / "trusted")
    before = paper()
    trust(station, before)
    reason = await refusal(connection(server), station)
    assert f"had another one before ({fingerprint(before)[:16]}" in reason


@pytest.mark.expect_log("127.0.0.1")
@pytest.mark.parametrize(
    ("face", "said"),
    [
        ("expired", "expired on"),
        ("early", "is valid from"),
        ("other-host", "names filler.plant, 10.9.8.7, not 127.0.0.1"),
        ("weak", "1024 bits"),
        ("two-faced", "calls itself urn:somebody:else, but its certificate is of urn:test:filler:server"),
        ("other-uri", "calls itself urn:somebody:else, but its certificate is of urn:test:filler:server"),
    ],
)
async def test_a_bad_certificate_is_refused_by_name_though_trusted(server: Server, station: Path, face: str, said: str):
    secret(station)
    trust(station, PAPERS[FACES[face].get("paper", "good")])
    assert said in await refusal(connection(server, face, user="operator"), station)
    assert server.seen() == []


async def test_a_host_that_the_plant_file_names_instead_of_the_address(server: Server, station: Path):
    trust(station, PAPERS["other-host"])
    async with at_work(connection(server, "other-host", certificate_host="filler.plant"), station) as run:
        await run.until_live()


@pytest.mark.expect_log("has revoked")
async def test_issued_by_an_authority_until_it_is_revoked(server: Server, station: Path):
    trust(station, CA)
    async with at_work(connection(server, "issued"), station) as run:
        await run.until_live()
    (station / "pki" / "crl").mkdir()
    (station / "pki" / "crl" / "plant.crl").write_bytes(
        papers.der(papers.revocations("Plant CA", papers.key("ca"), 4711))
    )
    assert "'Plant CA' has revoked" in await refusal(connection(server, "issued"), station)


@pytest.mark.expect_log("nobody here knows")
async def test_of_an_authority_that_nobody_knows(server: Server, station: Path):
    secret(station)
    assert "of an issuer nobody here knows" in await refusal(connection(server, "issued", user="operator"), station)
    assert server.seen() == []


@pytest.mark.expect_log("cannot be read")
async def test_a_revocation_list_that_cannot_be_read_lets_nobody_in(server: Server, station: Path):
    (station / "pki" / "crl").mkdir()
    (station / "pki" / "crl" / "plant.crl").write_bytes(b"half a list")
    reason = await refusal(connection(server), station)
    assert "plant.crl cannot be read, so no server can be checked" in reason


@pytest.mark.expect_log("127.0.0.1")
async def test_a_certificate_without_its_key_gets_no_session_and_no_password(server: Server, station: Path):
    """Somebody in between shows the true server's certificate, but can open nothing that is sealed for it."""
    secret(station)
    reason = await refusal(connection(server, "swapped", user="operator"), station)
    assert "not be the owner of its certificate" in reason or "somebody may be in between" in reason
    assert server.seen() == []


@pytest.mark.expect_log("does not trust this station")
async def test_a_server_that_does_not_trust_the_station_is_told_apart(server: Server, station: Path):
    reason = await refusal(connection(server, "suspicious"), station)
    assert "does not trust this station (BadCertificateUntrusted)" in reason
    assert "hmi trust own --out station.der" in reason


@pytest.mark.expect_log("own")
async def test_a_station_without_its_key_is_told_and_heals(server: Server, station: Path):
    key = station / "pki" / "own" / "key.pem"
    aside = key.rename(station / "key.pem")
    async with at_work(connection(server), station) as run:
        await run.until(lambda: run.driver.health.state == "down")
        assert "key.pem is missing: put it back from a backup" in run.driver.health.reason
        aside.rename(key)
        await run.until_live()


@pytest.mark.expect_log("the server 127.0.0.1:\\d+ expires in 9 days")
async def test_what_ends_soon_is_told_while_there_is_time(server: Server, station: Path):
    trust(station, PAPERS["ending"])
    async with at_work(connection(server, "ending"), station) as run:
        events: list[tuple[str, str]] = []
        run.driver.on_event = lambda *event: events.append(event)
        await run.until_live()
        words = f"the certificate of the server 127.0.0.1:{server.ports['ending']} expires in 9 days: renew it"
        assert run.driver.health.note == words
        assert events == [("certificate", words)]


@pytest.mark.expect_log("connection to 127.0.0.1:\\d+ lost")
async def test_a_renewed_certificate_of_the_station_is_used_from_the_next_session_on(server: Server, station: Path):
    async with at_work(connection(server), station) as run:
        await run.until_live()
        before = run.driver._session._client.security_policy.host_certificate
        Pki(station).renewed(MachineClock().now_ns())
        renewed = Pki(station).use_renewed()
        await run.driver._session.close()
        await run.until(lambda: run.driver.health.reconnects == 1)
        await run.until_live()
        assert run.driver._session._client.security_policy.host_certificate == renewed.der != before


# ------------------------------------------------------------------------------------------------- users


@pytest.mark.parametrize("security", [BEST, "Basic256Sha256:Sign", "Aes256Sha256RsaPss:Sign"])
async def test_a_user_is_let_in_and_his_password_cannot_be_read_on_the_way(
    server: Server, station: Path, security: str
):
    secret(station)
    async with wire(server.ports["good"]) as tap:
        there = Connection("device", "opcua", f"opc.tcp://127.0.0.1:{tap.port}", security=security, user="operator")
        async with at_work(there, station) as run:
            await run.until_live()
        assert PASSWORD.encode() not in tap.sent
    assert server.seen() == [f"operator {PASSWORD}"]


async def test_the_environment_may_hold_the_password(server: Server, station: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HMI_PASSWORD_DEVICE", PASSWORD)
    async with at_work(connection(server, user="operator"), station) as run:
        await run.until_live()
    assert server.seen() == [f"operator {PASSWORD}"]


@pytest.mark.expect_log("refuses the user")
async def test_a_wrong_password_is_said_and_not_tried_on_and_on(server: Server, station: Path):
    secret(station, "wrong")
    protection = Protection(connection(server, user="operator"), station, MachineClock())
    reason = await refusal(connection(server, user="operator"), station)
    assert "refuses the user 'operator' or the password (BadUserAccessDenied)" in reason
    assert server.seen() == ["operator wrong"]
    error = protection.refusal(
        opcua_security.ua.UaStatusCodeError(opcua_security.ua.StatusCodes.BadUserAccessDenied), "x"
    )
    assert isinstance(error, Refused)
    assert error.retry_s == 60.0


@pytest.mark.expect_log("no password")
async def test_a_missing_password_is_asked_for_and_heals(server: Server, station: Path):
    async with at_work(connection(server, user="operator"), station) as run:
        await run.until(lambda: run.driver.health.state == "down")
        assert "there is no password for the user 'operator'" in run.driver.health.reason
        secret(station)
        await run.until_live()


@pytest.mark.expect_log("in clear")
async def test_no_password_over_a_channel_without_security(server: Server, station: Path):
    secret(station)
    async with wire(server.ports["good"]) as tap:
        there = Connection("device", "opcua", f"opc.tcp://127.0.0.1:{tap.port}", user="operator")
        assert "would go to device in clear" in await refusal(there, station)
        assert tap.calls == 0
    assert server.seen() == []


async def test_a_password_in_clear_where_the_plant_file_says_so_aloud(server: Server, station: Path):
    secret(station)
    plain = connection(server, "none-only", "None", user="operator", allow_plain_password=True)
    async with at_work(plain, station) as run:
        await run.until_live()
    assert server.seen() == [f"operator {PASSWORD}"]


@pytest.mark.expect_log("127.0.0.1")
@pytest.mark.parametrize("face", ["clear-token", "rsa15-token"])
async def test_a_server_that_wants_the_password_unsafely_does_not_get_it(server: Server, station: Path, face: str):
    """A signed channel hides nothing; and RSA 1.5 padding gives away what it encrypts."""
    secret(station)
    async with wire(server.ports[face]) as tap:
        there = Connection(
            "device", "opcua", f"opc.tcp://127.0.0.1:{tap.port}", security="Basic256Sha256:Sign", user="operator"
        )
        assert "in clear or badly encrypted only, so none was sent" in await refusal(there, station)
        assert PASSWORD.encode() not in tap.sent
    assert server.seen() == []


@pytest.mark.expect_log("user")
async def test_who_may_come_in_is_said(server: Server, station: Path):
    assert "lets nobody in without a user" in await refusal(connection(server, "users-only"), station)
    assert "lets nobody in without a user" in await refusal(connection(server, "users-only", "None"), station)
    secret(station)
    assert "knows no user names" in await refusal(connection(server, "no-users", user="operator"), station)


def user_paper(folder: Path, certificate=USER) -> None:
    """A user's certificate and key, as a person puts them there."""
    place = folder / "pki" / "users"
    place.mkdir(parents=True)
    (place / "operator.der").write_bytes(papers.der(certificate))
    key = folder / "secrets" / "device.key"
    key.parent.mkdir()
    key.touch(mode=0o600)
    key.write_bytes(papers.pem(papers.key("user")))


@pytest.mark.parametrize("security", [BEST, "Basic256Sha256:Sign", "Aes256Sha256RsaPss:SignAndEncrypt"])
async def test_a_user_is_let_in_by_his_certificate(server: Server, station: Path, security: str):
    user_paper(station)
    async with at_work(connection(server, security=security, user_certificate="operator.der"), station) as run:
        await run.until_live()
    assert server.seen() == [f"certificate {mark(USER)}"]


@pytest.mark.expect_log("user")
async def test_why_a_user_with_a_certificate_is_not_let_in_is_said(server: Server, station: Path):
    shown = {"user_certificate": "operator.der"}
    missing = await refusal(connection(server, **shown), station)
    assert "operator.der is missing: put it there" in missing
    user_paper(station, STRANGER)
    assert "refuses the user's certificate (BadUserAccessDenied)" in await refusal(connection(server, **shown), station)
    assert "lets in no users with certificates" in await refusal(
        connection(server, "no-certificates", **shown), station
    )
    assert "as its security is None" in await refusal(connection(server, "none-only", "None", **shown), station)
    assert server.seen() == []


# -------------------------------------------------------------------------------------------- plant files


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"security": "Basic256:Sign"}, "there is no security 'Basic256:Sign'"),
        ({"security": "Basic256Sha256"}, "there is no security"),
        ({"security": "None", "user": "operator"}, "in clear"),
        ({"security": "None", "user_certificate": "a.der"}, "as its security is None"),
        ({"security": BEST, "user_certificate": "a.der", "user": "operator"}, "beside a user with a password"),
    ],
)
def test_what_no_attempt_can_mend_is_told_before_any(station: Path, what: dict, said: str):
    with pytest.raises(Misconfigured, match=said):
        Protection(Connection("device", "opcua", "opc.tcp://x:1", **what), station, MachineClock()).check()


def test_a_station_s_certificate_is_made_before_the_loop_runs(tmp_path: Path):
    Protection(Connection("device", "opcua", "opc.tcp://x:1", security=BEST), tmp_path, MachineClock())
    assert (tmp_path / "pki" / "own" / "cert.der").exists()
    Protection(Connection("device", "opcua", "opc.tcp://x:1"), tmp_path / "other", MachineClock())
    assert not (tmp_path / "other").exists()
