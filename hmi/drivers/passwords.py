"""Passwords for servers: from the environment or a file that only the engine's user can read, never a plant file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from hmi.core.plant.security import variable
from hmi.drivers.supervise import Refused

LONGEST: Final = 128  # bytes: what fits into one block of RSA beside the server's nonce
MISSING_RETRY_S: Final = 5.0


def password_of(connection: str, user: str, folder: Path | None) -> str:
    """The password of a connection's user; raises Refused, so that it is asked for again, where there is none."""
    name = variable(connection)
    if (given := os.environ.get(name)) is not None:
        return _checked(given, name)
    if folder is None:
        raise Refused(f"there is no password for the user {user!r}: set {name}", MISSING_RETRY_S)
    path = folder / "secrets" / connection
    try:
        readable_by_others = os.name == "posix" and path.stat().st_mode & 0o077
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        what = f"there is no password for the user {user!r}: write it into {path}, readable by nobody else (chmod 600)"
        raise Refused(f"{what}, or set {name}", MISSING_RETRY_S) from None
    except (OSError, ValueError) as error:
        raise Refused(f"the password in {path} cannot be read ({error}): mend the file", MISSING_RETRY_S) from None
    if readable_by_others:
        raise Refused(f"others can read the password in {path}: chmod 600, and better change it", MISSING_RETRY_S)
    return _checked(text.removesuffix("\n").removesuffix("\r"), str(path))


def _checked(password: str, where: str) -> str:
    if not password or len(password.encode()) > LONGEST:
        raise Refused(f"the password in {where} is empty, or longer than {LONGEST} bytes: mend it", MISSING_RETRY_S)
    return password
