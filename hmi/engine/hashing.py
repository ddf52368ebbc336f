"""Passwords and PINs as argon2id hashes, badges as keyed ones; slow on purpose, so never on the engine's loop."""

from __future__ import annotations

import hashlib
import hmac
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


def hashed(secret: str) -> str:
    """A password or PIN as it is stored; takes about 50 ms and 64 MB on purpose."""
    return _hasher().hash(secret)


def is_secret(stored: str, secret: str) -> bool:
    """Whether this is the password or PIN; takes as long where there is none: nobody is to learn which names exist."""
    try:
        return _hasher().verify(stored or _nobody(), secret) and bool(stored)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False


def badge_of(key: str, code: str) -> str:
    """What is stored of a badge: it must be found without a name, so the same code gives the same, at one station."""
    return hmac.new(bytes.fromhex(key), code.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")
