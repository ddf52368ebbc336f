"""Jobs, instructions and audit as reports read them: plain columns out of what the journal holds."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from hmi.core.outgoing import NumberedRecord
from hmi.core.steps.events import Event, Signature
from hmi.core.steps.kept import procedure_record, record_of
from hmi.core.steps.model import Procedure
from hmi.uplink.server import PlantServer

SECOND = 10**9
T0 = 1_780_000_000 * SECOND
START = {"order": "4711", "lot": "L12", "equipment": "filler"}


def events() -> list[Event]:
    signed = Signature("Kim Berg", "verified", T0 + 3 * SECOND, "0" * 32)
    began = {"instruction": "change", "title": "Change over", "revision": "2", "context": START}
    high = {"step": "p", "title": "Pressure", "value": 9.0, "deviation": "above 5", "why": "gauge"}
    zero = {"step": "q", "title": "Zero", "value": "a\0b"}
    return [
        Event(kind="started", time_ns=T0, user="kim", **began),
        Event(kind="answered", time_ns=T0 + SECOND, number=1, user="kim", **high),
        Event(kind="answered", time_ns=T0 + 2 * SECOND, number=2, user="ada", **zero),
        Event(kind="signed", time_ns=T0 + 3 * SECOND, number=3, user="kim", step="q", signature=signed),
        Event(kind="finished", time_ns=T0 + 4 * SECOND, number=4, user="kim"),
    ]


@pytest.fixture
def there(url: str) -> str:
    """A server with one finished job and one that is open."""
    procedure = Procedure(instruction="change", title="Change over", revision="2", sources={}, steps=())
    records = [procedure_record("k1", procedure, T0)]
    records += [record_of("261122-1", event) for event in events()]
    records += [record_of("261122-2", event) for event in events()[:1]]
    with closing(PlantServer(url)) as server:
        server.introduce("k", "desk 1", "Toy", "1")
        server.put_records([NumberedRecord(n, record, bytes(32)) for n, record in enumerate(records, 1)])
    return url


def asked(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as db:
        db.execute("SET ROLE hmi_reader")
        return db.execute(query).fetchall()  # type: ignore[arg-type]


def test_a_job_is_one_row(there: str):
    rows = asked(
        there,
        'SELECT job, instruction, title, revision, state, "order", lot, equipment, deviations, people, '
        "extract(epoch FROM ended - started)::int FROM hmi.job ORDER BY job",
    )
    assert rows[0] == ("261122-1", "change", "Change over", "2", "finished", "4711", "L12", "filler", 1, "ada, kim", 4)
    assert rows[1][4] == "open" and rows[1][10] is None


def test_each_step_is_a_row_also_one_that_no_json_can_hold(there: str):
    rows = asked(
        there,
        'SELECT event, step, title, value, deviation, signed_by, meaning, "user", why FROM hmi.job_step '
        "WHERE job = '261122-1' ORDER BY number",
    )
    assert rows[1] == ("answered", "p", "Pressure", "9.0", "above 5", None, None, "kim", "gauge")
    assert rows[2][:1] == ("answered",) and rows[2][7] == "ada"
    assert rows[3][5:7] == ("Kim Berg", "verified")
    assert len(rows) == 5


def test_what_was_carried_out_is_listed_with_its_revision(there: str):
    rows = asked(there, "SELECT station, event, key, instruction, title, revision FROM hmi.instruction")
    assert rows == [("desk 1", "kept", "k1", "change", "Change over", "2")]


def test_a_part_for_a_time_that_no_calendar_knows_is_refused(url: str, tmp_path: Path):
    with psycopg.connect(url, autocommit=True) as db, pytest.raises(psycopg.DataError):
        db.execute("SELECT hmi.sample_part(2000000000)")
