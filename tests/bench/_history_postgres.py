"""Peer: PostgreSQL on this machine, binary COPY into a table with a B-tree; a cluster of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench._history_contender import LOOK_BACK_NS, Buckets, Digest, Grid, Hours, Raw, bits, hours_of
from tests.bench._history_workload import Workload

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_WIDTHS = {"tag": ">i4", "time": ">i8", "value": ">f8", "quality": ">i4"}
_TREND = (
    "SELECT tag, (time - {start}) / {width} AS k, count(*), min(value), max(value) "
    "FROM sample WHERE tag = ANY({tags}) AND time >= {start} AND time < {stop} AND quality >= 0 GROUP BY tag, k"
)
_AT = (
    "SELECT wanted.tag, found.time, found.value FROM unnest({tags}::int[]) AS wanted(tag) CROSS JOIN LATERAL "
    "(SELECT time, value FROM sample WHERE sample.tag = wanted.tag AND time <= {when} ORDER BY time DESC LIMIT 1) found"
)
_RAW = "SELECT time, value, quality FROM sample WHERE tag = {tag} AND time >= {start} AND time < {stop} ORDER BY time"
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "maintenance_work_mem": "512MB",
    "work_mem": "128MB",
    "max_wal_size": "4GB",
    "fsync": "on",
    "synchronous_commit": "on",
}


def server_folder() -> Path | None:
    """Where the server's programs are; None when there are none."""
    found = shutil.which("initdb")
    if found is not None and Path(found).resolve().with_name("postgres").exists():
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return places[-1].parent if places else None


