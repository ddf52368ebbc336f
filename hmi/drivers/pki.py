"""The station's own certificate and the lists of whom it trusts: folders below `pki/` in its data folder.

own/        cert.der and key.pem of this station: made once, never replaced behind anybody's back;
            next.der where a person had it renewed, before.der once that one is in use, each with a key of its own
users/      certificates of users, for connections that say so
trusted/    servers (or issuers) that a person decided to trust
issuers/    issuers that complete a chain but are not trusted by themselves
rejected/   what servers showed and nobody has decided on yet
refused/    what a person has decided not to trust
seen/       who showed which certificate last, and what came of it
crl/        revocation lists of issuers
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hmi.core.errors import DeviceError
from hmi.drivers.certificates import BROKEN, Lists, alternative_names, at, fingerprint

KEY_BITS: Final = 3072
VALID_DAYS: Final = 20 * 365  # a machine's life: an expired certificate would stop the station, not an attacker
MOST_REJECTED: Final = 50  # whoever can answer for a server must not be able to fill the disk
KINDS: Final = ("trusted", "issuers", "rejected", "refused")
NEXT: Final = "next.der"
_ENDINGS: Final = (".der", ".crt", ".cer", ".pem")
_CRL_ENDINGS: Final = (".crl", ".der", ".pem")


class OwnCertificateError(DeviceError):
    """The station's own certificate or key cannot be used."""


