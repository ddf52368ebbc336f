"""A plant server with TimescaleDB: rows and minutes are hypertables, and all else is as on one without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest

from hmi.engine.forward import Forward
from hmi.store.codec import decode_times
from hmi.store.unpacked import decoded
from hmi.uplink import schema, schema_hyper
from hmi.uplink.expand import Expanding
from hmi.uplink.rows import Filled, put_rows
from tests.store.made import MIDNIGHT
from tests.uplink.cluster import Cluster, programs
from tests.uplink.recorded import record_hours
from tests.uplink.sending import expect_equal, expect_rows, hasty, sending, until_current  # noqa: F401
from tests.uplink.test_rows import DAY, samples_of

_NUMBERS = count(1)
HYPER = "SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1"


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A PostgreSQL that loads the extension."""
    place = programs()
    version = place.parent.name if place else ""
    if not Path(f"/usr/share/postgresql/{version}/extension/timescaledb.control").exists():
        pytest.skip("TimescaleDB is not installed")
    made = Cluster(None, "fsync=off", "shared_preload_libraries=timescaledb", "timescaledb.telemetry_level=off")
    yield made
    made.remove()


@pytest.fixture
def empty(server: Cluster) -> Iterator[str]:
    """A database of its own in which the extension is."""
    name = f"hyper{next(_NUMBERS)}"
    server.ask(f"CREATE DATABASE {name} TEMPLATE template0")
    url = server.url(database=name)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE EXTENSION timescaledb")
    yield url
    server.ask(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(empty: str) -> str:
    """With our tables."""
    with psycopg.connect(empty, autocommit=True) as db:
        schema.migrate(db)
    return empty


def test_rows_and_minutes_are_hypertables_and_a_station_may_fill_them(url: str):
    with psycopg.connect(url, autocommit=True) as db:
        assert db.execute(HYPER).fetchall() == [("minute",), ("sample",)]
        db.execute("SET ROLE hmi_station")
        for day in (DAY, DAY + 31):
            with db.transaction():
                put_rows(db, day, [Filled(1, 0, samples_of([1.0, 2.0]))])
        db.execute("SET ROLE hmi_reader")
        assert db.execute("SELECT count(*) FROM hmi.sample").fetchone() == (4,)
        db.execute("SELECT * FROM hmi.history")


def test_a_station_s_history_arrives_as_it_does_on_any_server(
    tmp_path: Path,
    url: str,
    sending: Callable[..., Forward],  # noqa: F811
):
    record_hours(tmp_path, 4, MIDNIGHT)
    until_current(sending(tmp_path, url, rows=("a.state",)), tmp_path, url)
    expect_equal(tmp_path, url)
    expect_rows(tmp_path, url, "a.state")
    with closing(Expanding(url)) as there:
        tags = [one.number for one in there.tags()]
        list(there.expand(tags, -(2**63), 2**63 - 1, lambda data, at, n, v: decoded(data, decode_times(at, n), v)))
    expect_rows(tmp_path, url, "a.level", "a.state", "b.count")


def test_rows_that_are_stored_by_month_stay_so(empty: str, monkeypatch: pytest.MonkeyPatch):
    steps = schema.STEPS
    before = len(steps) - len(schema_hyper.STEPS)
    with psycopg.connect(empty, autocommit=True) as db:
        monkeypatch.setattr(schema, "STEPS", steps[:before])
        schema.migrate(db)
        put_rows(db, DAY, [Filled(1, 0, samples_of([1.0]))])
        monkeypatch.setattr(schema, "STEPS", steps)
        assert schema.migrate(db) == (before, len(steps))
        assert db.execute(HYPER).fetchall() == [("minute",)]
        put_rows(db, DAY, [Filled(1, 1, samples_of([2.0]))])
        assert db.execute("SELECT tableoid::regclass::text, count(*) FROM hmi.sample GROUP BY 1").fetchall() == [
            ("hmi.sample_2026_02", 2)
        ]
