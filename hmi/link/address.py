"""Where a running engine can be found: link.json in its data folder, readable by its own user only."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

import msgspec

from hmi.core.errors import LinkError
from hmi.link.messages import VERSION

FILE: Final = "link.json"
_GIVEN_TO_GROUP: Final = 0o2750


class Address(msgspec.Struct, frozen=True):
    """How to reach the engine that runs on a data folder now, and the token of this start."""

    address: str  # unix:/path | tcp:127.0.0.1:port
    token: str
    pid: int
    version: int = VERSION
    listen: str = ""  # tcp:127.0.0.1:port, tls:HOST:port for programs outside this user's files, when asked for
    started_ns: int = 0
    pin: str = ""  # fingerprint of the certificate behind tls:


def write(folder: Path, address: Address) -> None:
    """Publish the address, whole or not at all, for those only who may attach."""
    draft = folder / f"{FILE}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(address), indent=2))
    draft.chmod(rights(folder) & 0o640)  # whoever may attach reads where; to change it would lead others astray
    draft.replace(folder / FILE)


def read(folder: Path) -> Address:
    """The address of the engine of a data folder; raises LinkError in words when there is none."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Address)
    except (FileNotFoundError, NotADirectoryError):
        raise LinkError(not_running(folder)) from None
    except PermissionError:
        raise LinkError(
            f"{path} may not be read: the engine runs as another user. Run this as that user or with sudo, or, where "
            "the engine is a service, have an administrator add you to its group (usermod -aG hmi-PLANT USER)"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise LinkError(
            f"{path} cannot be used ({error}). Stop the engine if it runs, delete the file and start the engine again"
        ) from None


def rights(folder: Path) -> int:
    """Who may attach to the engine of a data folder, as rights of its link: its own user, and nobody else.

    Where the folder was given to a group on purpose (2750, as the installer of a station's service makes it), the
    operators in that group, too.
    """
    return 0o660 if stat.S_IMODE(folder.stat().st_mode) == _GIVEN_TO_GROUP else 0o600


def remove(folder: Path, token: str) -> None:
    """Take the address away, unless a later engine has already put its own there."""
    try:
        if read(folder).token == token:
            (folder / FILE).unlink(missing_ok=True)
    except LinkError:
        return


def not_running(folder: Path) -> str:
    """What to tell someone who looks for an engine where none runs."""
    return f"the engine is not running (data folder {folder}). Start it with hmi engine PLANT --data {folder}"


def is_loopback(host: str) -> bool:
    """Whether this is the machine itself: only there the link may go without TLS."""
    import ipaddress  # an engine is mostly reached by a socket of this machine

    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
