"""The station's own certificate, and its lists."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from hmi.core.errors import DeviceError
from hmi.drivers import pki
from hmi.drivers.certificates import fingerprint
from hmi.drivers.pki import OwnCertificateError, Pki
from tests.drivers import papers
from tests.drivers.papers import NOW, NOW_NS, der, paper

YEAR_NS = 365 * 86_400 * 10**9


@pytest.fixture(autouse=True)
def small_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys in less time."""
    monkeypatch.setattr(pki, "KEY_BITS", 2048)


@pytest.mark.cr("1.2", "1.8")
def test_a_station_s_certificate_is_what_servers_expect(tmp_path: Path):
    own = Pki(tmp_path / "Bottling plant").own(NOW_NS)
    certificate = own.certificate
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [own.uri]
    assert own.uri.startswith("urn:")
    assert ":hmi:bottling-plant-" in own.uri
    assert len(names.get_values_for_type(x509.DNSName)) == 1
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert all((usage.digital_signature, usage.content_commitment, usage.key_encipherment, usage.data_encipherment))
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert certificate.not_valid_after_utc - NOW > timedelta(days=3650)
    assert certificate.not_valid_before_utc < NOW
    certificate.verify_directly_issued_by(certificate)
    assert own.key.key_size == pki.KEY_BITS


def test_it_is_made_once_and_its_key_is_for_nobody_else(tmp_path: Path):
    first = Pki(tmp_path).own(NOW_NS)
    assert Pki(tmp_path).own(NOW_NS + 10 * YEAR_NS).certificate == first.certificate
    assert Pki(tmp_path).own(NOW_NS).uri == first.uri
    own = tmp_path / "pki" / "own"
    assert stat.S_IMODE((own / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert sorted(path.name for path in own.iterdir()) == ["cert.der", "key.pem"]
    assert [path.name for path in (tmp_path / "pki").iterdir()] == ["own"]


def test_two_stations_are_not_the_same(tmp_path: Path):
    one, two = Pki(tmp_path / "a" / "data").own(NOW_NS), Pki(tmp_path / "b" / "data").own(NOW_NS)
    assert one.uri != two.uri


def test_two_programs_that_start_together_end_up_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make = pki._self_signed

    def slower(*what):
        monkeypatch.setattr(pki, "_self_signed", make)
        Pki(tmp_path).own(NOW_NS)  # the other one is done before us
        return make(*what)

    monkeypatch.setattr(pki, "_self_signed", slower)
    mine = Pki(tmp_path).own(NOW_NS)
    assert mine.certificate == Pki(tmp_path).own(NOW_NS).certificate
    assert [path.name for path in (tmp_path / "pki").iterdir()] == ["own"]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda own: (own / "key.pem").unlink(), "key.pem is missing"),
        (lambda own: (own / "cert.der").unlink(), "cert.der is missing"),
        (lambda own: (own / "cert.der").write_bytes(b"x"), "cannot be read"),
        (lambda own: (own / "key.pem").write_bytes(b"x"), "cannot be read"),
        (lambda own: (own / "key.pem").write_bytes(papers.pem(papers.key("thief"))), "do not belong together"),
        (lambda own: (own / "cert.der").write_bytes(der(paper())), "do not belong together"),
        (lambda own: (own / "key.pem").chmod(0o644), "others can read"),
    ],
)
def test_a_broken_one_is_told_and_never_replaced(tmp_path: Path, harm, said: str):
    Pki(tmp_path).own(NOW_NS)
    own = tmp_path / "pki" / "own"
    harm(own)
    before = {path.name: path.read_bytes() for path in own.iterdir()}
    for _ in range(2):
        with pytest.raises(OwnCertificateError, match=said):
            Pki(tmp_path).own(NOW_NS)
    assert {path.name: path.read_bytes() for path in own.iterdir()} == before


def test_an_expired_one_is_told_and_never_replaced(tmp_path: Path):
    Pki(tmp_path).own(NOW_NS)
    for now_ns in (NOW_NS + 21 * YEAR_NS, NOW_NS - YEAR_NS):
        with pytest.raises(OwnCertificateError, match="not valid now, but until 2046-05-27: check the clock"):
            Pki(tmp_path).own(now_ns)


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "pki").write_text("somebody's file")
    with pytest.raises(OwnCertificateError, match="mend its permissions"):
        Pki(tmp_path).own(NOW_NS)


