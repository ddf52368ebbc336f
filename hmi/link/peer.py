"""Who is at the other end of a Unix socket, as the operating system knows him and not as he calls himself."""

from __future__ import annotations

import os
import socket
import struct
from typing import Final

_CREDENTIALS: Final = struct.Struct("iII")  # process, user, group: struct ucred of Linux


def other_user(sock: socket.socket) -> str:
    """The account that has connected; "" where it is our own, or where the operating system does not tell.

    Who works as the engine's own account could do anything that the engine can: he may call himself as he likes.
    """
    asked = getattr(socket, "SO_PEERCRED", None)
    if asked is None or sock.family != getattr(socket, "AF_UNIX", None):
        return ""
    try:
        _, user, _ = _CREDENTIALS.unpack(sock.getsockopt(socket.SOL_SOCKET, asked, _CREDENTIALS.size))
    except (OSError, struct.error):
        return ""
    return "" if user == os.geteuid() else _name(user)


def _name(user: int) -> str:
    import pwd  # only Unix has one

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
