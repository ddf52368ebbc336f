"""Whether a server's certificate may be believed: every way in which it may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from hmi.core.errors import DeviceError
from hmi.drivers import certificates
from hmi.drivers.certificates import BadCertificate, Lists, Unknown, check_uri, judge, read_chain
from tests.drivers import papers
from tests.drivers.papers import NOW, SERVER_USE, paper

HOST = "127.0.0.1"


def verdict(chain, lists: Lists, host: str = HOST, now=NOW) -> str:
    """What is said of it; empty if it is believed."""
    try:
        judge(chain, lists, host, now)
    except DeviceError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def test_a_certificate_that_a_person_trusted_is_believed():
    good = paper()
    assert verdict([good], Lists([good])) == ""
    assert verdict([good], Lists([good]), host="FILLER.plant.") == ""


def test_a_stranger_is_not_believed_and_nothing_else_is_said_against_him():
    assert verdict([paper()], Lists()).startswith("Unknown: a certificate that nobody here trusts")
    assert verdict([paper()], Lists([paper()])).startswith("Unknown")  # the same names and key, not the same paper
    assert verdict([paper()], Lists(issuers=[paper()])).startswith("Unknown")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"end": NOW - timedelta(days=1)}, "expired on 2026-05-31"),
        ({"start": NOW + timedelta(hours=1)}, "valid from 2026-06-01 01:00 UTC only"),
        ({"hosts": ("10.0.0.1", "other.plant")}, "names other.plant, 10.0.0.1, not 127.0.0.1"),
        ({"hosts": ()}, "names no host"),
        ({"uri": "", "hosts": ()}, "names no host"),
        ({"own": papers.key("weak")}, "key of 1024 bits, too short"),
        ({"own": papers.curve_key()}, "not RSA"),
        ({"uses": None}, "does not say what its key is for"),
        ({"uses": ("digital_signature",)}, "not for signing and encryption"),
        ({"uses": SERVER_USE[1:]}, "not for signing and encryption"),
        ({"purposes": (ExtendedKeyUsageOID.CLIENT_AUTH,)}, "not for a server"),
    ],
)
@pytest.mark.cr("1.9", "4.3")
def test_what_is_wrong_with_it_is_said_even_if_somebody_trusted_it(what: dict, said: str):
    bad = paper(**what)
    text = verdict([bad], Lists([bad]))
    assert text.startswith("BadCertificate")
    assert said in text


def test_a_certificate_without_purposes_is_for_all_of_them():
    good = paper(purposes=())
    assert verdict([good], Lists([good])) == ""


def test_a_server_that_calls_itself_otherwise_than_its_certificate_is_refused():
    check_uri(paper(), papers.URI)
    for uri in ("urn:somebody:else", ""):
        with pytest.raises(BadCertificate, match="but its certificate is of urn:test:filler:server"):
            check_uri(paper(), uri)
    with pytest.raises(BadCertificate, match="names no application"):
        check_uri(paper(uri=""), papers.URI)


class TestIssued:
    """Certificates that somebody else has signed."""

    ca = papers.authority()
    leaf = paper(issuer="Plant CA", issuer_key=papers.key("ca"), serial=4711)

    def test_by_whom_a_person_trusts(self):
        assert verdict([self.leaf], Lists([self.ca])) == ""

    def test_by_whom_the_station_only_knows(self):
        assert verdict([self.leaf], Lists(issuers=[self.ca])).startswith("Unknown")
        assert verdict([self.leaf], Lists([self.leaf], [self.ca])) == ""

    def test_by_nobody_whom_the_station_knows(self):
        assert "of an issuer nobody here knows" in verdict([self.leaf], Lists())
        assert verdict([self.leaf], Lists([self.leaf])) == ""  # a person has looked at just this one

    def test_an_issuer_that_the_server_itself_brings_along_is_not_trusted_for_that(self):
        assert verdict([self.leaf, self.ca], Lists()).startswith("Unknown")

    def test_over_one_in_between_that_the_server_brings_along(self):
        between = papers.authority("Line CA", own=papers.key("line"), issuer="Plant CA", issuer_key=papers.key("ca"))
        leaf = paper(issuer="Line CA", issuer_key=papers.key("line"))
        assert verdict([leaf, between], Lists([self.ca])) == ""
        assert verdict([leaf], Lists([self.ca])).startswith("Unknown")
        narrow = papers.authority(path=0)
        assert "may not issue" in verdict([leaf, between], Lists([narrow]))

    def test_the_name_of_an_issuer_is_not_enough(self):
        forged = paper(issuer="Plant CA", issuer_key=papers.key("thief"))
        assert verdict([forged], Lists([self.ca])).startswith("Unknown")

    def test_a_trusted_server_may_not_issue_certificates_for_others(self):
        server = paper("Capper")
        leaf = paper(issuer="Capper", issuer_key=papers.key(), own=papers.key("thief"))
        assert "'Capper', who may not issue certificates" in verdict([leaf], Lists([server]))

    def test_by_an_issuer_whose_own_has_expired(self):
        old = papers.authority(end=NOW - timedelta(days=1))
        assert "certificate of its issuer that expired" in verdict([self.leaf], Lists([old]))
        assert verdict([self.leaf], Lists([old, self.ca])) == ""  # renewed with the same key

    def test_revoked(self):
        lists = Lists([self.ca], revocations=[papers.revocations("Plant CA", papers.key("ca"), 4711)])
        assert "'Plant CA' has revoked" in verdict([self.leaf], lists)
        other = Lists([self.ca], revocations=[papers.revocations("Plant CA", papers.key("ca"), 4712)])
        assert verdict([self.leaf], other) == ""
        pinned = Lists([self.leaf], [self.ca], lists.revocations)
        assert "has revoked" in verdict([self.leaf], pinned)

    def test_a_revocation_list_that_somebody_else_signed_is_no_all_clear(self):
        lists = Lists([self.ca], revocations=[papers.revocations("Plant CA", papers.key("thief"))])
        assert "not signed by it" in verdict([self.leaf], lists)

    def test_two_that_issue_each_other_come_to_an_end(self):
        one = papers.authority("One", own=papers.key("one"), issuer="Two", issuer_key=papers.key("two"))
        two = papers.authority("Two", own=papers.key("two"), issuer="One", issuer_key=papers.key("one"))
        leaf = paper(issuer="One", issuer_key=papers.key("one"))
        assert verdict([leaf, one, two], Lists()).startswith("Unknown")


@pytest.mark.cr("4.3")
def test_a_signature_that_can_be_forged_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(certificates, "_SIGNED_WITH", (hashes.SHA512,))  # the library makes no SHA-1 any more
    good = paper()
    assert "signed with SHA-1 or older" in verdict([good], Lists([good]))


def test_a_chain_is_read_and_rubbish_is_not():
    one, two = paper(), papers.authority()
    assert read_chain(papers.der(one) + papers.der(two)) == [one, two]
    whole = papers.der(one)
    for data in (b"", b"\x30", b"\x30\x80", b"rubbish", whole[:-1], whole + b"\x30\x82", b"\x30\x84\xff\xff\xff\xff"):
        with pytest.raises(BadCertificate):
            read_chain(data)
    with pytest.raises(BadCertificate, match="more certificates"):
        read_chain(whole * 6)
    with pytest.raises(BadCertificate, match="bytes"):
        read_chain(whole * 100)


@pytest.mark.cr("3.5")
def test_every_certificate_cut_or_flipped_is_refused_in_words():
    """Whatever a server sends instead of a certificate ends in a sentence, never in a crash."""
    whole, trusted = papers.der(paper()), Lists([paper()])
    for position in range(0, len(whole), 7):
        bent = whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :]
        with pytest.raises((BadCertificate, Unknown)):
            (certificate,) = read_chain(bent)
            assert certificates.name_of(certificate) is not None
            assert len(certificates.alternative_names(certificate)) == 2
            judge([certificate], trusted, HOST, NOW)


def test_names_from_outside_are_plain_text():
    assert certificates.name_of(paper("Fil\u202eler\n<b>")) == "Fil?ler?<b>"
    assert len(certificates.plain("x" * 1000)) == 80
    assert len(certificates.fingerprint(paper())) == 64
    assert len(certificates.thumbprint(paper())) == 40
