"""A certificate for the station from the plant's own authority: asked for with its own key, judged as it comes back.

In `pki/own` the request waits as request.csr with request.pem, its key, which never leaves the station. What the
authority issued becomes the station's next certificate; a person then puts it into use, as after a renewal.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from hmi.drivers.certificates import (
    BROKEN,
    LONGEST_CHAIN,
    MOST_BYTES,
    BadCertificate,
    alternative_names,
    at,
    check_own,
    fingerprint,
    line_of,
    name_of,
    plain,
)
from hmi.drivers.pki import (
    KEY_BITS,
    NEXT,
    Own,
    OwnCertificateError,
    Pki,
    certificates_in,
    key_of,
    pem,
    subject,
    usage,
    word,
    write_whole,
)

REQUEST: Final = "request.csr"
_KEY: Final = "request.pem"


def request(pki: Pki, hosts: Sequence[str], now_ns: int) -> x509.CertificateSigningRequest:
    """What the authority is asked to issue (PKCS #10), for the same application as now; a request that waits keeps
    its key, so that an answer to an earlier form of it is still good. Raises OwnCertificateError."""
    place = pki.folder / "own"
    own = pki.own_as_stored() if place.exists() else pki.own(now_ns)  # one that has expired can ask for the next
    if not (place / _KEY).exists():
        write_whole(place / _KEY, pem(rsa.generate_private_key(65537, KEY_BITS)), 0o600)
    named = dict.fromkeys(map(_host, (socket.gethostname(), *hosts)))
    names = [x509.UniformResourceIdentifier(own.uri), *named]
    made = (
        x509.CertificateSigningRequestBuilder(subject(socket.gethostname()))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_itself=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(_key(place), hashes.SHA256())
    )
    write_whole(place / REQUEST, made.public_bytes(serialization.Encoding.PEM), 0o644)
    return made


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(word(text))


def take(pki: Pki, data: Sequence[bytes], now_ns: int) -> tuple[Own, list[x509.Certificate]]:
    """Make what the authority issued the station's next certificate; gives its issuers, which came with it, too.

    Raises OwnCertificateError with what is wrong with it, and then nothing has changed.
    """
    place = pki.folder / "own"
    key, found = _key(place), _read(data)
    public = key.public_key()
    own = next((one for one in found if one.public_key() == public), None)
    if own is None:
        names = ", ".join(name_of(one) for one in found) or "nobody"
        raise OwnCertificateError(
            f"it is of {names}, and of another key than that of this station's request: have the authority issue one "
            "for the newest request (hmi trust request)"
        )
    issuers = _judged(own, [one for one in found if one is not own], pki.own_as_stored().uri, at(now_ns))
    write_whole(key_of(place, own), pem(key), 0o600)
    write_whole(place / NEXT, own.public_bytes(serialization.Encoding.DER), 0o644)
    for one in issuers:
        pki.know(one)
    for left in (_KEY, REQUEST):
        (place / left).unlink(missing_ok=True)
    return pki.next(), issuers


def waits(pki: Pki) -> bool:
    """Whether a request was made and its answer has not come back."""
    return (pki.folder / "own" / _KEY).exists()


def _judged(own: x509.Certificate, others: list[x509.Certificate], uri: str, now: datetime) -> list[x509.Certificate]:
    """Its issuers, in order; raises OwnCertificateError where servers would not believe it."""
    try:
        check_own(own, now)
        line = line_of(own, others, now)
    except BadCertificate as error:
        raise OwnCertificateError(f"what came back {error}. Nothing was changed") from None
    except BROKEN:
        raise OwnCertificateError("what came back cannot be read as a certificate: nothing was changed") from None
    uris, _ = alternative_names(own)
    if uri not in uris:
        says = plain(uris[0]) if uris else "no application"
        raise OwnCertificateError(
            f"what came back names {says}, and the station is {uri}: servers would refuse it. Have the authority keep "
            "the request's subject alternative names"
        )
    strange = [name_of(one) for one in others if one not in line]
    if strange:
        raise OwnCertificateError(f"{', '.join(strange)} is not among its issuers: import what belongs to it alone")
    return line[1:]


def _read(data: Sequence[bytes]) -> list[x509.Certificate]:
    found: list[x509.Certificate] = []
    for part in data:
        with contextlib.suppress(*BROKEN):
            if len(part) <= MOST_BYTES:
                found += certificates_in(part)
                continue
        raise OwnCertificateError("there is no certificate in it that can be read: DER, or PEM, is wanted")
    unique = list({fingerprint(one): one for one in found}.values())
    if len(unique) > LONGEST_CHAIN:
        raise OwnCertificateError(f"there are {len(unique)} certificates in it, more than any real chain has")
    return unique


def _key(place: Path) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key((place / _KEY).read_bytes(), None)
    except FileNotFoundError:
        raise OwnCertificateError("this station has asked for no certificate: hmi trust request first") from None
    except BROKEN:
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise OwnCertificateError(f"{place / _KEY} cannot be read: delete it, and ask anew (hmi trust request)")
    return key
