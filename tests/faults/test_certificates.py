"""Servers that are not what they should be: refused by name, with neither a session nor a password given to them.

What the station says is taken down on the wire. Until a server is trusted only a channel without security may be
open, for asking what the server offers; so the bytes can be read, and no CreateSession or ActivateSession may be there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hmi.drivers.certificates import fingerprint
from tests.drivers import nursery, papers
from tests.drivers.devices import SERVERS, free_port
from tests.drivers.nursery import Born
from tests.drivers.papers import URI, paper
from tests.faults.parts import Wire
from tests.faults.station import Station, connection, tag
from tests.faults.yard import Yard

pytestmark = pytest.mark.faults

BEST = "Basic256Sha256:SignAndEncrypt"
NOW = datetime.now(UTC)
CREATE_SESSION, ACTIVATE_SESSION = bytes.fromhex("0100cd01"), bytes.fromhex("0100d301")  # type ids, Part 6
LEVEL = "nsu=urn:test:filler;s=Level"
PAPERS = {
    "good": paper(),
    "expired": paper(end=NOW - timedelta(days=1)),
    "early": paper(start=NOW + timedelta(days=1)),
    "other-host": paper(hosts=("10.9.8.7", "filler.plant")),
    "weak": paper(own=papers.key("weak")),
    "revoked": paper(issuer="Plant CA", issuer_key=papers.key("ca"), serial=4711),
    "unknown-ca": paper(issuer="Somebody's CA", issuer_key=papers.key("other-ca")),
    "thief": paper("Thief", own=papers.key("thief")),
}
FACES: dict[str, tuple[dict, str]] = {  # how a server shows itself -> why it is refused
    "expired": ({"paper": "expired"}, "expired on"),
    "early": ({"paper": "early"}, "is valid from"),
    "other-host": ({"paper": "other-host"}, "not 127.0.0.1"),
    "weak": ({"paper": "weak", "key": "weak"}, "1024 bits"),
    "revoked": ({"paper": "revoked"}, "revoked"),
    "unknown-ca": ({"paper": "unknown-ca"}, "nobody here trusts|hmi trust accept"),
    "stranger": ({"paper": "thief", "key": "thief"}, "had another one before|nobody here trusts|hmi trust accept"),
    "other-uri": ({"uri": "urn:somebody:else"}, "calls itself urn:somebody:else"),
    "swapped": (
        {"paper": "thief", "key": "thief", "shows": "good"},
        "owner of its certificate|somebody may be in between",
    ),
    "none-only": ({"policies": ["NoSecurity"]}, "does not offer"),
    "good": ({}, ""),
}
UNTRUSTED = ("unknown-ca", "stranger")
SECURE = [
    f"{policy}_{mode}" for policy in ("Basic256Sha256", "Aes256Sha256RsaPss") for mode in ("Sign", "SignAndEncrypt")
]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, dict[str, Path], Path]]:
    """A station with a connection to every face over a tapped wire; gives the taps and what the servers saw."""
    yard = Yard(tmp_path_factory.mktemp("certificates"))
    ports = serve(yard)
    taps, connections, rows = {}, [], []
    for name, port in ports.items():
        wire = yard.add(Wire(port))
        wire.start()
        taps[name] = yard.folder / f"{name}.tap"
        taps[name].touch()
        wire.ask(tap=str(taps[name]))
        connections.append(connection(name, wire.address, security=BEST, user="operator", publish_ms=100))
        rows.append(tag(f"{name}.level".replace("-", "_"), name, LEVEL, "float64"))
    station = yard.add(Station(yard.folder / "station", connections, rows))
    believe(station)
    for name in ports:
        secret = station.data / "secrets" / name
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_text("Gurke-42\n")
    station.start()
    yield station, taps, yard.folder / "seen"
    yard.clear()


def serve(yard: Yard) -> dict[str, int]:
    """Every face on a port of its own."""
    folder = yard.folder
    for name, certificate in PAPERS.items():
        (folder / f"{name}.der").write_bytes(papers.der(certificate))
    for name in ("server", "weak", "thief"):
        (folder / f"{name}.pem").write_bytes(papers.pem(papers.key(name)))
    (folder / "seen").write_text("")
    rows, ports = [], {}
    for name, (what, _) in FACES.items():
        row = {"uri": URI, "policies": ["NoSecurity", *SECURE], **what, "port": free_port()}
        row["certificate"] = str(folder / f"{what.get('paper', 'good')}.der")
        row["key"] = str(folder / f"{what.get('key', 'server')}.pem")
        if "shows" in what:
            row["shows"] = str(folder / f"{what['shows']}.der")
        rows.append(row)
        ports[name] = row["port"]
    (folder / "faces.json").write_text(json.dumps(rows))
    command = [
        sys.executable,
        str(SERVERS / "secured_opcua_server.py"),
        str(folder / "faces.json"),
        str(folder / "seen"),
    ]
    process = nursery.start(command)
    yard.add(Ended(process))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return ports


class Ended:
    """A process that ends with the trial."""

    def __init__(self, process: Born | subprocess.Popen[str]) -> None:
        self._process = process

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def believe(station: Station) -> None:
    """A person has trusted every certificate but the strangers', and an authority that has revoked one."""
    trusted = station.data / "pki" / "trusted"
    trusted.mkdir(parents=True)
    strange = {PAPERS["unknown-ca"], PAPERS["thief"]}
    for certificate in (set(PAPERS.values()) - strange - {PAPERS["revoked"]}) | {papers.authority()}:
        (trusted / f"{fingerprint(certificate)}.der").write_bytes(papers.der(certificate))
    lists = station.data / "pki" / "crl"
    lists.mkdir()
    revocations = papers.revocations("Plant CA", papers.key("ca"), 4711)
    (lists / "plant.crl").write_bytes(papers.der(revocations))


