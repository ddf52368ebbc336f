"""Programs of ours that a command starts: the engine and the simulator, in processes of their own."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from hmi.clock import MachineClock
from hmi.core.errors import HmiError
from hmi.installed import program


class Child:
    """One program of ours, with its log in a file; it says `ready …` on its first line when it is."""

    def __init__(self, name: str, command: list[str], log: Path, extra: Mapping[str, str] | None = None) -> None:
        """`extra`: what it finds in its environment beside ours."""
        self.name = name
        self.log = log
        self._clock = MachineClock()
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = None if extra is None else {**os.environ, **extra}
        pipe, none = subprocess.PIPE, subprocess.DEVNULL
        with log.open("ab") as file:  # our own program, arguments as a list
            self.process = subprocess.Popen(
                command, stdout=pipe, stderr=file, stdin=none, start_new_session=True, env=ours
            )

    def ready(self, seconds: float) -> str:
        """Wait for its `ready` line; raises HmiError with the last line of its log when it does not come."""
        out = self.process.stdout
        if out is None:
            raise HmiError(f"The {self.name} has no output to wait for")
        until = self._clock.monotonic() + seconds
        said = b""
        while not said.endswith(b"\n"):
            left = until - self._clock.monotonic()
            readable, _, _ = select.select([out], [], [], max(0.0, left))
            byte = os.read(out.fileno(), 1) if readable else b""
            if not byte:
                self.stop()
                raise HmiError(f"The {self.name} did not start: {self._last_words()}")
            said += byte
        return said.decode(errors="replace").strip()

    def stop(self, seconds: float = 10.0) -> None:
        """Ask it to end, and end it if it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with {self.process.returncode} and said nothing"


def free_ports(count: int) -> int:
    """The first of so many neighbouring TCP ports that are free on this machine.

    Each process begins to look elsewhere, so that two that start together do not find the same ones; and below the
    range from which systems give ports to outgoing connections, which may take one before its server is up.
    """
    blocks = range(500)
    for block in blocks:
        base = 20_400 + 20 * ((os.getpid() + block) % len(blocks))
        taken = []
        try:
            for number in range(count):
                taken.append(socket.create_server(("127.0.0.1", base + number)))  # noqa: PERF401 - all are closed below
        except OSError:
            continue
        finally:
            for one in taken:
                one.close()
        return base
    raise HmiError("There are no free TCP ports on this machine between 20400 and 30400")


def hmi_command(*arguments: str) -> list[str]:
    """A command line that runs this same program, from source or packaged."""
    return [*program(), *arguments]
