"""Sessions that are signed and encrypted, and whom they are with; against a server with a face for every trouble."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.core.plant.model import Connection
from hmi.drivers import opcua_security
from hmi.drivers.certificates import fingerprint
from hmi.drivers.opcua_security import Protection
from hmi.drivers.pki import Pki
from hmi.drivers.seen import noted
from hmi.drivers.supervise import Misconfigured
from tests.drivers import papers
from tests.drivers.papers import paper
from tests.drivers.secured import (
    ALL,
    BEST,
    CA,
    FACES,
    GOOD,
    PAPERS,
    Server,
    at_work,
    connection,
    refusal,
    secret,
    trust,
    wire,
)


@pytest.mark.parametrize("policy", ALL)
@pytest.mark.cr("3.1")
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


@pytest.mark.cr("4.1")
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


@pytest.mark.expect_log("somebody here has refused")
async def test_who_showed_what_is_noted_and_a_refused_one_is_believed_no_more(server: Server, station: Path):
    """Though its issuer is trusted: the person's word on this one certificate counts."""
    trust(station, CA)
    pki, mark = Pki(station), fingerprint(PAPERS["issued"])
    async with at_work(connection(server, "issued"), station) as run:
        await run.until_live()
        shown = noted(station)[mark]
        assert (shown.connection, shown.why) == (connection(server, "issued").id, "")
        assert str(server.ports["issued"]) in shown.where
    pki.reject(PAPERS["issued"])
    pki.refuse(pki.find(mark, ("rejected",))[0])
    assert "somebody here has refused" in await refusal(connection(server, "issued"), station)
    assert "somebody here has refused" in noted(station)[mark].why
    assert pki.entries("rejected") == []


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
@pytest.mark.cr("1.9")
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
        ends = run.driver.health.certificates or {}
        assert set(ends) == {"the station", f"the server 127.0.0.1:{server.ports['ending']}"}


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
