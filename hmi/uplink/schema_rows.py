"""The steps of the plant server's tables for full-resolution rows, and the views that show jobs to reports."""

from __future__ import annotations

from typing import Final, LiteralString

STEPS: Final[tuple[LiteralString, ...]] = (
    # A month is a table of its own: it is dropped whole when it is too old. A station may not make tables, so it asks
    # sample_part for the month's; ATTACH keeps no reader of the other months waiting. Blocks come tag by tag, so that
    # an index of 32-page ranges finds a tag's hour at a hundredth of what a B-tree costs each row.
    """
    DROP TABLE hmi.sample;
    CREATE TABLE hmi.sample(
        at timestamptz NOT NULL,      -- where it stands in time, to the microsecond
        ns bigint NOT NULL,           -- the device's own time, ns since 1970: exact, and wrong where that was wrong
        quality bigint NOT NULL,      -- OPC UA status code
        tag int NOT NULL, day int NOT NULL,
        seq int NOT NULL, nth int NOT NULL,  -- its seal, and its place in the block: tells equal times apart
        flags int NOT NULL, value float8, text text) PARTITION BY RANGE (day);
    CREATE INDEX sample_at ON hmi.sample USING brin(tag, at) WITH (pages_per_range = 32, autosummarize = on);
    CREATE FUNCTION hmi.sample_part(day int) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        first date := date_trunc('month', date '1970-01-01' + day)::date;
        past date := (first + interval '1 month')::date;
        name text := 'sample_' || to_char(first, 'YYYY_MM');
    BEGIN
        IF to_regclass(format('hmi.%I', name)) IS NULL THEN
            PERFORM pg_advisory_xact_lock(7362);
            IF to_regclass(format('hmi.%I', name)) IS NULL THEN
                EXECUTE format('CREATE TABLE hmi.%I (LIKE hmi.sample)', name);
                EXECUTE format('GRANT SELECT, INSERT, DELETE ON hmi.%I TO hmi_station', name);
                EXECUTE format('GRANT SELECT ON hmi.%I TO hmi_reader', name);
                EXECUTE format('ALTER TABLE hmi.sample ATTACH PARTITION hmi.%I FOR VALUES FROM (%s) TO (%s)',
                    name, first - date '1970-01-01', past - date '1970-01-01');
            END IF;
        END IF;
        RETURN name;
    END $$;
    ALTER TABLE hmi.block ADD COLUMN rows boolean NOT NULL DEFAULT false;  -- its samples are in hmi.sample, too
    CREATE VIEW hmi.history AS
        SELECT s.name AS station, t.name AS tag, t.unit, p.at AS time, p.value, p.text,
            p.quality < 1073741824 AS good, p.quality
        FROM hmi.sample p JOIN hmi.tag t ON t.id = p.tag JOIN hmi.station s ON s.id = t.station;
    """,
    # What a person typed may be no JSON that PostgreSQL takes (a zero character): that record is shown without it.
    """
    CREATE FUNCTION hmi.fields(said text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN
        RETURN said::jsonb;
    EXCEPTION WHEN OTHERS THEN RETURN '{}';
    END $$;
    CREATE VIEW hmi.job_step AS
        SELECT s.name AS station, r.subject AS job, r.occurrence AS number, r.time, r.event, e ->> 'step' AS step,
            e ->> 'title' AS title, e ->> 'value' AS value, e ->> 'deviation' AS deviation,
            e -> 'signature' ->> 'name' AS signed_by, e -> 'signature' ->> 'meaning' AS meaning, r."user", r.place,
            r.why, r.result
        FROM hmi.record r JOIN hmi.station s ON s.id = r.station
            CROSS JOIN LATERAL hmi.fields(r.value_text) e
        WHERE r.category = 'job';
    CREATE VIEW hmi.job AS
        SELECT s.name AS station, r.subject AS job, max(e ->> 'instruction') AS instruction,
            max(e ->> 'title') FILTER (WHERE r.event = 'started') AS title, max(e ->> 'revision') AS revision,
            coalesce(max(r.event) FILTER (WHERE r.event IN ('finished', 'abandoned', 'stopped')), 'open') AS state,
            min(r.time) FILTER (WHERE r.event = 'started') AS started,
            max(r.time) FILTER (WHERE r.event IN ('finished', 'abandoned', 'stopped')) AS ended,
            max(e -> 'context' ->> 'order') AS "order", max(e -> 'context' ->> 'product') AS product,
            max(e -> 'context' ->> 'lot') AS lot, max(e -> 'context' ->> 'serial') AS serial,
            max(e -> 'context' ->> 'equipment') AS equipment, max(e -> 'context' ->> 'alarm') AS alarm,
            count(*) FILTER (WHERE coalesce(e ->> 'deviation', '') <> '') AS deviations,
            string_agg(DISTINCT nullif(r."user", ''), ', ') AS people
        FROM hmi.record r JOIN hmi.station s ON s.id = r.station
            CROSS JOIN LATERAL hmi.fields(r.value_text) e
        WHERE r.category = 'job' GROUP BY s.name, r.subject;
    CREATE VIEW hmi.instruction AS
        SELECT s.name AS station, r.time, r.event, r.subject AS key,
            coalesce(e ->> 'instruction', e ->> 'id') AS instruction, e ->> 'title' AS title,
            e ->> 'revision' AS revision, r."user", r.why, r.result
        FROM hmi.record r JOIN hmi.station s ON s.id = r.station
            CROSS JOIN LATERAL hmi.fields(r.value_text) e
        WHERE r.category = 'instruction';
    """,
)
