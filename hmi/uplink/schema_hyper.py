"""The step that makes rows and minutes hypertables where the plant server has TimescaleDB."""

from __future__ import annotations

from typing import Final, LiteralString

# Whoever owns the database decides by CREATE EXTENSION, before `hmi server init`. Where rows are stored already, by
# month, they stay as they are: nothing is moved behind anybody's back. The table's parts are made by the extension as
# rows come, so sample_part has nothing to do; a station goes on asking it, and need not know.
STEPS: Final[tuple[LiteralString, ...]] = (
    """
    DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN RETURN; END IF;
        PERFORM create_hypertable('hmi.minute', 'at', chunk_time_interval => interval '30 days',
            create_default_indexes => false, migrate_data => true);
        IF EXISTS (SELECT FROM hmi.sample) THEN RETURN; END IF;
        CREATE TABLE hmi.rows(LIKE hmi.sample);
        DROP VIEW hmi.history;
        DROP TABLE hmi.sample;
        ALTER TABLE hmi.rows RENAME TO sample;
        PERFORM create_hypertable('hmi.sample', 'at', chunk_time_interval => interval '7 days',
            create_default_indexes => false);
        CREATE INDEX sample_at ON hmi.sample USING brin(tag, at) WITH (pages_per_range = 32, autosummarize = on);
        CREATE VIEW hmi.history AS
            SELECT s.name AS station, t.name AS tag, t.unit, p.at AS time, p.value, p.text,
                p.quality < 1073741824 AS good, p.quality
            FROM hmi.sample p JOIN hmi.tag t ON t.id = p.tag JOIN hmi.station s ON s.id = t.station;
        CREATE OR REPLACE FUNCTION hmi.sample_part(day int) RETURNS text LANGUAGE sql
            SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT 'sample' $$;
    END $do$;
    """,
)
