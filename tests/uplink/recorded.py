"""A data folder with hours of history and a journal, as an engine leaves it, and what a server should have of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.core.journal import Record
from hmi.core.tags import Tag
from hmi.store.folder import day_files
from hmi.store.schema import open_to_read
from hmi.store.store import Store
from tests.store.made import MIDNIGHT, TAGS, texts_of


def record_hours(folder: Path, hours: int, start_ns: int = MIDNIGHT, seed: int = 1, tags: list[Tag] = TAGS) -> None:
    """Values every ten seconds, a text now and then, a record every ten minutes, a gap, and all of it sealed."""
    clock, rng = HandClock(start_ns), np.random.default_rng(seed)
    with closing(Store(folder, tags, clock, reserve_mb=0)) as store:
        for step in range(hours * 360):
            now = clock.now_ns()
            store.append(Batch.of([0, 2], [round(rng.normal(50, 5), 2), step], now, now))
            if step % 60 == 0:
                store.append(texts_of(1, [now], [f"Lot {step}\0ü"]))
                store.record(
                    Record(time_ns=now, category="alarm", event="raised", subject=f"a.{step}", value=1.5, limit=1.0)
                )
                store.record(
                    Record(time_ns=now, category="write", event="confirmed", subject="a.x", value="Cola", old=2.0)
                )
            clock.advance(10)
            if step % 180 == 179:
                store.flush().result(60)
        store.declare_gap(start_ns, start_ns + 10**9, "filler", "a trial")
        store.seal().result(120)


def blocks_of(folder: Path) -> set[tuple[object, ...]]:
    """Every block of a folder with its tag's name, its day and its bytes, as the server should have them."""
    found = set()
    for day, path in day_files(folder).items():
        with closing(open_to_read(path)) as file:
            rows = file.execute(
                "SELECT t.name, b.t0, b.seq, b.t1, b.n, b.good, b.vmin, b.vmax, b.vsum, b.tw, d.b, s.b FROM block b "
                "JOIN tag t ON t.id = b.tag LEFT JOIN data d ON d.id = b.did JOIN stamps s ON s.id = b.tsid"
            )
            found |= {(day, *row) for row in rows}
    return found


SERVER_BLOCKS = (
    "SELECT b.day, t.name, b.t0, b.seq, b.t1, b.n, b.good, b.vmin, b.vmax, b.vsum, b.tw, b.data, s.data "
    "FROM hmi.block b JOIN hmi.tag t ON t.id = b.tag "
    "JOIN hmi.stamps s ON (s.station, s.day, s.id) = (b.station, b.day, b.stamps)"
)