def test_the_life_of_a_stranger(tmp_path: Path):
    lists, stranger = Pki(tmp_path), paper()
    lists.reject(stranger)
    lists.reject(stranger)
    (entry,) = lists.entries("rejected")
    assert lists.lists().trusted == []
    lists.accept(entry)
    assert lists.entries("rejected") == []
    assert lists.lists().trusted == [stranger]
    lists.reject(stranger)  # expired since then, say: the list is for those whom nobody has decided on
    assert [found.kind for found in lists.find(fingerprint(stranger)[:10].lower())] == ["trusted"]
    assert lists.find("") == []


@pytest.mark.cr("7.2")
def test_strangers_do_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pki, "MOST_REJECTED", 3)
    for number in range(6):
        Pki(tmp_path).reject(paper(f"Stranger {number}"))
    assert len(Pki(tmp_path).entries("rejected")) == 3


def test_what_a_person_puts_into_the_folders_counts(tmp_path: Path):
    lists, authority = Pki(tmp_path), papers.authority()
    for kind in ("trusted", "issuers", "crl"):
        (tmp_path / "pki" / kind).mkdir(parents=True)
    both = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (authority, paper("Capper")))
    (tmp_path / "pki" / "trusted" / "all.pem").write_bytes(both)
    (tmp_path / "pki" / "issuers" / "ca.CRT").write_bytes(der(authority))
    (tmp_path / "pki" / "trusted" / "readme.txt").write_text("not looked at")
    (tmp_path / "pki" / "trusted" / "broken.der").write_bytes(b"\x30\x03abc")
    revoked = papers.revocations("Plant CA", papers.key("ca"), 1)
    (tmp_path / "pki" / "crl" / "a.crl").write_bytes(der(revoked))
    (tmp_path / "pki" / "crl" / "b.pem").write_bytes(revoked.public_bytes(serialization.Encoding.PEM))
    found = lists.lists()
    assert len(found.trusted) == 2
    assert found.issuers == [authority]
    assert found.revocations == [revoked, revoked]
    assert [path.name for path in lists.unreadable()] == ["broken.der"]


@pytest.mark.cr("1.9")
def test_a_revocation_list_that_cannot_be_read_is_not_passed_over(tmp_path: Path):
    (tmp_path / "pki" / "crl").mkdir(parents=True)
    (tmp_path / "pki" / "crl" / "a.crl").write_bytes(b"half")
    with pytest.raises(DeviceError, match=r"a\.crl cannot be read"):
        Pki(tmp_path).lists()


@pytest.mark.cr("1.8")
def test_a_renewed_certificate_is_another_one_of_the_same_application(tmp_path: Path):
    pki_ = Pki(tmp_path)
    first = pki_.own(NOW_NS)
    with pytest.raises(OwnCertificateError, match="hmi trust renew"):
        pki_.use_renewed()
    made = pki_.renewed(NOW_NS + YEAR_NS)
    assert pki_.renewed(NOW_NS + 2 * YEAR_NS).certificate == made.certificate  # until it is used
    assert pki_.own(NOW_NS).certificate == first.certificate
    assert made.uri == first.uri
    assert made.certificate.public_key() != first.certificate.public_key()
    pki_.use_renewed()
    assert pki_.own(NOW_NS + YEAR_NS).certificate == made.certificate
    again = pki_.renewed(NOW_NS + 5 * YEAR_NS)
    pki_.use_renewed()
    assert pki_.own(NOW_NS + 5 * YEAR_NS).certificate == again.certificate
    for key in (tmp_path / "pki" / "own").glob("*.pem"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_one_that_has_expired_can_be_renewed(tmp_path: Path):
    Pki(tmp_path).own(NOW_NS)
    with pytest.raises(OwnCertificateError, match="hmi trust renew"):
        Pki(tmp_path).own(NOW_NS + 30 * YEAR_NS)
    Pki(tmp_path).renewed(NOW_NS + 30 * YEAR_NS)
    Pki(tmp_path).use_renewed()
    Pki(tmp_path).own(NOW_NS + 30 * YEAR_NS)