@dataclass(frozen=True, slots=True)
class Own:
    """Who this station is towards servers."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    uri: str  # its application URI, which the certificate names

    @property
    def der(self) -> bytes:
        """The certificate as servers import it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate of a list, and the file that holds it."""

    kind: str
    path: Path
    certificate: x509.Certificate


class Pki:
    """The folders below one data folder. Reads the disk at each call: what a person changes counts at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "pki"
        self._name = folder.resolve().name

    def own(self, now_ns: int) -> Own:
        """The station's certificate, made if there is none yet (takes a second); raises OwnCertificateError."""
        place = self.folder / "own"
        try:
            if not place.exists():
                self._make(place, now_ns)
            own = _load(place)
        except OSError as error:
            raise OwnCertificateError(f"{place}: {error.strerror}: mend its permissions") from None
        if not own.certificate.not_valid_before_utc <= at(now_ns) <= own.certificate.not_valid_after_utc:
            until = f"{own.certificate.not_valid_after_utc:%Y-%m-%d}"
            raise OwnCertificateError(
                f"the certificate of this station is not valid now, but until {until}: check the clock; if that is "
                "right, hmi trust renew makes a new one, which the servers must be told to trust"
            )
        return own

    def _make(self, place: Path, now_ns: int) -> None:
        """Made beside and moved into place as a whole: two programs that start together end up with one."""
        draft = place.with_name(f"own-{os.getpid()}-{secrets.token_hex(4)}")
        draft.mkdir(mode=0o700, parents=True)
        try:
            uri = f"urn:{word(socket.gethostname())}:hmi:{word(self._name)}-{secrets.token_hex(3)}"
            key = rsa.generate_private_key(65537, KEY_BITS)
            write_whole(draft / "key.pem", pem(key), 0o600)
            certificate = _self_signed(key, uri, socket.gethostname(), now_ns)
            write_whole(draft / "cert.der", certificate.public_bytes(serialization.Encoding.DER), 0o644)
            draft.rename(place)
        except OSError:
            if not place.exists():  # else another program was faster, and its certificate is the station's
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def renewed(self, now_ns: int) -> Own:
        """The certificate that `use_renewed` puts into use, with a new key; made if there is none yet.

        It names the same application, so a server may trust both meanwhile.
        """
        place = self.folder / "own"
        if not place.exists():
            self._make(place, now_ns)
        own = _load(place)
        if not (place / NEXT).exists():
            key = rsa.generate_private_key(65537, KEY_BITS)
            certificate = _self_signed(key, own.uri, socket.gethostname(), now_ns)
            write_whole(key_of(place, certificate), pem(key), 0o600)
            write_whole(place / NEXT, certificate.public_bytes(serialization.Encoding.DER), 0o644)
        return _load(place, NEXT)

    def own_as_stored(self) -> Own:
        """The station's certificate whether it is valid now or not; raises OwnCertificateError."""
        return _load(self.folder / "own")

    def next(self) -> Own:
        """The certificate that waits to be put into use; raises OwnCertificateError."""
        return _load(self.folder / "own", NEXT)

    def use_renewed(self) -> Own:
        """From the next connect on the renewed certificate is the station's; raises OwnCertificateError."""
        place = self.folder / "own"
        if not (place / NEXT).exists():
            raise OwnCertificateError("there is no renewed certificate yet: hmi trust renew makes one")
        own = _load(place, NEXT)
        write_whole(place / "before.der", (place / "cert.der").read_bytes(), 0o644)
        (place / NEXT).replace(place / "cert.der")
        return own

    def entries(self, kind: str) -> list[Entry]:
        """The certificates of one list, by file name; a file that holds none is left out."""
        found = []
        for path in _files(self.folder / kind, _ENDINGS):
            with contextlib.suppress(OSError, *BROKEN):
                found += [Entry(kind, path, certificate) for certificate in certificates_in(path.read_bytes())]
        return found

    def unreadable(self) -> list[Path]:
        """Files in the lists that hold no certificate: they count for nothing, and somebody should know."""
        known = {entry.path for kind in KINDS for entry in self.entries(kind)}
        return [path for kind in KINDS for path in _files(self.folder / kind, _ENDINGS) if path not in known]

    def lists(self) -> Lists:
        """All that a server's certificate is judged by; raises DeviceError if a revocation list cannot be read."""
        trusted, issuers = ([entry.certificate for entry in self.entries(kind)] for kind in ("trusted", "issuers"))
        refused = [entry.certificate for entry in self.entries("refused")]
        revoked = [_revocations(path) for path in _files(self.folder / "crl", _CRL_ENDINGS)]
        return Lists(trusted, issuers, revoked, refused)

    def find(self, text: str, kinds: tuple[str, ...] = KINDS) -> list[Entry]:
        """The entries whose fingerprint begins like this; blanks and colons do not count."""
        start = re.sub(r"[\s:]", "", text).upper()
        entries = [entry for kind in kinds for entry in self.entries(kind)]
        return [entry for entry in entries if start and fingerprint(entry.certificate).startswith(start)]

    def reject(self, certificate: x509.Certificate) -> None:
        """Keep what a server showed, so that a person can look at it and decide; not if somebody has decided."""
        if self.find(fingerprint(certificate), ("trusted", "refused")):
            return
        place = self.folder / "rejected"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = place / f"{fingerprint(certificate)}.der"
        if path.exists():
            return
        oldest_first = sorted(_files(place, _ENDINGS), key=lambda path: path.stat().st_mtime)
        for old in oldest_first[: max(0, len(oldest_first) - MOST_REJECTED + 1)]:
            old.unlink(missing_ok=True)
        write_whole(path, certificate.public_bytes(serialization.Encoding.DER), 0o644)

    def accept(self, entry: Entry) -> Path:
        """Trust a certificate from now on; gives its new file."""
        return self._move(entry, "trusted")

    def know(self, certificate: x509.Certificate) -> Path:
        """Have an issuer complete chains from now on, without being trusted by itself; gives its file."""
        place = self.folder / "issuers"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = place / f"{fingerprint(certificate)}.der"
        write_whole(path, certificate.public_bytes(serialization.Encoding.DER), 0o644)
        return path

    def refuse(self, entry: Entry) -> Path:
        """Never believe a certificate, though somebody may trust its issuer; gives its new file."""
        return self._move(entry, "refused")

    def _move(self, entry: Entry, kind: str) -> Path:
        place = self.folder / kind
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = place / f"{fingerprint(entry.certificate)}.der"
        write_whole(path, entry.certificate.public_bytes(serialization.Encoding.DER), 0o644)
        is_alone = sum(other.path == entry.path for other in self.entries(entry.kind)) == 1
        if entry.kind != "issuers" and entry.path != path and is_alone:
            entry.path.unlink(missing_ok=True)
        return path

    def forget(self, entry: Entry) -> None:
        """Take a certificate from its list; raises DeviceError where its file holds others, too."""
        if sum(other.path == entry.path for other in self.entries(entry.kind)) > 1:
            raise DeviceError(f"{entry.path} holds more certificates than this one: take it out by hand")
        entry.path.unlink()


