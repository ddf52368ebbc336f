"""Samples as rows on a real server: all of them, as they are, each in its month."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import psycopg
import pytest

from hmi.core.batch import FLAG_TEXT
from hmi.core.history import Samples
from hmi.uplink.rows import Filled, put_rows
from tests.store.made import MIDNIGHT, rows_of

DAY = MIDNIGHT // (86_400 * 10**9)


def samples_of(values: list[float], **more: object) -> Samples:
    rows = rows_of(0, MIDNIGHT + np.arange(len(values)) * 1_000_000_001, values)
    columns = {name: rows[name] for name in ("time", "received", "value", "raw", "quality", "flags")}
    texts = more.pop("texts", ())
    return Samples.of("x", columns | more, texts)  # type: ignore[operator, arg-type]


def test_every_sample_is_a_row_as_it_was(url: str):
    odd = samples_of([0.1, float("nan"), 1e308], quality=np.array([0, 2**31, 2**32 - 1], np.uint32))
    with psycopg.connect(url, autocommit=True) as db, db.transaction():
        assert put_rows(db, DAY, [Filled(7, 3, odd), Filled(8, 3, samples_of([1.0]))]) == 4
        rows = db.execute(
            "SELECT tag, day, seq, nth, at, ns, value, quality, text FROM hmi.sample ORDER BY tag, nth"
        ).fetchall()
    assert rows[0][:4] == (7, DAY, 3, 0) and rows[0][4] == datetime(2026, 2, 16, tzinfo=UTC)
    assert [row[5] for row in rows[:3]] == odd.time.tolist()
    assert [row[7] for row in rows] == [0, 2**31, 2**32 - 1, 0]
    assert rows[0][6] == 0.1 and rows[1][6] != rows[1][6] and rows[2][6] == 1e308


def test_texts_are_texts(url: str):
    flags = np.array([FLAG_TEXT, 0, FLAG_TEXT], np.uint32)
    found = samples_of([0.0, 2.0, 0.0], flags=flags, raw=np.array([1, 5, 0]), texts=("a\0b", "Lot \ud800ü"))
    with psycopg.connect(url, autocommit=True) as db, db.transaction():
        put_rows(db, DAY, [Filled(1, 0, found)])
        rows = db.execute("SELECT value, text FROM hmi.sample ORDER BY nth").fetchall()
    assert rows == [(None, "Lot ?ü"), (2.0, None), (None, "a\ufffdb")]


def test_each_month_is_a_table_of_its_own_and_a_station_may_have_it_made(url: str):
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET ROLE hmi_station")
        for day in (DAY, DAY + 1, DAY + 31):
            with db.transaction():
                put_rows(db, day, [Filled(1, 0, samples_of([1.0]))])
        parts = db.execute("SELECT tableoid::regclass::text, count(*) FROM hmi.sample GROUP BY 1 ORDER BY 1").fetchall()
        assert parts == [("hmi.sample_2026_02", 2), ("hmi.sample_2026_03", 1)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("CREATE TABLE hmi.own(x int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("DROP TABLE hmi.sample_2026_02")
        assert db.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'sample_2026_02'").fetchone() == (1,)
