"""A certificate from the plant's own authority: asked for, issued by a real one, judged as it comes back."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from hmi.drivers import pki as pki_file
from hmi.drivers import requested
from hmi.drivers.certificates import alternative_names, fingerprint
from hmi.drivers.pki import OwnCertificateError, Pki
from hmi.drivers.requested import request, take, waits
from tests.drivers import papers
from tests.drivers.papers import ALL_USES, NOW, NOW_NS, paper

ROOT = paper("Plant root", own=papers.key("root"), authority=True, uses=ALL_USES, purposes=None)
AUTHORITY = paper(
    "Line authority", own=papers.key("line"), issuer="Plant root", issuer_key=papers.key("root"), authority=True,
    uses=ALL_USES, purposes=None,
)  # fmt: skip


@pytest.fixture(autouse=True)
def small_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that are made in no time."""
    monkeypatch.setattr(pki_file, "KEY_BITS", 2048)
    monkeypatch.setattr(requested, "KEY_BITS", 2048)


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    made = Pki(tmp_path)
    made.own(NOW_NS)
    return made


def issued(asked: x509.CertificateSigningRequest, by: str = "line", **other: Any) -> x509.Certificate:
    """What an authority makes of a request: its names and key, the authority's dates and signature."""
    names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    usage = asked.extensions.get_extension_for_class(x509.KeyUsage).value
    made = (
        x509.CertificateBuilder(
            papers.name("Line authority" if by == "line" else "Plant root"),
            asked.subject,
            other.get("key", asked.public_key()),
            7,
        )
        .not_valid_before(other.get("start", NOW - timedelta(days=1)))
        .not_valid_after(other.get("end", NOW + timedelta(days=365)))
        .add_extension(other.get("names", names), critical=False)
        .add_extension(x509.BasicConstraints(ca=other.get("authority", False), path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([other.get("purpose", ExtendedKeyUsageOID.CLIENT_AUTH)]), critical=False)
    )
    return made.sign(papers.key(by), other.get("algorithm", hashes.SHA256()))


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def test_a_request_is_signed_by_its_own_key_and_names_the_same_application(pki: Pki):
    own = pki.own(NOW_NS)
    asked = request(pki, ["panel7.plant", "10.0.0.7"], NOW_NS)
    assert asked.is_signature_valid
    assert asked.public_key() != own.certificate.public_key()
    names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [own.uri]
    assert "panel7.plant" in names.get_values_for_type(x509.DNSName)
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]
    assert stat.S_IMODE((pki.folder / "own" / "request.pem").stat().st_mode) == 0o600
    again = request(pki, [], NOW_NS)
    assert again.public_key() == asked.public_key(), "an answer to the first one is still good"
    assert waits(pki)


@pytest.mark.cr("1.8")
def test_what_the_authority_issued_waits_until_a_person_puts_it_into_use(pki: Pki):
    before = pki.own(NOW_NS)
    certificate = issued(request(pki, [], NOW_NS))
    own, issuers = take(pki, [pem(ROOT, certificate, AUTHORITY)], NOW_NS)
    assert own.certificate == certificate
    assert issuers == [AUTHORITY, ROOT]
    assert {fingerprint(one.certificate) for one in pki.entries("issuers")} == {
        fingerprint(AUTHORITY),
        fingerprint(ROOT),
    }
    assert not pki.entries("trusted"), "whoever issued ours is not thereby believed of others"
    assert pki.own(NOW_NS).certificate == before.certificate
    assert not waits(pki)
    assert pki.use_renewed().certificate == certificate
    used = Pki(pki.folder.parent).own(NOW_NS)
    assert used.certificate == certificate
    assert used.key.public_key() == certificate.public_key()
    assert used.uri == before.uri == alternative_names(certificate)[0][0]


def test_der_files_beside_each_other_will_do_and_so_will_the_certificate_alone(pki: Pki):
    certificate = issued(request(pki, [], NOW_NS))
    own, issuers = take(pki, [one.public_bytes(Encoding.DER) for one in (AUTHORITY, certificate)], NOW_NS)
    assert (own.certificate, issuers) == (certificate, [AUTHORITY])
    alone = issued(request(pki, [], NOW_NS))
    assert take(pki, [pem(alone)], NOW_NS)[1] == []


def test_an_expired_station_can_ask_and_be_given(tmp_path: Path):
    made = Pki(tmp_path)
    made.own(NOW_NS - pki_file.VALID_DAYS * 86_400 * 10**9 - 2 * 86_400 * 10**9)
    with pytest.raises(OwnCertificateError, match="not valid now"):
        made.own(NOW_NS)
    take(made, [pem(issued(request(made, [], NOW_NS)))], NOW_NS)
    made.use_renewed()
    assert made.own(NOW_NS)


OTHER_NAMES = x509.SubjectAlternativeName([x509.UniformResourceIdentifier("urn:somebody:else")])


@pytest.mark.cr("1.8")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"key": papers.key("other").public_key()}, "of another key than that of this station's request"),
        ({"names": OTHER_NAMES}, "names urn:somebody:else, and the station is urn:"),
        ({"end": NOW - timedelta(hours=1)}, "expired on"),
        ({"start": NOW + timedelta(days=2)}, "valid from"),
        ({"purpose": ExtendedKeyUsageOID.CODE_SIGNING}, "not for a client"),
        ({"authority": True}, "of somebody who issues certificates"),
    ],
)
def test_what_servers_would_refuse_is_refused_here(pki: Pki, changed: dict[str, Any], said: str):
    asked = request(pki, [], NOW_NS)
    before = sorted(path.name for path in (pki.folder / "own").iterdir())
    with pytest.raises(OwnCertificateError, match=said):
        take(pki, [pem(issued(asked, **changed))], NOW_NS)
    assert sorted(path.name for path in (pki.folder / "own").iterdir()) == before
    assert waits(pki), "the authority may try again"


def test_a_false_issuer_a_stranger_and_no_certificate_at_all(pki: Pki):
    asked = request(pki, [], NOW_NS)
    host = paper("No authority", own=papers.key("line"))
    false = issued(asked, by="line")
    with pytest.raises(OwnCertificateError, match="No authority is not among its issuers"):
        take(pki, [pem(false, host)], NOW_NS)
    with pytest.raises(OwnCertificateError, match="no certificate in it that can be read"):
        take(pki, [b"hello"], NOW_NS)
    with pytest.raises(OwnCertificateError, match="can be read"):
        take(pki, [b"-----BEGIN CERTIFICATE-----\n" * 5000], NOW_NS)
    assert not (pki.folder / "own" / "next.der").exists()


def test_nothing_is_taken_that_nobody_asked_for(pki: Pki):
    with pytest.raises(OwnCertificateError, match="hmi trust request first"):
        take(pki, [pem(paper("Filler"))], NOW_NS)
