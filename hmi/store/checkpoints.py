"""Signed marks in the journal: whoever changes a record and the chain after it cannot make the marks fit again.

The key is the data folder's own and never leaves it. It does not protect from whoever may read it: from the system's
administrator only a copy of the public key and of the newest mark, kept elsewhere, does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hmi.core.errors import StoreError
from hmi.core.journal import Record

EVENT: Final = "checkpoint"
SUBJECT: Final = "journal"
_KEY, _PUBLIC = "journal.key", "journal.pub"  # in pki/
_TEXT: Final = re.compile(r"records up to (\d+), hash ([0-9a-f]{64})")


def key_of(folder: Path) -> Ed25519PrivateKey:
    """The key that marks are signed with, made once; raises StoreError in words."""
    path = folder / "pki" / _KEY
    try:
        if not path.exists():
            _make(path)
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be used ({error}): the journal goes on without signed marks") from None


def public_of(folder: Path) -> Ed25519PublicKey | None:
    """What marks are checked with; None where no mark was ever signed."""
    path = folder / "pki" / _PUBLIC
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text("ascii")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be used ({error}): the signed marks cannot be checked") from None


def mark(key: Ed25519PrivateKey, number: int, chain: bytes, time_ns: int, config: str) -> Record:
    """A record that vouches for all records up to this number, whose link in the chain is given."""
    text = f"records up to {number}, hash {chain.hex()}"
    return Record(
        time_ns=time_ns,
        category="system",
        event=EVENT,
        subject=SUBJECT,
        value=key.sign(text.encode()).hex(),
        way="engine",
        result=text,
        config=config,
    )


def is_mark(record: Record) -> bool:
    """Whether a record claims to vouch for those before it."""
    return record.category == "system" and record.event == EVENT and record.subject == SUBJECT


def complaint(record: Record, chains: Mapping[int, bytes], public: Ed25519PublicKey | None) -> str:
    """What is wrong with a mark, beside the chain as it is now; "" nothing."""
    match = _TEXT.fullmatch(record.result)
    if match is None or not isinstance(record.value, str):
        return "is no mark that this program made"
    if public is None:
        return "cannot be checked: pki/journal.pub is missing"
    try:
        public.verify(bytes.fromhex(record.value), record.result.encode())
    except (InvalidSignature, ValueError):
        return "was not signed by this station"
    known = chains.get(int(match[1]))
    if known is not None and known.hex() != match[2]:
        return f"was signed over other records than those up to {match[1]} that are here now"
    return ""


def _make(path: Path) -> None:
    """The public part first: a key without it would sign marks that nobody can check."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    path.with_name(_PUBLIC).write_text(public.hex(), "ascii")
    draft = path.with_name(f"{_KEY}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex().encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
