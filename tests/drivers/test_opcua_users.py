"""Users of a session: who is let in, and where a password may go; against a server with a face for every trouble."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.core.plant.model import Connection
from hmi.drivers import opcua_security
from hmi.drivers.opcua_security import Protection
from hmi.drivers.supervise import Refused
from tests.drivers import papers
from tests.drivers.secured import (
    BEST,
    PASSWORD,
    STRANGER,
    USER,
    Server,
    at_work,
    connection,
    mark,
    refusal,
    secret,
    wire,
)


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
@pytest.mark.cr("4.1")
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