class Postgres:
    """One table in a cluster that listens on a local socket alone."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, workload: Workload) -> None:
        import psycopg

        programs = server_folder()
        assert programs is not None
        self._data = folder / "data"
        folder.mkdir()
        self._user = _unprivileged(folder)
        self._run(programs / "initdb", "-D", self._data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale")
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [programs / "postgres", "-D", self._data, "-k", folder, *options],
                stdout=log,
                stderr=log,
                user=self._user,
            )
        try:
            self._db = _connected(folder, self._server)
        except BaseException:
            self._server.kill()
            self._server.wait()
            raise
        self._psycopg = psycopg
        self._db.execute(
            "CREATE TABLE sample(tag int4 NOT NULL, time int8 NOT NULL, value float8, quality int4 NOT NULL)"
        )
        self._indexed = False

    def append(self, rows: NDArray[Any]) -> None:
        """One binary COPY, encoded with numpy, in a transaction of its own."""
        self._index()
        self._copy(rows)

    def load(self, rows: NDArray[Any]) -> None:
        """The same; the index is built afterwards."""
        self._copy(rows)

    def settle(self) -> None:
        """Index, statistics, checkpoint."""
        self._index()
        self._db.execute("VACUUM ANALYZE sample")
        self._db.execute("CHECKPOINT")

    def size(self) -> int:
        """Table and index; the write-ahead log is not counted."""
        found = self._db.execute("SELECT pg_total_relation_size('sample')").fetchone()
        assert found is not None
        return int(found[0])

    def pids(self) -> Sequence[int]:
        """The server and its children."""
        task = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children")
        children = task.read_text("ascii").split() if task.exists() else []
        return [self._server.pid, *map(int, children)]

    def digest(self) -> Digest:
        """By one query."""
        query = "SELECT count(*), min(value), max(value), count(*) FILTER (WHERE quality < 0) FROM sample"
        found = self._db.execute(query).fetchone()
        assert found is not None
        return Digest(*found)

    def forget(self) -> None:
        """Keeps pages, no answers."""

    def raw(self, tag: int, from_ns: int, to_ns: int) -> Raw:
        """By binary COPY straight into numpy columns, far faster than rows as Python objects."""
        found = self._columns(_RAW, ("time", "value", "quality"), tag=tag, start=from_ns, stop=to_ns)
        kinds = {"time": "i8", "value": "f8", "quality": "i4"}
        return Raw(*(np.ascontiguousarray(found[name], kind) for name, kind in kinds.items()))

    def trend(self, tags: Sequence[int], grid: Grid) -> tuple[Grid, list[Buckets]]:
        """All pens in one query."""
        names = {"start": grid.from_ns, "stop": grid.to_ns, "width": grid.width_ns}
        found = np.array(self._rows(_TREND, tags=list(tags), **names), np.float64)
        pens = [found[found[:, 0] == tag] for tag in tags]
        pens = [pen[np.argsort(pen[:, 1])] for pen in pens]
        return grid, [
            Buckets(grid.start_of(pen[:, 1].astype(np.int64)), pen[:, 2].astype(np.int64), pen[:, 3], pen[:, 4])
            for pen in pens
        ]

    def hourly(self, tag: int, from_ns: int, to_ns: int) -> Hours:
        """Fetched and worked out with numpy, which is faster than its SQL."""
        return hours_of(self.raw(tag, from_ns - LOOK_BACK_NS, to_ns), from_ns, to_ns)

    def at(self, tags: Sequence[int], when_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """One look-up a tag, all in one query."""
        found = {tag: (time, value) for tag, time, value in self._rows(_AT, tags=list(tags), when=when_ns)}
        time, value = zip(*(found[tag] for tag in tags), strict=True)
        return np.array(time, np.int64), np.array(value, np.float64)

    def close(self) -> None:
        """Stop the server."""
        self._db.close()
        self._server.terminate()
        self._server.wait(60)

    def _copy(self, rows: NDArray[Any]) -> None:
        with self._db.cursor() as cursor, cursor.copy("COPY sample FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(_HEAD)
            copy.write(_encoded(rows))
            copy.write(_END)

    def _index(self) -> None:
        if not self._indexed:
            self._db.execute("CREATE INDEX sample_tag_time ON sample(tag, time)")
            self._indexed = True

    def _rows(self, query: str, **names: Any) -> list[tuple[Any, ...]]:
        return list(self._db.execute(self._filled(query, names)).fetchall())

    def _columns(self, query: str, columns: Sequence[str], **names: Any) -> NDArray[Any]:
        copy_out = self._psycopg.sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(self._filled(query, names))
        with self._db.cursor() as cursor, cursor.copy(copy_out) as copy:
            body = b"".join(bytes(part) for part in copy)
        return np.frombuffer(body[len(_HEAD) : -len(_END)], _layout(columns))

    def _filled(self, query: str, names: dict[str, Any]) -> Any:
        sql = self._psycopg.sql
        return sql.SQL(query).format(**{name: sql.Literal(value) for name, value in names.items()})

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(command, capture_output=True, text=True, user=self._user, check=False, cwd="/")
        if done.returncode:
            raise RuntimeError(f"PostgreSQL: {done.stderr.strip()}")


def _connected(folder: Path, server: subprocess.Popen[bytes]) -> Any:
    """Try until the server answers."""
    import time

    import psycopg

    deadline = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(host=str(folder), user="bench", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _unprivileged(folder: Path) -> int | None:
    """Who the server runs as: it refuses to be root, so then another user is given the folder."""
    if os.geteuid():
        return None
    import pwd

    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    user = names.get("postgres", names.get("nobody"))
    assert user is not None
    os.chown(folder, user, -1)
    for above in folder.parents:  # a temporary folder is its owner's alone
        if above.stat().st_uid == 0 and above.stat().st_mode & 0o011 != 0o011 and "bench" in above.name:
            above.chmod(0o711)
    return user


def _encoded(rows: NDArray[Any]) -> bytes:
    found = np.zeros(len(rows), _layout(tuple(_WIDTHS)))
    found["fields"] = len(_WIDTHS)
    for name, kind in _WIDTHS.items():
        found[f"{name} bytes"] = np.dtype(kind).itemsize
        found[name] = bits(rows["quality"]) if name == "quality" else rows[name]
    return found.tobytes()


def _layout(columns: Sequence[str]) -> np.dtype[Any]:
    fields = [part for name in columns for part in ((f"{name} bytes", ">i4"), (name, _WIDTHS[name]))]
    return np.dtype([("fields", ">i2"), *fields])