@pytest.mark.fault(rows=[26])
def test_the_good_one_is_live_among_them(plant):
    """Else nothing is tried here."""
    station, _, seen = plant
    with station.window() as window:
        window.until_word("good", "good.level")
        window.until_moving("good.level")
    assert "operator Gurke-42" in seen.read_text()


@pytest.mark.fault(rows=[26, 28])
@pytest.mark.parametrize("face", [name for name in FACES if name != "good"])
@pytest.mark.cr("1.2", "1.9", "4.1")
def test_it_is_refused_by_name(plant, measured, face: str):
    station, taps, _ = plant
    with station.window() as window:
        name = f"{face}.level".replace("-", "_")
        window.until(lambda: name in window.now and window.now[name].word == "bad")
        window.until(lambda: station.connection(face)["state"] == "down")
        reason = station.connection(face)["reason"]
        measured("told", reason)
        assert any(said in reason for said in FACES[face][1].split("|")), reason
        assert "\n" not in reason
        assert not [one for one in window.rows(name) if one.word == "good"]
    sent = taps[face].read_bytes()
    assert sent.startswith(b"HEL"), "it was never asked"
    assert CREATE_SESSION not in sent and ACTIVATE_SESSION not in sent
    assert b"Gurke" not in sent and b"operator" not in sent


@pytest.mark.fault(rows=[26])
def test_no_password_reached_any_of_them(plant):
    """Only the good one was ever told a user: as often as it let one in."""
    station, _, seen = plant
    logins = len(seen.read_text().splitlines())
    assert logins == 1 + station.connection("good")["reconnects"]


@pytest.mark.fault(rows=[26])
@pytest.mark.faults
@pytest.mark.parametrize("face", UNTRUSTED)
def test_a_person_decides_and_it_is_live_without_a_restart(plant, face: str):
    """Last of all: the fingerprint is compared and accepted on the command line."""
    station, _, _ = plant
    certificate = PAPERS[FACES[face][0]["paper"]]
    done = station.hmi("trust", "accept", fingerprint(certificate))
    assert done.returncode == 0, done.stderr
    with station.window() as window:
        window.until_moving(f"{face}.level".replace("-", "_"), within_s=120)
