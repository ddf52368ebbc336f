"""A folder on its way to a plant server, and the oracle: equal sets, each once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hmi.clock import MachineClock
from hmi.core.plant.model import Server
from hmi.engine import forward
from hmi.engine.forward import Facts, Forward
from hmi.store.outbox import Outbox
from hmi.store.query import Reader
from tests.uplink.recorded import SERVER_BLOCKS, blocks_of

DEADLINE_S = 60.0
_NUMBERED = ("SELECT id FROM hmi.record", "SELECT id FROM hmi.gap")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look and try again soon."""
    monkeypatch.setattr(forward, "LOOK_S", 0.1)
    monkeypatch.setattr(forward, "RETRY_S", (0.1, 0.2))


@pytest.fixture
def sending(hasty: None) -> Iterator[Callable[..., Forward]]:
    """Start to send a folder; ended with the test."""
    made: list[Forward] = []

    def start(folder: Path, url: str, **more: Any) -> Forward:
        server = Server(url, **more)
        made.append(Forward(folder, server, Facts("desk 1", "toy", "Toy", "1.0"), MachineClock()))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()


def stored(text: str | None) -> str | None:
    """As PostgreSQL can keep it."""
    return None if text is None else text.replace("\0", "\ufffd")


def until(wanted: Callable[[], bool], what: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not wanted():
        assert time.monotonic() < deadline, what()
        time.sleep(0.05)


def until_current(sent: Forward, folder: Path, url: str) -> None:
    """Until the server has everything: it says so, and nothing waits."""

    def all_there() -> bool:
        with psycopg.connect(url) as db:
            there = [len(db.execute(query).fetchall()) for query in (SERVER_BLOCKS, *_NUMBERED)]
        outbox = Outbox(folder)
        here = len(blocks_of(folder)), len(outbox.records(0, 10**6)), len(outbox.gaps(0, 10**6))
        return all(one >= other for one, other in zip(there, here, strict=True)) and sent.told.state == "current"

    until(all_there, lambda: sent.told)


def expect_equal(folder: Path, url: str) -> None:
    """Blocks to the byte, records and gaps: the same sets, each once."""
    with psycopg.connect(url) as db:
        rows = [tuple(row) for row in db.execute(SERVER_BLOCKS).fetchall()]
        records = db.execute("SELECT id, hash FROM hmi.record ORDER BY id").fetchall()
        gaps = db.execute("SELECT id, connection, reason FROM hmi.gap ORDER BY id").fetchall()
        minutes = db.execute("SELECT tag, at, count(*) FROM hmi.minute GROUP BY tag, at HAVING count(*) > 1").fetchall()
    assert not [row for row, count in Counter(rows).items() if count > 1]
    assert set(rows) == blocks_of(folder)
    outbox = Outbox(folder)
    assert records == [(one.number, one.hash) for one in outbox.records(0, 10**6)]
    assert gaps == [(one.number, one.connection, one.reason) for one in outbox.gaps(0, 10**6)]
    assert minutes == []


def expect_rows(folder: Path, url: str, *names: str) -> None:
    """Of these tags every sample that is here is a row there, once, bit for bit; of others there is none."""
    reader = Reader(folder)
    samples = reader.samples(names, 0, 2**62)
    reader.close()
    here = {
        (one.tag, at, value.hex(), quality, stored(one.text(row)))
        for one in samples
        for row, (at, value, quality) in enumerate(
            zip(one.time.tolist(), one.value.tolist(), one.quality.tolist(), strict=True)
        )
    }
    with psycopg.connect(url) as db:
        rows = db.execute(
            "SELECT t.name, p.ns, coalesce(p.value, 'NaN'), p.quality, p.text "
            "FROM hmi.sample p JOIN hmi.tag t ON t.id = p.tag"
        ).fetchall()
        full = db.execute(
            "SELECT DISTINCT t.name FROM hmi.block b JOIN hmi.tag t ON t.id = b.tag WHERE rows"
        ).fetchall()
    there = [(name, at, value.hex(), quality, text) for name, at, value, quality, text in rows]
    assert len(there) == len(set(there)) == len(here) and set(there) == here
    assert sorted(name for (name,) in full) == sorted(names)
