"""Certificates of OPC UA servers: what one says, and whether it may be believed (OPC 10000-4, 6.1.3).

Nothing here can be switched off: what a certificate lacks is refused with a sentence. A person's decision is needed
for one thing only, whom to trust, and it is made by the fingerprint.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hmi.core.errors import DeviceError

SMALLEST_KEY, BIGGEST_KEY = 2048, 4096  # bits of RSA, of every policy that we speak
LONGEST_CHAIN: Final = 5
MOST_BYTES: Final = 32_768  # no honest chain is longer
BROKEN: Final = (  # what the library makes of a certificate that is none
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_RSA: Final = rsa.RSAPublicKey
_SIGNED_WITH: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


class BadCertificate(DeviceError):
    """A certificate that must not be believed, whoever it is from: trusting it would not help."""


class Unknown(DeviceError):
    """A certificate without fault, of somebody whom nobody has decided to trust."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Whom this station trusts, through whom it may come to trust others, and what was revoked."""

    trusted: Sequence[x509.Certificate] = ()
    issuers: Sequence[x509.Certificate] = ()
    revocations: Sequence[x509.CertificateRevocationList] = ()
    refused: Sequence[x509.Certificate] = ()  # that a person decided not to trust, whoever issued them


def read_chain(data: bytes) -> list[x509.Certificate]:
    """The server's certificate, followed by those of its issuers where it sends them; raises BadCertificate."""
    if not data:
        raise BadCertificate("has no certificate")
    if len(data) > MOST_BYTES:
        raise BadCertificate(f"sends a certificate of {len(data)} bytes, more than any real one has")
    try:
        chain = [x509.load_der_x509_certificate(part) for part in _split(data)]
    except BROKEN as error:
        raise BadCertificate("sends a certificate that cannot be read") from error
    if len(chain) > LONGEST_CHAIN:
        raise BadCertificate("sends more certificates than any real chain has")
    return chain


def _split(data: bytes) -> Iterator[bytes]:
    """The DER structures that stand one after the other in a message."""
    while data:
        size = 2
        if len(data) < size or data[0] != 0x30:
            raise ValueError("no DER sequence")
        length = data[1]
        if length >= 0x80:
            size += length & 0x7F
            length = int.from_bytes(data[2:size], "big")
        if not 0 < length <= len(data) - size:
            raise ValueError("truncated")
        yield data[: size + length]
        data = data[size + length :]


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 fingerprint, 64 digits: what a person compares before trusting."""
    return certificate.fingerprint(hashes.SHA256()).hex().upper()


def thumbprint(certificate: x509.Certificate) -> str:
    """The SHA-1 thumbprint that other OPC UA programs show; good enough to find one, not to trust it."""
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - only shown


def plain(text: str) -> str:
    """Text from outside as one short line that cannot pretend to be something else."""
    return re.sub(r"\s+", " ", "".join(char if char.isprintable() else "?" for char in text))[:80]


def name_of(certificate: x509.Certificate) -> str:
    """Whom a certificate says it is of."""
    try:
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except BROKEN:
        return "?"
    return plain(str(names[0].value)) if names else "without a name"


def alternative_names(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """(application URIs, hosts) that a certificate names; both empty where it names none or cannot be read."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
        hosts = [*names.get_values_for_type(x509.DNSName), *addresses]
        return names.get_values_for_type(x509.UniformResourceIdentifier), hosts
    except (x509.ExtensionNotFound, *BROKEN):
        return [], []


def judge(chain: Sequence[x509.Certificate], lists: Lists, host: str, now: datetime) -> None:
    """Believe a server's certificate, or raise BadCertificate or Unknown with what is wrong, in words."""
    own = chain[0]
    if fingerprint(own) in {fingerprint(one) for one in lists.refused}:
        raise BadCertificate("has a certificate that somebody here has refused: hmi trust show has it")
    try:
        _check_key(own)
        _check_time(own, now, "certificate")
        _check_usage(own)
        _check_host(own, host)
        line = line_of(own, [*chain[1:], *lists.issuers, *lists.trusted], now)
        _check_revoked(line, lists.revocations)
    except BROKEN as error:
        raise BadCertificate("sends a certificate that cannot be read") from error
    prints = {fingerprint(certificate) for certificate in lists.trusted}
    if not any(fingerprint(certificate) in prints for certificate in line):
        known = _issued(own, own) or len(line) > 1
        raise Unknown("a certificate that nobody here trusts" + ("" if known else ", of an issuer nobody here knows"))


def check_uri(certificate: x509.Certificate, uri: str) -> None:
    """Raise BadCertificate unless it is of the application that the server says it is."""
    named, _ = alternative_names(certificate)
    if not uri or uri not in named:
        says = f"is of {plain(named[0])}" if named else "names no application"
        raise BadCertificate(f"calls itself {plain(uri) or 'nothing'}, but its certificate {says}")


