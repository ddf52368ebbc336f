"""The plant server's tables, on a real PostgreSQL."""

from __future__ import annotations

import psycopg
import pytest

from hmi.uplink import schema
from hmi.uplink.schema import STEPS, WrongSchema, check, migrate, version_of


def test_the_tables_are_made_once_and_whole(bare: str):
    with psycopg.connect(bare, autocommit=True) as db:
        with pytest.raises(WrongSchema, match="no tables of this program yet: hmi server init"):
            check(db)
        assert migrate(db) == (0, len(STEPS))
        assert migrate(db) == (len(STEPS), len(STEPS))
        check(db)


def test_a_step_that_fails_leaves_nothing(bare: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schema, "STEPS", (*STEPS, "CREATE TABLE hmi.more(x int); SELECT 1/0"))
    with psycopg.connect(bare, autocommit=True) as db:
        with pytest.raises(psycopg.errors.DivisionByZero):
            migrate(db)
        assert version_of(db) == 0


def test_an_older_and_a_newer_server_are_told_apart(url: str, monkeypatch: pytest.MonkeyPatch):
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("INSERT INTO hmi.version(step) VALUES (%s)", (len(STEPS) + 1,))
        with pytest.raises(WrongSchema, match="newer program: update this station"):
            check(db)
        with pytest.raises(WrongSchema, match="nothing was changed"):
            migrate(db)
        monkeypatch.setattr(schema, "STEPS", (*STEPS, "SELECT 1", "SELECT 1"))
        with pytest.raises(WrongSchema, match="tables of an older program: hmi server init"):
            check(db)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("hmi_reader", "SELECT * FROM hmi.hourly", "SELECT * FROM hmi.sent"),
        ("hmi_reader", "SELECT * FROM hmi.audit", "INSERT INTO hmi.gap VALUES (1, 1, now(), now(), '', '')"),
        ("hmi_station", "SELECT * FROM hmi.sent", "UPDATE hmi.record SET result = ''"),
        ("hmi_station", "UPDATE hmi.station SET seen = now()", "DELETE FROM hmi.record"),
        ("hmi_station", "DELETE FROM hmi.block", "DROP TABLE hmi.block"),
    ],
)
def test_each_role_may_what_it_needs_and_no_more(url: str, role: str, may: str, may_not: str):
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"SET ROLE {role}")
        db.execute(may)  # type: ignore[arg-type]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(may_not)  # type: ignore[arg-type]


def test_a_server_of_the_first_days_keeps_what_it_has(bare: str):
    with psycopg.connect(bare, autocommit=True) as db:
        db.execute(STEPS[0])
        db.execute("INSERT INTO hmi.version(step) VALUES (1)")
        db.execute("INSERT INTO hmi.station(key, name, plant) VALUES ('k', 'desk 1', 'Toy')")
        db.execute("INSERT INTO hmi.tag(station, name, connection, type, unit, description) VALUES (1,'a','','','','')")
        db.execute(
            "INSERT INTO hmi.block(station, day, seq, tag, t0, t1, n, good, worst, q0, q1, first, twd, stamps) "
            "VALUES (1, 20500, 0, 1, 5, 6, 3, 3, 0, 0, 0, 2.5, 0, 1)"
        )
        db.execute("INSERT INTO hmi.stamps VALUES (1, 20500, 1, 'x')")
        assert migrate(db) == (1, len(STEPS))
        check(db)
        assert db.execute("SELECT n, first, rows FROM hmi.block").fetchall() == [(3, 2.5, False)]
        assert db.execute("SELECT station, samples FROM hmi.hourly").fetchall() == [("desk 1", 3)]
        db.execute("SET ROLE hmi_station")
        assert db.execute("SELECT hmi.sample_part(20500)").fetchone() == ("sample_2026_02",)
