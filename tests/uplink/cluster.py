"""A PostgreSQL of the tests' own, on loopback: started, killed, stopped and started again as they like."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg

from tests.drivers.devices import free_port

DEADLINE_S = 60.0


def programs() -> Path | None:
    """Where the server's programs are; None where it is not installed."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb")
    return places[-1].parent if places else Path(found).resolve().parent if found else None


class Cluster:
    """One server with its own data, as a user who is not root."""

    def __init__(self, folder: Path | None = None, *options: str, of: Cluster | None = None) -> None:
        """`options` as the server's command line has them (`ssl=on`); `of`: it follows that one, as its standby."""
        self.folder = folder or Path(tempfile.mkdtemp(prefix="hmi-pg-"))
        self.port = free_port()
        self.options = list(options)
        self._user = _unprivileged(self.folder)
        self._server: subprocess.Popen[bytes] | None = None
        found = programs()
        assert found is not None
        self._programs = found
        if of is None:
            self._run("cp", "-a", str(_fresh(self._programs, self._user)), str(self.data))
        else:
            self._run(
                str(self._programs / "pg_basebackup"), "-D", str(self.data), "-d", of.url(), "-R", "-c", "fast", "-N"
            )
        self.start()

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def url(self, user: str = "owner", database: str = "postgres") -> str:
        """How to reach it."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            self._programs / "postgres",
            "-D",
            self.data,
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-k",
            self.folder,
            *(word for option in self.options for word in ("-c", option)),
        ]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, user=self._user)
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert self._server.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut of its computer would end it, but for the disk."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """In good order, without waiting for clients."""
        self._end(signal.SIGINT)

    def stop_at_once(self) -> None:
        """Without putting anything in order: the next start recovers."""
        self._end(signal.SIGQUIT)

    def promote(self) -> None:
        """From now on it takes writes, and follows nobody."""
        self.ask("SELECT pg_promote(true, 60)")

    def admit(self, *lines: str) -> None:
        """Who may come in from now on, as pg_hba.conf has it; the owner always."""
        rules = ("local all all trust", "host all,replication owner 127.0.0.1/32 trust", *lines)
        (self.data / "pg_hba.conf").write_text("\n".join(rules) + "\n")
        self.ask("SELECT pg_reload_conf()")

    def own(self, path: Path) -> Path:
        """Make a file or folder the server's."""
        if self._user is not None:
            os.chown(path, self._user, -1)
        return path

    def remove(self) -> None:
        """It and all it had."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """What it answers to its owner."""
        with psycopg.connect(self.url(), autocommit=True) as db:
            cursor = db.execute(query, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def _end(self, how: signal.Signals) -> None:
        if self._server is None:
            return
        if how is signal.SIGKILL:  # its children would go on, and hold its memory
            for child in _children(self._server.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        self._server.send_signal(how)
        self._server.wait(DEADLINE_S)
        self._server = None

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([program, *words], user=self._user, check=True, capture_output=True)


@cache
def _fresh(programs: Path, user: int | None) -> Path:
    """The data folder of a server that has never run; to make one takes ten times as long as to copy it."""
    folder = Path(tempfile.mkdtemp(prefix="hmi-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if user is not None:
        os.chown(folder, user, -1)
    words = ("-U", "owner", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", "--wal-segsize=1")
    command = [programs / "initdb", "-D", folder / "data", *words]
    subprocess.run(command, user=user, check=True, capture_output=True)
    return folder / "data"


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in path.read_text("ascii").split()] if path.exists() else []


def _unprivileged(folder: Path) -> int | None:
    """Who runs it: the server refuses to be root."""
    if os.geteuid():
        return None
    users = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    user = users.get("postgres", users["nobody"])
    os.chown(folder, user, -1)
    folder.chmod(0o711)
    return user
