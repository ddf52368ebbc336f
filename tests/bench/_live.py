"""Clients of one load generator, each in a process of its own, sent the same notifications turn by turn."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType

from tests.bench._peers import CACHE, NODE, NODE_MODULES, ROOT
from tests.drivers.devices import free_port

PATIENCE_S = 90.0


class Child:
    """A process that is told things on standard input and answers on standard output."""

    def __init__(self, command: Sequence[str], env: dict[str, str] | None = None) -> None:
        pipe = subprocess.PIPE
        remarks = subprocess.DEVNULL if command[0] == NODE else None  # node-opcua is talkative
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=remarks, cwd=ROOT, env=env)
        self._said = b""

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.communicate()

    def line(self, begins: str) -> str:
        """Its next line, which must begin so and come within a minute or two."""
        assert self.process.stdout is not None
        out = self.process.stdout.fileno()
        until = time.monotonic() + PATIENCE_S
        while b"\n" not in self._said:
            readable, _, _ = select.select([out], [], [], max(0.0, until - time.monotonic()))
            part = os.read(out, 65536) if readable else b""
            assert part, f"{self.process.args} ended or hangs instead of saying {begins}"
            self._said += part
        line, _, self._said = self._said.partition(b"\n")
        text = line.decode()
        assert text.startswith(begins), f"{self.process.args} said {text!r} instead of {begins}"
        return text

    def tell(self, text: str) -> None:
        """Tell it something."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n".encode())
        self.process.stdin.flush()


class Stage:
    """The generator, and the clients by role; a context manager, which ends them all."""

    def __init__(self, items: int, roles: Sequence[str]) -> None:
        self.items = items
        self._stack = ExitStack()
        self._sent = dict.fromkeys(roles, 0)
        self._receivers: dict[str, Child] = {}
        port = str(free_port())
        self._generator = self._start([sys.executable, "-m", "tests.bench._replay", port, str(items)])
        for role in roles:  # all at once: most of their time to start is the reading in of libraries
            if role == "node-opcua":
                command = [NODE, str(ROOT / "tests/bench/_receive.js"), port, str(items)]
                self._receivers[role] = self._start(command, _node_env())
            else:
                command = [sys.executable, "-m", "tests.bench._receive", role, port, str(items)]
                self._receivers[role] = self._start(command)
        self._generator.line("ready")
        for number, receiver in enumerate(self._receivers.values()):  # one after the other: the generator numbers them
            receiver.tell("connect")
            self._generator.line(f"subscribed {number}")
            receiver.line("subscribed")

    def _start(self, command: Sequence[str], env: dict[str, str] | None = None) -> Child:
        return self._stack.enter_context(Child(command, env))

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def round(self, role: str, notifications: int, period_ms: float) -> dict[str, float]:
        """Send a client so many notifications of every item; what it says of them, and how late they were sent."""
        receiver = self._receivers[role]
        receiver.tell(f"begin {notifications} {self._sent[role]}")
        receiver.line("begun")
        self._generator.tell(f"go {list(self._receivers).index(role)} {notifications} {period_ms}")
        self._sent[role] += notifications
        late_s = float(self._generator.line("sent").split()[1])
        report: dict[str, float] = json.loads(receiver.line("{"))
        return report | {"sent_late_ms": late_s * 1000}


def _node_env() -> dict[str, str]:
    pki = str(CACHE / "pki-client")
    return dict(os.environ, NODE_PATH=str(NODE_MODULES), NODE_NO_WARNINGS="1", BENCH_PKI=pki)
