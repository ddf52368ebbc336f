"""The link from another computer: TLS 1.3, and the engine known by its certificate's fingerprint, no authority asked.

The certificate is the data folder's own, made once. A window sends nothing, its token least of all, before the
fingerprint of who answers is the one that a person has carried over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import re
import socket
import ssl
from pathlib import Path
from typing import Final

from hmi.core.errors import LinkError

_CERTIFICATE, _KEY = "link.pem", "link.key"  # in pki/
_BEGIN: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # nobody judges by its dates: it is known as it is
_END: Final = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
_PIN: Final = re.compile(r"[0-9a-f]{64}")


def server_context(folder: Path) -> tuple[ssl.SSLContext, str]:
    """What an engine listens with, and its certificate's fingerprint; made at the first use. Raises LinkError."""
    certificate, key = folder / "pki" / _CERTIFICATE, folder / "pki" / _KEY
    try:
        if not key.exists() or not certificate.exists():
            _make(certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(certificate, key)
        return context, fingerprint(ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii")))
    except (OSError, ValueError) as error:
        raise LinkError(
            f"the certificate of the link, {certificate}, cannot be used ({error}): put it and {key.name} back from a "
            "backup, or delete both for new ones, which windows then have to be told"
        ) from None


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate as DER, in hexadecimal."""
    return hashlib.sha256(certificate).hexdigest()


def plain_pin(text: str) -> str:
    """A fingerprint as a person writes it, with spaces or colons; raises LinkError."""
    found = re.sub(r"[\s:]", "", text).lower()
    if not _PIN.fullmatch(found):
        raise LinkError("a fingerprint has 64 hexadecimal digits: the engine's link.json has it as `pin`")
    return found


class Secured:
    """A connected socket with TLS, with the methods that the link uses of a socket; it never waits."""

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self._sock = sock

    def setblocking(self, flag: bool) -> None:
        """As that of a socket."""
        self._sock.setblocking(flag)

    def fileno(self) -> int:
        """As that of a socket."""
        return self._sock.fileno()

    def send(self, data: bytes | bytearray) -> int:
        """As that of a socket: BlockingIOError where it would wait."""
        try:
            return self._sock.send(data)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None

    def recv(self, size: int) -> bytes:
        """All that is there, up to so much: what TLS has unpacked already would wake nobody who waits for more."""
        found = bytearray()
        while len(found) < size:
            try:
                data = self._sock.recv(size - len(found))
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if not found:
                    raise BlockingIOError from None
                break
            except OSError:
                if not found:
                    raise
                break  # what came before is still good
            if not data:
                break
            found += data
        return bytes(found)

    def close(self) -> None:
        """As that of a socket."""
        self._sock.close()


def dial(host: str, port: int, pin: str, limit_s: float) -> Secured:
    """Reach an engine on another computer and make sure that it is the one; raises LinkError, OSError."""
    wanted = plain_pin(pin)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # it is known by its fingerprint, which says more than any name
    context.verify_mode = ssl.CERT_NONE
    plain = socket.create_connection((host, port), limit_s)
    try:
        sock = context.wrap_socket(plain)
    except BaseException:
        plain.close()
        raise
    seen = fingerprint(sock.getpeercert(binary_form=True) or b"")
    if not hmac.compare_digest(seen, wanted):
        sock.close()
        raise LinkError(
            f"who answers at {host}:{port} is not the engine with this fingerprint (it shows {seen[:16]}…): nothing "
            "was sent. Compare with `pin` in its link.json; if that is another, somebody is in between"
        )
    return Secured(sock)


def _make(certificate: Path, key: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    certificate.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hmi engine")])
    signed = (
        x509.CertificateBuilder(name, name, made.public_key(), x509.random_serial_number(), _BEGIN, _END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(made, hashes.SHA256())
    )
    secret = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for path, data in ((key, secret), (certificate, signed.public_bytes(serialization.Encoding.PEM))):
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
