"""Certificates for tests: good ones, and each kind of bad one."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

URI = "urn:test:filler:server"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
NOW_NS = int(NOW.timestamp()) * 10**9
SERVER_USE = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_cert_sign")
ALL_USES = (*SERVER_USE, "key_agreement", "crl_sign", "encipher_only", "decipher_only")


def key(name: str = "server") -> rsa.RSAPrivateKey:
    """Give the key of this name, made once: it takes a while. The `weak` one is too short."""
    return _key(name)


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024 if name == "weak" else 2048)


@cache
def curve_key() -> ec.EllipticCurvePrivateKey:
    """Give a key that is not RSA."""
    return ec.generate_private_key(ec.SECP256R1())


def name(text: str) -> x509.Name:
    """Whom a certificate is of."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def paper(
    subject: str = "Filler",
    *,
    own=None,
    issuer: str = "",
    issuer_key=None,
    uri: str = URI,
    hosts: tuple[str, ...] = ("127.0.0.1", "filler.plant"),
    uses: tuple[str, ...] | None = SERVER_USE,
    purposes=(ExtendedKeyUsageOID.SERVER_AUTH,),
    start: datetime = NOW - timedelta(days=10),
    end: datetime = NOW + timedelta(days=3650),
    authority: bool = False,
    path: int | None = None,
    serial: int = 0,
    algorithm=None,
) -> x509.Certificate:
    """A server's certificate that is right in everything that is not said otherwise; self-signed without an issuer."""
    own = own or key()
    builder = x509.CertificateBuilder(name(issuer or subject), name(subject), own.public_key())
    builder = builder.serial_number(serial or x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
    alternatives = [x509.UniformResourceIdentifier(uri)] if uri else []
    for host in hosts:
        try:
            alternatives.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            alternatives.append(x509.DNSName(host))
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(authority, path if authority else None), critical=True)
    if uses is not None:
        usage = x509.KeyUsage(**{use: use in uses for use in ALL_USES})
        builder = builder.add_extension(usage, critical=True)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=False)
    return builder.sign(issuer_key or own, algorithm or hashes.SHA256())


def authority(subject: str = "Plant CA", **what) -> x509.Certificate:
    """An issuer of certificates."""
    defaults = {"own": key("ca"), "uses": ("key_cert_sign", "crl_sign"), "purposes": (), "hosts": (), "uri": ""}
    return paper(subject, authority=True, **{**defaults, **what})


def revocations(issuer: str, issuer_key, *serials: int) -> x509.CertificateRevocationList:
    """The list of what an issuer has revoked."""
    builder = x509.CertificateRevocationListBuilder(name(issuer), NOW, NOW + timedelta(days=30))
    for serial in serials:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, NOW).build())
    return builder.sign(issuer_key, hashes.SHA256())


def der(thing) -> bytes:
    """As it goes over the wire."""
    return thing.public_bytes(serialization.Encoding.DER)


def pem(own) -> bytes:
    """A key as a file holds it."""
    return own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
