"""Starts the servers of the tests: as forks of one process that has read their libraries in, where that can be done."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

SCRIPT = Path(__file__).with_name("nursery_process.py")
CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")


class Born:
    """A server that was forked: what `subprocess.Popen` tells of a process and does to it, as far as tests need it."""

    def __init__(self, pid: int, stdin: TextIO | None, stdout: TextIO) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        try:
            self._handle = os.pidfd_open(pid)  # another process may get its number, never its handle
        except ProcessLookupError:
            self._handle = -1

    def poll(self) -> int | None:
        """None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        if self._handle != -1:
            ended = select.poll()
            ended.register(self._handle, select.POLLIN)
            if not ended.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired(f"server {self.pid}", timeout or 0.0)
            os.close(self._handle)
            self._handle = -1
        return 0

    def send_signal(self, number: int) -> None:
        """As `kill -NUMBER` does; nothing when it has ended."""
        if self._handle != -1:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def communicate(self) -> None:
        """Wait for its end, and let go of its pipes."""
        self.wait()
        for pipe in (self.stdin, self.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


class Nursery:
    """The process that forks them; it is started with the first server, and ends with this one."""

    def __init__(self) -> None:
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            command = [sys.executable, str(SCRIPT), str(far.fileno())]
            self._process = subprocess.Popen(
                command,
                pass_fds=[far.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt is for us: it ends when we do
            )
        atexit.register(self.close)

    def bear(self, words: Sequence[str], with_input: bool, errors: int) -> Born:
        """Fork a server; `words`: its script, and what it is told."""
        read_said, said = os.pipe()
        told, write_told = os.pipe() if with_input else (os.open(os.devnull, os.O_RDONLY), -1)
        try:
            socket.send_fds(self._control, [json.dumps(list(words)).encode()], [told, said, errors])
            pid = int(self._control.recv(100))
        finally:
            os.close(told)
            os.close(said)
        stdin = os.fdopen(write_told, "w", encoding="utf-8") if with_input else None
        return Born(pid, stdin, os.fdopen(read_said, encoding="utf-8"))

    def close(self) -> None:
        """End it, and what it has forked with it."""
        self._control.close()
        self._process.wait()


_nursery: list[Nursery] = []


def start(
    command: Sequence[str], with_input: bool = False, silent: bool = False, env: Mapping[str, str] | None = None
) -> Born | subprocess.Popen[str]:
    """Start a server of the tests: a script of ours as a fork, everything else as what it is and in its environment.

    `with_input`: it is told things on its standard input; `silent`: nobody wants to know what it complains of.
    """
    if CAN_FORK and command[0] == sys.executable and Path(command[1]).parent.name == "servers":
        if not _nursery:
            _nursery.append(Nursery())
        with Path(os.devnull).open("wb") as nowhere:
            return _nursery[0].bear(command[1:], with_input, nowhere.fileno() if silent else 2)
    stdin = subprocess.PIPE if with_input else subprocess.DEVNULL
    stderr = subprocess.DEVNULL if silent else None
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, text=True, env=env)
