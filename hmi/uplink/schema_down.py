"""The step of the plant server's tables for what goes down to stations, and for what became of it there."""

from __future__ import annotations

from typing import Final, LiteralString

STEPS: Final[tuple[LiteralString, ...]] = (
    """
    CREATE TABLE hmi.published(
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(), "by" text NOT NULL DEFAULT session_user,
        kind text NOT NULL CHECK (kind IN ('plant', 'orders')),
        plant text NOT NULL,                        -- id of the plant that it is for
        station text NOT NULL DEFAULT '',           -- '' all of them
        name text NOT NULL, version text NOT NULL DEFAULT '', why text NOT NULL DEFAULT '',
        sha256 bytea NOT NULL CHECK (length(sha256) = 32), file bytea NOT NULL, signature text NOT NULL DEFAULT '',
        withdrawn timestamptz,
        CHECK (length(file) <= 100000000));
    ALTER TABLE hmi.published ALTER COLUMN file SET STORAGE EXTERNAL;
    CREATE TABLE hmi.arrival(      -- what each station says became of it
        station int NOT NULL REFERENCES hmi.station, published int NOT NULL REFERENCES hmi.published,
        state text NOT NULL, said text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY(station, published));
    CREATE VIEW hmi.delivery AS
        SELECT p.id, p.at AS published, p."by", p.kind, p.plant, p.name, p.version, p.why, p.withdrawn,
            s.name AS station, a.state, a.said, a.at
        FROM hmi.published p LEFT JOIN hmi.arrival a ON a.published = p.id
            LEFT JOIN hmi.station s ON s.id = a.station;
    """,
)