def key_of(place: Path, certificate: x509.Certificate) -> Path:
    """Where the key of a renewed certificate is: found by its certificate, so that one file changes hands at once."""
    return place / f"key-{fingerprint(certificate)[:16]}.pem"


@lru_cache(maxsize=4)
def _key_in(pem: bytes) -> PrivateKeyTypes:
    """A private key, proved once: it takes a tenth of a second, else at every connect and on the engine's loop."""
    return serialization.load_pem_private_key(pem, None)


def _load(place: Path, file: str = "cert.der") -> Own:
    """The station's certificate and key as they stand on disk, checked against each other."""
    mend = "put it back from a backup; or move the folder away, and a new one is made, which servers must then trust"
    try:
        certificate = x509.load_der_x509_certificate((place / file).read_bytes())
        key_path = key_of(place, certificate)
        key_path = key_path if key_path.exists() else place / "key.pem"
        key = _key_in(key_path.read_bytes())
    except FileNotFoundError as error:
        raise OwnCertificateError(f"{error.filename} is missing: {mend}") from None
    except BROKEN:
        raise OwnCertificateError(f"the certificate or key in {place} cannot be read: {mend}") from None
    if os.name == "posix" and key_path.stat().st_mode & 0o077:
        raise OwnCertificateError(f"others can read {key_path}: chmod 600, and better have a new one made")
    uris, _ = alternative_names(certificate)
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key() or not uris:
        raise OwnCertificateError(f"the certificate and the key in {place} do not belong together: {mend}")
    return Own(certificate, key, uris[0])


def _self_signed(key: rsa.RSAPrivateKey, uri: str, host: str, now_ns: int) -> x509.Certificate:
    """An application instance certificate (OPC 10000-6, 6.2.2)."""
    name = subject(host)
    names = [x509.UniformResourceIdentifier(uri), x509.DNSName(word(host))]
    public = key.public_key()
    builder = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(at(now_ns) - timedelta(days=1))  # a server's clock may be behind
        .not_valid_after(at(now_ns) + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_itself=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def subject(host: str) -> x509.Name:
    """Whom a certificate of this station is of."""
    common = x509.NameAttribute(NameOID.COMMON_NAME, f"HMI on {host}"[:64])
    return x509.Name([common, x509.NameAttribute(NameOID.ORGANIZATION_NAME, "HMI")])


def usage(signs_itself: bool) -> x509.KeyUsage:
    """What the key of an application is for (OPC 10000-6, 6.2.2)."""
    uses = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), True)
    uses |= dict.fromkeys(("key_agreement", "crl_sign", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(**uses, key_cert_sign=signs_itself)


def pem(key: rsa.RSAPrivateKey) -> bytes:
    """A private key as it is kept."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def word(text: str) -> str:
    """A name as it may stand in a URI."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.").lower() or "station"


def write_whole(path: Path, data: bytes, mode: int) -> None:
    """A file that appears only when it is whole, and was never readable by more than it shall be."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _files(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in endings)


def certificates_in(data: bytes) -> list[x509.Certificate]:
    """The certificates of a file, DER or PEM; raises one of BROKEN."""
    if b"-----BEGIN" in data:
        return x509.load_pem_x509_certificates(data)
    return [x509.load_der_x509_certificate(data)]


def _revocations(path: Path) -> x509.CertificateRevocationList:
    try:
        data = path.read_bytes()
        return x509.load_pem_x509_crl(data) if b"-----BEGIN" in data else x509.load_der_x509_crl(data)
    except (OSError, *BROKEN):
        # Left out, it might hide that a certificate was stolen.
        raise DeviceError(f"the revocation list {path} cannot be read, so no server can be checked: mend it") from None
