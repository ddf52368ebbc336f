"""Passwords for servers: from the environment, the operating system's key store or a file; never a plant file."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Final

from hmi.core.plant.security import variable
from hmi.drivers.keystore import SecretError, Secrets, begun, is_private
from hmi.drivers.supervise import Refused

LONGEST: Final = 128  # bytes: what fits into one block of RSA beside the server's nonce
MISSING_RETRY_S: Final = 5.0
KEY_STORE_S: Final = 20.0  # a person may have to unlock it first


def password_of(secret: str, user: str, folder: Path | None) -> str:
    """The password of a user, kept as this secret; raises Refused, so that it is asked for again, if there is none."""
    name = variable(secret)
    if (given := os.environ.get(name)) is not None:
        return _checked(given, name)
    if folder is None:
        raise Refused(f"there is no password for the user {user!r}: set {name}", MISSING_RETRY_S)
    if (kept := Secrets(folder)).is_stored(secret):
        try:
            return _checked(kept.stored(secret), "the key store")
        except SecretError as error:
            raise Refused(f"there is no password for the user {user!r}: {error}", MISSING_RETRY_S) from None
    path = folder / "secrets" / secret
    try:
        private = is_private(path)
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        what = f"there is no password for the user {user!r}: hmi secret set {secret}"
        raise Refused(f"{what} --data {folder}, or set {name}", MISSING_RETRY_S) from None
    except (OSError, ValueError) as error:
        raise Refused(f"the password in {path} cannot be read ({error}): mend the file", MISSING_RETRY_S) from None
    if not private:
        raise Refused(f"others can read the password in {path}: chmod 600, and better change it", MISSING_RETRY_S)
    return _checked(text.removesuffix("\n").removesuffix("\r"), str(path))


async def password_soon(secret: str, user: str, folder: Path | None) -> str:
    """The same on an event loop, which goes on while a key store waits for a person."""
    if folder is None or not Secrets(folder).is_stored(secret):
        return password_of(secret, user, folder)
    try:
        async with asyncio.timeout(KEY_STORE_S):
            return str(await asyncio.wrap_future(begun(password_of, secret, user, folder)))
    except TimeoutError:
        text = f"the key store does not answer, so there is no password for the user {user!r}: unlock it"
        raise Refused(text, MISSING_RETRY_S) from None


def _checked(password: str, where: str) -> str:
    if not password or len(password.encode()) > LONGEST:
        raise Refused(f"the password in {where} is empty, or longer than {LONGEST} bytes: mend it", MISSING_RETRY_S)
    return password
