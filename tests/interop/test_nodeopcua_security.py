"""Signed and encrypted sessions with a node-opcua server: its certificate, its policies, its users."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.core.plant.model import Connection
from hmi.core.plant.security import MODES, POLICIES
from hmi.drivers import opcua_security
from hmi.drivers.certificates import fingerprint
from hmi.drivers.pki import Pki
from tests.drivers.devices import running, tags_of
from tests.interop.peers import HERE, Peer

TAGS = tags_of([("ns=1;s=Level", "float64")])
BEST = "Basic256Sha256:SignAndEncrypt"


class Secured(Peer):
    """node-opcua with every policy; its certificate is made anew in `pki`."""

    def __init__(self, pki: Path, accept: bool) -> None:
        super().__init__()
        self.accepts = accept
        self.address = f"opc.tcp://127.0.0.1:{self.port}"
        self._options = json.dumps({"pki": str(pki), "accept": accept})

    def _command(self) -> list[str]:
        return ["node", str(HERE / "nodeopcua_secured_server.js"), str(self.port), self._options]


@pytest.fixture(scope="module", params=[True, False], ids=["accepting", "suspicious"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    made = Secured(tmp_path_factory.mktemp("node") / "pki", request.param)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station's data folder, with the password of its user."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "device").touch(mode=0o600)
    (tmp_path / "secrets" / "device").write_text("Gurke-42\n")
    return tmp_path


@pytest.mark.expect_log("device: ")
async def test_a_person_decides_and_every_policy_works(server: Secured, station: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opcua_security, "UNTRUSTED_RETRY_S", 0.0)
    pki = Pki(station)
    async with running(Connection("device", "opcua", server.address, security=BEST), TAGS, station) as run:
        await run.until(lambda: run.driver.health.state == "down")
        (entry,) = pki.entries("rejected")
        assert f"hmi trust accept {fingerprint(entry.certificate)}" in run.driver.health.reason
        pki.accept(entry)
        if not server.accepts:
            await run.until(lambda: "hmi trust own --out station.der" in run.driver.health.reason)
            return
        await run.until_live()
    for security in (f"{policy}:{mode}" for policy in POLICIES for mode in MODES):
        for user in ("", "operator"):
            plc = Connection("device", "opcua", server.address, security=security, user=user, publish_ms=50)
            async with running(plc, TAGS, station) as run:
                await run.until_live()
                await run.until(lambda run=run: len({row["value"] for row in run.rows("ns=1;s=Level")}) > 2)
                assert run.driver.health.reconnects == 0
