"""Ed25519 signatures of files: made by whoever answers for a plant, proven at its stations.

Keys that a station trusts are files NAME.pub in folders called trusted-keys: in the installation, where only the
computer's administrator can put them, and in the data folder. Those in trusted-keys/plant sign plants only, those in
trusted-keys/program programs only.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple

from hmi.core import minisign
from hmi.core.errors import HmiError
from hmi.core.minisign import PublicKey, SecretKey, Signature

FOLDER: Final = "trusted-keys"
SUFFIX: Final = ".minisig"
_BIGGEST: Final = 16_384  # bytes of a key or signature file
_CHUNK: Final = 1 << 20
Use = Literal["plant", "program"]


class SignatureError(HmiError):
    """What was signed is not, not by whom we trust, or not what it was."""


class Keys(NamedTuple):
    """The keys that a station trusts for one use."""

    keys: tuple[PublicKey, ...] = ()
    unusable: tuple[str, ...] = ()  # files that ought to be keys and are none, and why
    folders: tuple[Path, ...] = ()  # where was looked

    def __bool__(self) -> bool:
        """Whether anything is trusted, or was meant to be: a damaged key must not open the station to everybody."""
        return bool(self.keys or self.unusable)

    @property
    def names(self) -> str:
        """Their numbers, for a person."""
        return ", ".join(key.name for key in self.keys) or "none that can be used"


def trusted_keys(places: Iterable[Path | None], use: Use) -> Keys:
    """What a station trusts, of its data folder and its installation (`places`; None where there is none)."""
    folders = [place / FOLDER / sub for place in places if place is not None for sub in ("", use)]
    found: dict[bytes, PublicKey] = {}
    unusable: list[str] = []
    for folder in folders:
        try:
            paths = sorted(folder.glob("*.pub")) if folder.is_dir() else []
            for path in paths:
                _take(path, found, unusable)
        except OSError as error:
            unusable.append(f"{folder}: {error.strerror}")
    return Keys(tuple(found.values()), tuple(unusable), tuple(folders))


def _take(path: Path, found: dict[bytes, PublicKey], unusable: list[str]) -> None:
    try:
        key = minisign.read_public(_text(path))
        found.setdefault(key.id + key.key, key)
    except (OSError, ValueError) as error:
        unusable.append(f"{path}: {getattr(error, 'strerror', None) or error}")


def new_key() -> SecretKey:
    """A key pair that nobody else has."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = secrets.token_bytes(32)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SecretKey(secrets.token_bytes(8), seed, public)


def write_key(path: Path, key: SecretKey) -> Path:
    """Write the secret key (0600) and, beside it, the public one, whose path is given; raises HmiError."""
    public = path.with_name(f"{path.name}.pub")
    try:
        if public.exists():
            raise FileExistsError(0, "is there already", os.fspath(public))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(minisign.write_secret(key) + "\n")
        public.write_text(minisign.write_public(key.public_key), "utf-8")
    except FileExistsError as error:
        raise HmiError(f"{error.filename} is there already: a key is never written over. Choose another name") from None
    except OSError as error:
        raise HmiError(f"{error.filename or path} cannot be written: {error.strerror}") from None
    return public


def read_key(path: Path) -> SecretKey:
    """A secret key; raises HmiError, also where others could read it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise HmiError(f"{path} can be read by others: nothing is signed with it. chmod 600 {path}, or a new key")
        key = minisign.read_secret(_text(path))
        if Ed25519PrivateKey.from_private_bytes(key.seed).public_key().public_bytes_raw() != key.public:
            raise ValueError("this secret key is damaged: its two halves do not fit")
        return key
    except (OSError, ValueError) as error:
        raise HmiError(f"{path}: {getattr(error, 'strerror', None) or error}: nothing was signed") from None


def signed(digest: bytes, key: SecretKey, words: str) -> str:
    """The signature of a BLAKE2b-512, as the text of a .minisig file; `words` are signed as well."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(key.seed)
    of_file = private.sign(digest)
    bare = Signature(key.id, of_file, " ".join(words.split()), b"")
    full = bare._replace(of_words=private.sign(bare.signed_words))
    return minisign.write_signature(full, key.public_key.name)


def sign_file(path: Path, key: SecretKey, words: str) -> Path:
    """Sign a file; the signature stands beside it, in the file that is given."""
    beside = path.with_name(path.name + SUFFIX)
    beside.write_text(signed(digest_of(path), key, words), "utf-8")
    return beside


def verify_file(path: Path, keys: Keys) -> Signature:
    """The signature beside a file, proven by a trusted key; raises SignatureError in words."""
    text = signature_text(path)
    try:
        return proven(digest_of(path), text, keys, path.name)
    except OSError as error:
        raise SignatureError(f"{path} cannot be read: {error.strerror}") from None


def signature_text(path: Path) -> str:
    """The text of the signature beside a file; raises SignatureError where there is none."""
    beside = path.with_name(path.name + SUFFIX)
    try:
        return _text(beside)
    except FileNotFoundError:
        raise SignatureError(f"{path.name} is not signed: there is no {beside.name} beside it") from None
    except (OSError, ValueError) as error:
        raise SignatureError(f"{beside}: {getattr(error, 'strerror', None) or error}") from None


def proven(digest: bytes, text: str, keys: Keys, what: str) -> Signature:
    """A signature that a trusted key has made of this digest; raises SignatureError, naming `what`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        signature = minisign.read_signature(text)
    except ValueError as error:
        raise SignatureError(f"{what}: {error}") from None
    fitting = [key for key in keys.keys if key.id == signature.id]
    if not fitting:
        raise SignatureError(
            f"{what} was signed with the key {signature.key_name}, which this station does not trust "
            f"(it trusts {keys.names})"
        )
    for key in fitting:
        with suppress(InvalidSignature, ValueError):
            public = Ed25519PublicKey.from_public_bytes(key.key)
            public.verify(signature.of_file, digest)
            public.verify(signature.of_words, signature.signed_words)
            return signature
    raise SignatureError(f"{what} is not what was signed with the key {signature.key_name}: it was changed or damaged")


def digest_of(path: Path) -> bytes:
    """BLAKE2b-512 of a file of any size; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=64)).digest()


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_BIGGEST + 1)
    if len(data) > _BIGGEST:
        raise ValueError("this is too long to be a key or a signature")
    return data.decode("utf-8", "strict")


def places_of(data: Path | None, root: Path | None) -> Sequence[Path]:
    """Where a station's trusted keys are looked for: its installation first."""
    return [place for place in (root, data) if place is not None]
