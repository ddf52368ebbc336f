"""Keys and signatures as minisign writes them: short texts that a person can copy, compare and keep on paper.

Only their form is here: what proves that a signature is right is in `hmi.plantfiles.signing`. Signatures are of the
kind that every minisign since 0.6 makes, over the BLAKE2b-512 of a file, so that no file need fit into memory.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final, NamedTuple

PREHASHED: Final = b"ED"
_KEY: Final = b"Ed"
_LEGACY: Final = b"Ed"
_PLAIN: Final = b"\0\0"  # how the secret key is encrypted: not
_CHECKED: Final = b"B2"
_UNTRUSTED: Final = "untrusted comment: "
_TRUSTED: Final = "trusted comment: "
_LONGEST: Final = 4_000  # characters of any of these texts
_SECRET: Final = 158  # bytes of a secret key as it is written


class PublicKey(NamedTuple):
    """What proves who signed."""

    id: bytes  # 8
    key: bytes  # 32

    @property
    def name(self) -> str:
        """The key's number as minisign shows it: 16 hexadecimal digits."""
        return self.id[::-1].hex().upper()


class SecretKey(NamedTuple):
    """What signs; whoever has it is taken for the plant's engineer."""

    id: bytes  # 8
    seed: bytes  # 32
    public: bytes  # 32

    @property
    def public_key(self) -> PublicKey:
        """The part that everybody may have."""
        return PublicKey(self.id, self.public)


class Signature(NamedTuple):
    """A signature of a file, and of the words that go with it."""

    id: bytes  # of the key
    of_file: bytes  # 64
    words: str  # the trusted comment: signed as well
    of_words: bytes  # 64

    @property
    def key_name(self) -> str:
        """The number of the key that made it."""
        return PublicKey(self.id, b"").name

    @property
    def signed_words(self) -> bytes:
        """What `of_words` is a signature of."""
        return self.of_file + self.words.encode()


def read_public(text: str) -> PublicKey:
    """A public key, of its two lines or the second alone; raises ValueError in words."""
    lines = _lines(text)
    raw = _decoded(lines[-1] if lines else "", "public key")
    if len(raw) != 42 or raw[:2] != _KEY or len(lines) > 2:
        raise ValueError("this is no public key of minisign: two lines, the second of 56 characters")
    return PublicKey(raw[2:10], raw[10:])


def write_public(key: PublicKey) -> str:
    """The two lines that are given to stations."""
    return f"{_UNTRUSTED}minisign public key {key.name}\n{_encoded(_KEY + key.id + key.key)}\n"


def read_secret(text: str) -> SecretKey:
    """A secret key that no password protects; raises ValueError in words."""
    lines = _lines(text)
    raw = _decoded(lines[-1] if lines else "", "secret key")
    if len(raw) != _SECRET or raw[:2] != _KEY or raw[4:6] != _CHECKED:
        raise ValueError("this is no secret key of minisign")
    if raw[2:4] != _PLAIN:
        raise ValueError("this key has a password: sign with the program minisign itself")
    identity, seed, public, check = raw[54:62], raw[62:94], raw[94:126], raw[126:]
    if check not in (_check(identity, seed, public), bytes(32)):  # minisign -W writes none
        raise ValueError("this secret key is damaged: its check sum is wrong")
    return SecretKey(identity, seed, public)


def write_secret(key: SecretKey) -> str:
    """The two lines of a key file, as minisign -W makes them: no password protects it, so its file must."""
    body = key.id + key.seed + key.public + _check(*key)
    return f"{_UNTRUSTED}minisign secret key {key.public_key.name}\n" + _encoded(
        _KEY + _PLAIN + _CHECKED + bytes(48) + body
    )


def read_signature(text: str) -> Signature:
    """A signature's four lines; raises ValueError in words."""
    lines = _lines(text)
    if len(lines) != 4 or not lines[0].startswith(_UNTRUSTED) or not lines[2].startswith(_TRUSTED):
        raise ValueError("this is no signature of minisign: four lines, the third a trusted comment")
    raw, of_words = _decoded(lines[1], "signature"), _decoded(lines[3], "signature")
    if len(raw) != 74 or len(of_words) != 64:
        raise ValueError("this signature of minisign was cut short")
    if raw[:2] == _LEGACY:
        raise ValueError("this signature is of the old kind (minisign -l): sign again without -l")
    if raw[:2] != PREHASHED:
        raise ValueError("this signature is of a kind that is not known here")
    return Signature(raw[2:10], raw[10:], lines[2].removeprefix(_TRUSTED), of_words)


def write_signature(signature: Signature, key_name: str) -> str:
    """The four lines that stand beside a file as FILE.minisig."""
    body = _encoded(PREHASHED + signature.id + signature.of_file)
    return (
        f"{_UNTRUSTED}signature from minisign secret key {key_name}\n{body}\n"
        f"{_TRUSTED}{signature.words}\n{_encoded(signature.of_words)}\n"
    )


def digest(data: bytes) -> bytes:
    """What is signed in place of the bytes themselves."""
    return hashlib.blake2b(data, digest_size=64).digest()


def _check(identity: bytes, seed: bytes, public: bytes) -> bytes:
    return hashlib.blake2b(_KEY + identity + seed + public, digest_size=32).digest()


def _lines(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise ValueError("this is too long to be of minisign")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n").split("\n") if text else []


def _encoded(raw: bytes) -> str:
    return base64.standard_b64encode(raw).decode()


def _decoded(line: str, what: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"this is no {what} of minisign: a line of it is not base 64") from None
