"""Servers of other makers in processes of their own: asked what they hold, killed, frozen; and a wire that breaks."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.drivers import nursery
from tests.drivers.devices import free_port
from tests.drivers.nursery import Born

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("HMI_INTEROP_CACHE") or Path.home() / ".cache" / "hmi-interop")
NODE = CACHE / "node" / "node_modules"
LIBMODBUS = CACHE / "libmodbus"
HAS_NODE_OPCUA = (CACHE / "node" / "version").exists()


def is_built(program: Path, source: Path) -> bool:
    """Whether a program is there and made of its source as it is now."""
    return program.exists() and program.stat().st_mtime >= source.stat().st_mtime


HAS_LIBMODBUS = is_built(LIBMODBUS / "server", HERE / "libmodbus_server.c") and (LIBMODBUS / "hostile").exists()


class Peer:
    """A server in a process of its own; its port stays the same over its restarts."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: Born | subprocess.Popen[str] | None = None

    def _command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it listens."""
        env = dict(os.environ, NODE_PATH=str(NODE), PORT=str(self.port))
        self._process = nursery.start(self._command(), with_input=True, silent=True, env=env)
        assert "ready" in self.line(), "the server ended instead of listening"

    @property
    def process(self) -> Born | subprocess.Popen[str]:
        """The running server."""
        assert self._process is not None
        return self._process

    def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def tell(self, line: str) -> str:
        """Its answer to a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.line()

    def freeze(self) -> None:
        """Stop its execution: its sockets stay open and answer nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it run on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None


class NodeOpcua(Peer):
    """node-opcua with the address space of nodeopcua_server.js; `options` are that file's own."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__()
        self.address = f"opc.tcp://127.0.0.1:{self.port}"
        self.counts_file, self.writes_file = folder / f"counts{self.port}", folder / f"writes{self.port}"
        self.options: dict[str, Any] = {
            "pki": str(CACHE / "pki"),
            "counts": str(self.counts_file),
            "writes": str(self.writes_file),
            **options,
        }

    def _command(self) -> list[str]:
        return ["node", str(HERE / "nodeopcua_server.js"), str(self.port), json.dumps(self.options)]

    def ask(self, do: str, **words: Any) -> Any:
        """Its answer to one of its commands."""
        answer = json.loads(self.tell(json.dumps({"do": do, **words})))
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer

    def counts(self) -> dict[int, int]:
        """Every value that its counter ever had -> the source time, ns."""
        lines = [line.split() for line in self.counts_file.read_text().splitlines()]
        return {int(count): int(stamp) * 1_000_000 for count, stamp in lines}

    def writes(self) -> list[str]:
        """Every write of a client that reached it."""
        return self.writes_file.read_text().splitlines() if self.writes_file.exists() else []


class LibModbus(Peer):
    """The device of libmodbus_server.c."""

    def __init__(self) -> None:
        super().__init__()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.writes: list[str] = []  # "FUNCTION ADDRESS COUNT FIRST" of each write that reached it

    def _command(self) -> list[str]:
        return [str(LIBMODBUS / "server"), str(self.port)]

    def tell(self, line: str) -> str:
        """Its answer to a command; the writes it printed before are kept in `writes`."""
        answer = super().tell(line)
        while answer.startswith("write "):
            self.writes.append(answer.removeprefix("write ").strip())
            answer = self.line()
        return answer

    def holding(self) -> list[int]:
        """All its holding registers."""
        return [int(word) for word in self.tell("dump").split()]


class HostileModbus(Peer):
    """The misbehaving server of libmodbus' own tests; it serves one connection and ends, so it is started again."""

    def __init__(self) -> None:
        super().__init__()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.served = 0

    async def serve(self) -> None:
        """Serve one connection after another until cancelled."""
        env = dict(os.environ, PORT=str(self.port))
        command, nothing = [str(LIBMODBUS / "hostile"), "tcp"], subprocess.DEVNULL
        while True:
            server = subprocess.Popen(command, env=env, stdout=nothing, stderr=nothing)  # noqa: ASYNC220 - at once
            try:
                while server.poll() is None:
                    await asyncio.sleep(0.02)
            finally:
                server.kill()
                server.wait()
            self.served += 1


class Relay:
    """A wire between our driver and a server, which can break and lose what the server says."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self.deaf = False  # whether what the server says is lost
        self.joined = 0
        self._to = port
        self._wires: set[asyncio.StreamWriter] = set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.joined += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.close()
            return
        self._wires |= {writer, far_writer}
        with suppress(OSError):
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, far_writer, False))
                group.create_task(self._carry(far_reader, writer, True))
        self._wires -= {writer, far_writer}
        writer.transport.abort()
        far_writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may_lose: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not (may_lose and self.deaf):
                    writer.write(data)
                    await writer.drain()
        writer.close()

    def cut(self) -> None:
        """Break every connection at once, without a goodbye to either side."""
        for writer in list(self._wires):
            writer.transport.abort()

    @asynccontextmanager
    async def running(self):
        """The wire, as long as the block."""
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            while self._wires:
                await asyncio.sleep(0.01)
