"""A backlog on its way into a plant server: blocks with their minutes as rows, and beside it INSERT row by row.

A real PostgreSQL on the same two cores, loopback. `Forward` sends as in the engine, without its pauses: what it takes
is what it costs. Skipped, and said so, where PostgreSQL is not installed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from hmi.clock import MachineClock
from hmi.engine import forward
from hmi.engine.forward import Forward
from hmi.uplink import schema
from tests.bench._figures import figure
from tests.bench._history_ours import Ours
from tests.bench._history_workload import START_NS, Workload
from tests.uplink.cluster import Cluster, programs

TAGS: Final = 2000
_ROWS: Final = 20_000  # that are sent one by one, for comparison
_SIZE: Final = (
    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'hmi' AND c.relkind = 'r'"
)
_HOUR_NS: Final = 3_600_000_000_000


def measure() -> list[dict[str, Any]]:
    """A day of 2,000 tags."""
    return _measured(24)


def measure_quick() -> list[dict[str, Any]]:
    """An hour of them, in proportion."""
    return _measured(1)


def _measured(hours: int) -> list[dict[str, Any]]:
    if programs() is None:
        return [figure("PostgreSQL is not installed: nothing was measured", 1, "", 0)]
    folder = Path(tempfile.mkdtemp(prefix="hmi-bench-uplink-"))
    try:
        samples = _recorded(folder, hours)
        with _server() as server:
            drain_s, blocks = _drained(folder, server)
            insert_ns = _inserted(server)
            size = server.ask(_SIZE)[0][0]
            minutes = server.ask("SELECT count(*) FROM hmi.minute")[0][0]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    a_day_s = drain_s * 24 / hours
    ours_ns = drain_s * 1e9 / samples
    return [
        figure(f"{hours} h of {TAGS} tags at 1 Hz drained, for a day", a_day_s, "s", 60.0,
               {"seconds taken": drain_s, "M samples": samples / 1e6, "blocks": blocks, "M minutes": minutes / 1e6}),
        figure("samples a second", samples / drain_s, "samples/s", 300_000, least=True),
        figure("INSERT row by row, each committed / ours, a sample", insert_ns / ours_ns, "x", 100, least=True,
               beside={"INSERT ns": insert_ns, "ours ns": ours_ns}),
        figure("on the server", float(size) / samples, "bytes/sample", 5.0),
    ]  # fmt: skip


def _recorded(folder: Path, hours: int) -> int:
    workload = Workload(TAGS)
    ours = Ours(folder, workload)
    samples = 0
    for hour in range(hours):
        rows = workload.stretch(START_NS + hour * _HOUR_NS, 3600).rows()
        ours.load(rows)
        samples += len(rows)
    ours.settle()
    ours.close()
    return samples


@contextmanager
def _server() -> Iterator[Cluster]:
    server = Cluster()
    try:
        with psycopg.connect(server.url(), autocommit=True) as db:
            schema.migrate(db)
        yield server
    finally:
        server.remove()


def _drained(folder: Path, server: Cluster) -> tuple[float, int]:
    """From the start until everything is there; the pauses for live values are left out."""
    busy, forward.BUSY = forward.BUSY, 1.0
    try:
        sending = Forward(folder, server.url(), "bench", "Bench", "1", MachineClock())
        begun = time.perf_counter()
        sending.start()
        while sending.told.state != "current":
            if sending.told.state == "refused":
                raise RuntimeError(sending.told.text)
            time.sleep(0.01)
        took = time.perf_counter() - begun
        sending.stop()
        return took, sending.told.sent_blocks
    finally:
        forward.BUSY = busy


def _inserted(server: Cluster) -> float:
    """What many do: a row a sample, each committed as it comes. In ns a sample."""
    with psycopg.connect(server.url(), autocommit=True) as db:
        db.execute("CREATE TABLE plain(tag int, at bigint, value float8, quality int, PRIMARY KEY(tag, at))")
        begun = time.perf_counter()
        for number in range(_ROWS // 10):
            db.execute("INSERT INTO plain VALUES (%s, %s, %s, %s)", (number % TAGS, number, number * 0.5, 0))
        return (time.perf_counter() - begun) * 1e9 / (_ROWS // 10)
