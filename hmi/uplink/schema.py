"""The plant server's tables, and how they come to be what this program needs: by steps that are only ever added."""

from __future__ import annotations

from typing import Any, Final, LiteralString

from hmi.core.errors import HmiError
from hmi.uplink import schema_down, schema_hyper, schema_rows

STEPS: Final[tuple[LiteralString, ...]] = (
    """
    CREATE SCHEMA IF NOT EXISTS hmi;
    CREATE TABLE hmi.version(step int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE hmi.station(
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text NOT NULL UNIQUE,      -- of its data folder: a name may be given twice by mistake
        name text NOT NULL, plant text NOT NULL, program text NOT NULL DEFAULT '',
        record bigint NOT NULL DEFAULT 0, hash bytea, gap bigint NOT NULL DEFAULT 0,  -- how far its journal came
        seen timestamptz NOT NULL DEFAULT now());
    CREATE TABLE hmi.tag(
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, station int NOT NULL REFERENCES hmi.station,
        name text NOT NULL, connection text NOT NULL, type text NOT NULL, unit text NOT NULL, description text NOT NULL,
        UNIQUE(station, name));
    CREATE TABLE hmi.sent(         -- how far each day of each station came, in the transaction that brought it there
        station int NOT NULL REFERENCES hmi.station, day int NOT NULL, seq int NOT NULL, tag int NOT NULL,
        t0 bigint NOT NULL, mark bigint NOT NULL, PRIMARY KEY(station, day));
    CREATE TABLE hmi.block(
        station int NOT NULL, day int NOT NULL, seq int NOT NULL, tag int NOT NULL, t0 bigint NOT NULL,
        t1 bigint NOT NULL, n int NOT NULL, good int NOT NULL, worst bigint NOT NULL, q0 bigint NOT NULL,
        q1 bigint NOT NULL, vmin float8, vmax float8, vsum float8, first float8, last float8, tw float8,
        twd bigint NOT NULL, stamps int NOT NULL, data bytea,
        PRIMARY KEY(tag, day, t0, seq));
    CREATE INDEX block_day ON hmi.block(station, day, seq);
    CREATE TABLE hmi.stamps(
        station int NOT NULL, day int NOT NULL, id int NOT NULL, data bytea NOT NULL, PRIMARY KEY(station, day, id));
    CREATE TABLE hmi.minute(
        tag int NOT NULL, day int NOT NULL, at timestamptz NOT NULL, n int NOT NULL,
        vmin float8, vmax float8, first float8, last float8);
    CREATE INDEX minute_at ON hmi.minute USING brin(at);
    CREATE INDEX minute_tag ON hmi.minute(tag, at);
    CREATE TABLE hmi.sample(
        tag int NOT NULL, day int NOT NULL, at timestamptz NOT NULL, ns bigint NOT NULL, value float8, text text,
        quality bigint NOT NULL, flags int NOT NULL);
    CREATE INDEX sample_at ON hmi.sample USING brin(at);
    CREATE TABLE hmi.record(
        station int NOT NULL REFERENCES hmi.station, id bigint NOT NULL, time timestamptz NOT NULL,
        time_ns bigint NOT NULL, category text NOT NULL, event text NOT NULL, subject text NOT NULL,
        occurrence bigint NOT NULL, source_ns bigint NOT NULL, value float8, value_text text, old float8, old_text text,
        "limit" float8, quality bigint NOT NULL, priority int NOT NULL, "user" text NOT NULL, place text NOT NULL,
        way text NOT NULL, why text NOT NULL, result text NOT NULL, config text NOT NULL, hash bytea NOT NULL,
        PRIMARY KEY(station, id));
    CREATE INDEX record_time ON hmi.record(time);
    CREATE TABLE hmi.gap(
        station int NOT NULL REFERENCES hmi.station, id bigint NOT NULL, from_time timestamptz NOT NULL,
        to_time timestamptz NOT NULL, connection text NOT NULL, reason text NOT NULL, PRIMARY KEY(station, id));
    CREATE VIEW hmi.hourly AS
        SELECT s.name AS station, t.name AS tag, t.unit, to_timestamp(b.t0 / 3600000000000 * 3600) AS hour,
            sum(b.n) AS samples, sum(b.good) AS good, min(b.vmin) AS minimum, max(b.vmax) AS maximum,
            sum(b.vsum) / nullif(sum(b.good), 0) AS average,
            sum(b.tw) / nullif(sum(b.twd), 0) * 1e9 AS time_average
        FROM hmi.block b JOIN hmi.tag t ON t.id = b.tag JOIN hmi.station s ON s.id = b.station
        GROUP BY s.name, t.name, t.unit, b.t0 / 3600000000000;
    CREATE VIEW hmi.minutely AS
        SELECT s.name AS station, t.name AS tag, t.unit, m.at AS minute, m.n AS samples, m.vmin AS minimum,
            m.vmax AS maximum, m.first, m.last
        FROM hmi.minute m JOIN hmi.tag t ON t.id = m.tag JOIN hmi.station s ON s.id = t.station;
    CREATE VIEW hmi.alarm AS
        SELECT s.name AS station, r.time, r.event, r.subject AS alarm, r.value, r."limit", r.priority, r."user",
            r.why, r.result
        FROM hmi.record r JOIN hmi.station s ON s.id = r.station WHERE r.category = 'alarm';
    CREATE VIEW hmi.audit AS
        SELECT s.name AS station, r.time, r.category, r.event, r.subject,
            coalesce(r.value_text, r.value::text) AS value, coalesce(r.old_text, r.old::text) AS old,
            r."user", r.place, r.way, r.why, r.result
        FROM hmi.record r JOIN hmi.station s ON s.id = r.station WHERE r.category <> 'alarm';
    """,
    *schema_rows.STEPS,
    *schema_down.STEPS,
    *schema_hyper.STEPS,
)
_ROLES: Final[LiteralString] = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hmi_station') THEN CREATE ROLE hmi_station NOLOGIN; END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hmi_reader') THEN CREATE ROLE hmi_reader NOLOGIN; END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hmi_publisher') THEN
            CREATE ROLE hmi_publisher NOLOGIN; END IF;
    END $$;
    GRANT USAGE ON SCHEMA hmi TO hmi_station, hmi_reader, hmi_publisher;
    GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA hmi TO hmi_station;
    GRANT UPDATE ON hmi.station, hmi.tag, hmi.sent, hmi.arrival TO hmi_station;
    GRANT UPDATE (rows) ON hmi.block TO hmi_station;
    GRANT DELETE ON hmi.sent, hmi.block, hmi.stamps, hmi.minute, hmi.sample TO hmi_station;
    REVOKE INSERT ON hmi.version, hmi.published FROM hmi_station;
    REVOKE ALL ON FUNCTION hmi.sample_part(int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION hmi.sample_part(int) TO hmi_station;
    GRANT SELECT ON hmi.station, hmi.tag, hmi.hourly, hmi.minutely, hmi.alarm, hmi.audit, hmi.gap, hmi.sample,
        hmi.record, hmi.minute, hmi.history, hmi.job, hmi.job_step, hmi.instruction, hmi.delivery TO hmi_reader;
    GRANT SELECT ON hmi.version, hmi.station, hmi.published, hmi.arrival, hmi.delivery TO hmi_publisher;
    GRANT INSERT, UPDATE (withdrawn) ON hmi.published TO hmi_publisher;
"""


class WrongSchema(HmiError):
    """The server's tables are not those that this program knows."""


def version_of(connection: Any) -> int:
    """How many steps the server's tables have come; 0: they are not there."""
    there = connection.execute("SELECT to_regclass('hmi.version')").fetchone()[0]
    return int(connection.execute("SELECT max(step) FROM hmi.version").fetchone()[0]) if there else 0


def check(connection: Any) -> None:
    """Raises WrongSchema, in words, when these are not the tables that this program fills."""
    version = version_of(connection)
    if version < len(STEPS):
        what = "has no tables of this program yet" if not version else "has the tables of an older program"
        raise WrongSchema(f"the plant server {what}: hmi server init URL, by whoever owns the database, makes them")
    if version > len(STEPS):
        raise WrongSchema("the plant server has the tables of a newer program: update this station")


def migrate(connection: Any) -> tuple[int, int]:
    """Bring the tables to what this program needs, all of it or nothing; gives the versions before and after."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(7361)")  # two administrators at once
        before = version_of(connection)
        if before > len(STEPS):
            raise WrongSchema("the plant server has the tables of a newer program: nothing was changed")
        for number, step in enumerate(STEPS[before:], before + 1):
            connection.execute(step)
            connection.execute("INSERT INTO hmi.version(step) VALUES (%s)", (number,))
        connection.execute(_ROLES)
    return before, len(STEPS)
