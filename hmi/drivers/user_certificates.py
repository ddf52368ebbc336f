"""Users who identify themselves by a certificate: its file below `pki/users`, its private key below `secrets`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hmi.drivers.certificates import BROKEN, SMALLEST_KEY
from hmi.drivers.supervise import Refused

MISSING_RETRY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class UserCertificate:
    """Who a session is for, the issuers that the file holds too, and the key that proves it."""

    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    key: rsa.RSAPrivateKey


def user_certificate(connection: str, file: str, folder: Path, now: datetime) -> UserCertificate:
    """What a connection's user shows the server; raises Refused, so that it is looked for again, if it is no use.

    Read at each connect: a renewed one needs no restart.
    """
    path, key_path = folder / "pki" / "users" / file, folder / "secrets" / f"{connection}.key"
    try:
        certificates, key = _certificates(path.read_bytes()), _key(key_path)
    except FileNotFoundError as error:
        raise _refused(f"{error.filename} is missing: put it there") from None
    except OSError as error:
        raise _refused(f"{error.filename} cannot be read ({error.strerror}): mend its permissions") from None
    except BROKEN:
        raise _refused(f"{path} or {key_path} cannot be read, or is encrypted: put right ones there") from None
    certificate = certificates[0]
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise _refused(f"{path} and {key_path} do not belong together: put right ones there")
    if key.key_size < SMALLEST_KEY:
        raise _refused(f"the key in {key_path} has {key.key_size} bits, too short to be safe: have a new one made")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        span = f"{certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}"
        raise _refused(f"the certificate {path} is valid from {span} only: renew it, or check the clock")
    return UserCertificate(certificate, tuple(certificates[1:]), key)


def _certificates(data: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN" in data:
        return x509.load_pem_x509_certificates(data)
    return [x509.load_der_x509_certificate(data)]


def _key(path: Path) -> object:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise _refused(f"others can read the key in {path}: chmod 600, and better have a new one made")
    data = path.read_bytes()
    if b"-----BEGIN" in data:
        return serialization.load_pem_private_key(data, None)
    return serialization.load_der_private_key(data, None)


def _refused(what: str) -> Refused:
    return Refused(f"the user's certificate cannot be used: {what}", MISSING_RETRY_S)
