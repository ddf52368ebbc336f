"""Which network sockets a process waits on for others, as Linux counts them."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from hmi.selftest.checks import NotChecked

_LISTENING: Final = {"tcp": "0A", "udp": "07"}  # the states of /proc/net: listening; a datagram socket without a peer
_PROC: Final = Path("/proc")


class Socket(NamedTuple):
    """A socket on which others may speak to a process."""

    protocol: str  # tcp | udp
    host: str
    port: int

    @property
    def is_inside(self) -> bool:
        """Whether only this machine itself reaches it."""
        return ipaddress.ip_address(self.host).is_loopback

    def __str__(self) -> str:
        return f"{self.protocol} {self.host}:{self.port}"


def listening(pid: int) -> list[Socket]:
    """The sockets that a process listens on; raises NotChecked where this cannot be seen."""
    if not sys.platform.startswith("linux"):
        raise NotChecked("what listens is looked up on Linux only: see netstat -ano for the engine's process")
    inodes = _inodes(pid)
    return [one for protocol in _LISTENING for one in _of(pid, protocol, inodes)]


def _inodes(pid: int) -> set[str]:
    found = set()
    try:
        for link in (_PROC / str(pid) / "fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                target = str(link.readlink())
                if target.startswith("socket:["):
                    found.add(target[len("socket:[") : -1])
    except PermissionError:
        raise NotChecked(f"process {pid} belongs to another user: run this as that user, or with sudo") from None
    except FileNotFoundError:
        raise NotChecked(f"there is no process {pid} any more: start the engine and look again") from None
    return found


def _of(pid: int, protocol: str, inodes: set[str]) -> Iterator[Socket]:
    for family in ("", "6"):
        with suppress(FileNotFoundError):  # a kernel without IPv6
            lines = (_PROC / str(pid) / "net" / f"{protocol}{family}").read_text("ascii").splitlines()[1:]
            for words in (line.split() for line in lines):
                if words[3] == _LISTENING[protocol] and words[9] in inodes:
                    host, port = words[1].split(":")
                    yield Socket(protocol, _host(host), int(port, 16))


def _host(text: str) -> str:
    """An address as the kernel prints it: words of 32 bits, each in the order of this machine."""
    words = [int(text[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))
