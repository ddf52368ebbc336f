"""A backlog on its way into a plant server: as blocks with their summaries, as full rows, and beside it row by row.

A real PostgreSQL on the same two cores, loopback. `Forward` sends as in the engine, with its pauses for live values;
what it takes without them is beside. Skipped, and said so, where PostgreSQL is not installed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from hmi.clock import MachineClock
from hmi.core.outgoing import Place, Shipment
from hmi.core.plant.model import Server
from hmi.engine import forward
from hmi.engine.forward import Facts, Forward
from hmi.uplink import schema
from hmi.uplink.server import PlantServer
from tests.bench import _uplink_live
from tests.bench._figures import figure
from tests.bench._history_ours import Ours
from tests.bench._history_workload import START_NS, Workload
from tests.uplink.cluster import Cluster, programs
from tests.uplink.recorded import SERVER_BLOCKS, blocks_of

TAGS: Final = 2000
_INSERTS: Final = 2_000  # rows that are sent one by one, for comparison
_EXECUTED: Final = 50_000  # and in batches, as most programs do
_SIZE: Final = (
    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'hmi' AND c.relkind = 'r'"
)
_TWICE: Final = (
    "SELECT count(*) - count(DISTINCT (tag, ns, seq, nth)) FROM hmi.sample",
    "SELECT count(*) - count(DISTINCT (tag, at)) FROM hmi.minute",
)
_HOUR_NS: Final = 3_600_000_000_000
_ALL: Final = ("*",)


def measure() -> list[dict[str, Any]]:
    """A day of 2,000 tags; two hours of it as rows."""
    return _measured(24, 2, 20.0)


def measure_quick() -> list[dict[str, Any]]:
    """An hour of them, in proportion."""
    return _measured(1, 1, 6.0)


def _measured(hours: int, row_hours: int, live_s: float) -> list[dict[str, Any]]:
    if programs() is None:
        return [figure("PostgreSQL is not installed: nothing was measured", 1, "", 0)]
    place = Path(tempfile.mkdtemp(prefix="hmi-bench-uplink-"))
    try:
        samples = _recorded(place / "day", hours)
        row_samples = _recorded(place / "rows", row_hours) if row_hours != hours else samples
        rows = place / "rows" if row_hours != hours else place / "day"
        figures = _as_blocks(place / "day", samples, hours)
        figures += _as_rows(rows, row_samples)
        figures += _cut_off(rows)
        figures += _live(place, rows, live_s)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return figures


def _recorded(folder: Path, hours: int) -> int:
    """So many hours of the workload, sealed; gives its samples."""
    workload = Workload(TAGS)
    with closing(Ours(folder, workload)) as ours:
        samples = 0
        for hour in range(hours):
            rows = workload.stretch(START_NS + hour * _HOUR_NS, 3600).rows()
            ours.load(rows)
            samples += len(rows)
        ours.settle()
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


def _as_blocks(folder: Path, samples: int, hours: int) -> list[dict[str, Any]]:
    with _server() as server:
        took_s, told = _drained(folder, server)
        size = float(server.ask(_SIZE)[0][0])  # type: ignore[arg-type]
        with psycopg.connect(server.url()) as db:
            there = [tuple(row) for row in db.execute(SERVER_BLOCKS).fetchall()]
        wrong = len(set(there) ^ blocks_of(folder)) + len(there) - len(set(there)) + _twice(server)
        inserted_ns, executed_ns = _one_by_one(server), _executed(server)
    with _server() as server:
        bare_s, _ = _drained(folder, server, busy=1.0)
    ours_ns = took_s * 1e9 / samples
    beside = {"without pauses s": bare_s * 24 / hours, "M samples": samples / 1e6, "blocks": told.sent_blocks}
    return [
        figure(f"{hours} h of {TAGS} tags at 1 Hz as blocks and summaries, for a day", took_s * 24 / hours, "s", 60.0,
               beside),
        figure("blocks and minutes that are not the same on both sides", wrong, "", 0),
        figure("INSERT row by row, each committed / ours, a sample", inserted_ns / ours_ns, "x", 100, least=True,
               beside={"INSERT ns": inserted_ns, "executemany ns": executed_ns, "ours ns": ours_ns}),
        figure("on the server, as blocks and summaries", size / samples, "bytes/sample", 5.0),
    ]  # fmt: skip


def _as_rows(folder: Path, samples: int) -> list[dict[str, Any]]:
    with _server() as server:
        took_s, told = _drained(folder, server, rows=_ALL, busy=1.0)
        there = server.ask("SELECT count(*) FROM hmi.sample")[0][0]
        size = float(server.ask("SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('hmi.sample')")[0][0])  # type: ignore[arg-type]
        wrong = abs(int(str(there)) - samples) + _twice(server)
        _tidied(server)
        begun = time.perf_counter()
        found = server.ask("SELECT count(*) FROM hmi.history WHERE tag = 'area0.unit0.t7'")[0][0]
        one_tag_ms = (time.perf_counter() - begun) * 1e3
    return [
        figure("full rows, without pauses", told.sent_rows / took_s, "rows/s", 300_000,
               {"M rows": told.sent_rows / 1e6, "bytes/row": size / samples}, least=True),
        figure("rows that lack, or are there twice", wrong, "", 0),
        figure(f"one tag's {found} rows out of all", one_tag_ms, "ms", 100.0),
    ]  # fmt: skip


def _tidied(server: Cluster) -> None:
    """As autovacuum leaves it within a minute: the newest ranges are in the index, and how much there is is known."""
    months = server.ask("SELECT relid::regclass::text FROM pg_partition_tree('hmi.sample') WHERE isleaf")
    for name in [*(str(month) for (month,) in months), "hmi.tag", "hmi.station"]:
        server.ask(f"ANALYZE {name}")
    server.ask(
        "SELECT brin_summarize_new_values(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
        "WHERE c.relname LIKE 'sample_20%%'"
    )


def _cut_off(folder: Path) -> list[dict[str, Any]]:
    """The connection is cut in the middle, again and again: how many batches are sent more than once."""
    offered: list[tuple[int, Place]] = []
    put = PlantServer.put_blocks

    def noted(server: PlantServer, shipment: Shipment, *more: Any) -> int:
        offered.append((shipment.day, shipment.blocks[0].place))
        return put(server, shipment, *more)

    cuts, retry, most = 0, forward.RETRY_S, forward.MOST_BYTES
    forward.RETRY_S, forward.MOST_BYTES, PlantServer.put_blocks = (0.02, 0.05), 100_000, noted  # type: ignore[misc]
    try:
        with _server() as server:
            sending = _sending(folder, server)
            sending.start()
            while sending.told.state != "current":
                if len(offered) > 5 * (cuts + 1):
                    server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hmi'")
                    cuts += 1
                time.sleep(0.001)
            sending.stop()
            with psycopg.connect(server.url()) as db:
                there = [tuple(row) for row in db.execute(SERVER_BLOCKS).fetchall()]
            wrong = len(set(there) ^ blocks_of(folder)) + len(there) - len(set(there)) + _twice(server)
    finally:
        forward.RETRY_S, forward.MOST_BYTES, PlantServer.put_blocks = retry, most, put  # type: ignore[misc]
    again = max(Counter(offered).values()) - 1
    return [figure("times that a batch was sent again, at most, with the connection cut off", again, "", 1,
                   {"cuts": cuts, "batches": len(set(offered)), "blocks not the same afterwards": wrong})]  # fmt: skip


def _live(place: Path, folder: Path, seconds: float) -> list[dict[str, Any]]:
    station = place / "station"
    station.mkdir()
    shutil.copytree(folder, station / "data")
    (station / "device").mkdir()
    with _server() as server:
        found = _uplink_live.measure(station, server, seconds)
    worse = 100 * (found["meanwhile"] / found["before"] - 1)
    beside = {"before ms": found["before"], "meanwhile ms": found["meanwhile"], "rows": found["rows meanwhile"]}
    return [figure("p95 of the age of live values, worse while rows are sent", worse, "%", 10.0, beside)]


def _twice(server: Cluster) -> int:
    return sum(int(str(server.ask(query)[0][0])) for query in _TWICE)


def _sending(folder: Path, server: Cluster, rows: tuple[str, ...] = ()) -> Forward:
    return Forward(folder, Server(server.url(), rows=rows), Facts("bench", "bench", "Bench", "1"), MachineClock())


def _drained(
    folder: Path, server: Cluster, rows: tuple[str, ...] = (), busy: float = forward.BUSY
) -> tuple[float, forward.Told]:
    """From the start until everything is there."""
    before, forward.BUSY = forward.BUSY, busy
    sending = _sending(folder, server, rows)
    try:
        begun = time.perf_counter()
        sending.start()
        while sending.told.state != "current":
            if sending.told.state == "refused":
                raise RuntimeError(sending.told.text)
            time.sleep(0.01)
        return time.perf_counter() - begun, sending.told
    finally:
        sending.stop()
        forward.BUSY = before


def _one_by_one(server: Cluster) -> float:
    """What many do: a row a sample, each committed as it comes. In ns a sample."""
    with psycopg.connect(server.url(), autocommit=True) as db:
        db.execute("CREATE TABLE plain(tag int, at bigint, value float8, quality int, PRIMARY KEY(tag, at))")
        begun = time.perf_counter()
        for number in range(_INSERTS):
            db.execute("INSERT INTO plain VALUES (%s, %s, %s, %s)", (number % TAGS, number, number * 0.5, 0))
        return (time.perf_counter() - begun) * 1e9 / _INSERTS


def _executed(server: Cluster) -> float:
    """What the better ones do: a thousand rows a transaction."""
    with psycopg.connect(server.url(), autocommit=True) as db:
        db.execute("TRUNCATE plain")
        begun = time.perf_counter()
        for first in range(0, _EXECUTED, 1000):
            rows = [(number % TAGS, number, number * 0.5, 0) for number in range(first, first + 1000)]
            with db.transaction(), db.cursor() as cursor:
                cursor.executemany("INSERT INTO plain VALUES (%s, %s, %s, %s)", rows)
        return (time.perf_counter() - begun) * 1e9 / _EXECUTED