def _check_key(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if not isinstance(key, _RSA):
        raise BadCertificate("has a certificate with a key that is not RSA, which this policy cannot use")
    if not SMALLEST_KEY <= key.key_size <= BIGGEST_KEY:
        what = "too short to be safe" if key.key_size < SMALLEST_KEY else "longer than its policy allows"
        raise BadCertificate(f"has a key of {key.key_size} bits, {what}: give it {SMALLEST_KEY} to {BIGGEST_KEY}")
    if not isinstance(certificate.signature_hash_algorithm, _SIGNED_WITH):
        raise BadCertificate("has a certificate signed with SHA-1 or older, which can be forged: give it a new one")


def _check_time(certificate: x509.Certificate, now: datetime, what: str) -> None:
    if now > certificate.not_valid_after_utc:
        when = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        raise BadCertificate(f"has a {what} that expired on {when}: renew it, or check this computer's clock")
    if now < certificate.not_valid_before_utc:
        when = f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        raise BadCertificate(f"has a {what} that is valid from {when} only: check both clocks")


def check_own(certificate: x509.Certificate, now: datetime) -> None:
    """Raise BadCertificate where servers would not believe this of a client, whoever issued it."""
    _check_key(certificate)
    _check_time(certificate, now, "certificate")
    _check_usage(certificate, ExtendedKeyUsageOID.CLIENT_AUTH, "client")
    with contextlib.suppress(x509.ExtensionNotFound):
        if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise BadCertificate("is of somebody who issues certificates, not of a station")


def _check_usage(
    certificate: x509.Certificate, purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH, of: str = "server"
) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise BadCertificate("has a certificate that does not say what its key is for: give it a proper one") from None
    if not (usage.digital_signature and usage.key_encipherment and usage.data_encipherment):
        raise BadCertificate("has a certificate whose key is not for signing and encryption: give it a proper one")
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not {purpose, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE} & {*purposes}:
        raise BadCertificate(f"has a certificate that is not for a {of}: give it a proper one")


def _check_host(certificate: x509.Certificate, host: str) -> None:
    _, named = alternative_names(certificate)
    if _same(host) not in {_same(name) for name in named}:
        says = "names " + ", ".join(plain(name) for name in named[:4]) if named else "names no host"
        raise BadCertificate(
            f"has a certificate that {says}, not {host}: write the address with a host that it names, "
            "or certificate_host = … in plant.toml"
        )


def _same(host: str) -> str:
    """Hosts in one spelling."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return host.rstrip(".").lower()


def line_of(own: x509.Certificate, others: Iterable[x509.Certificate], now: datetime) -> list[x509.Certificate]:
    """The certificate, who issued it, who issued that one, as far up as is known; every signature checked."""
    line, others = [own], list(others)
    while not _issued(line[-1], line[-1]):
        above = [other for other in others if other not in line and _issued(line[-1], other)]
        if not above or len(line) > LONGEST_CHAIN:
            break
        above.sort(key=lambda other: now > other.not_valid_after_utc)  # of a renewed issuer, the valid one
        _check_issuer(above[0], len(line) - 1)
        _check_key(above[0])
        _check_time(above[0], now, "certificate of its issuer")
        line.append(above[0])
    return line


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *BROKEN):
        return False
    return True


def _check_issuer(issuer: x509.Certificate, below: int) -> None:
    """Whether it may issue certificates at all, with `below` issuers between it and the server."""
    try:
        limits = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        limits, usage = None, None
    allowed = limits is not None and limits.ca and usage is not None and usage.key_cert_sign
    if not allowed or (limits is not None and limits.path_length is not None and limits.path_length < below):
        raise BadCertificate(f"has a certificate of {name_of(issuer)!r}, who may not issue certificates")


def _check_revoked(line: Sequence[x509.Certificate], lists: Sequence[x509.CertificateRevocationList]) -> None:
    for certificate, issuer in pairwise(line):
        key = issuer.public_key()
        of_issuer = [revoked for revoked in lists if revoked.issuer == issuer.subject]
        genuine = [revoked for revoked in of_issuer if isinstance(key, _RSA) and revoked.is_signature_valid(key)]
        if of_issuer and not genuine:
            raise BadCertificate(f"cannot be checked: the revocation list of {name_of(issuer)!r} is not signed by it")
        number = certificate.serial_number
        if any(revoked.get_revoked_certificate_by_serial_number(number) is not None for revoked in genuine):
            raise BadCertificate(f"has a certificate that {name_of(issuer)!r} has revoked: give it a new one")


def at(now_ns: int) -> datetime:
    """A time in ns UTC as certificates count it."""
    return datetime.fromtimestamp(now_ns / 1e9, UTC)
