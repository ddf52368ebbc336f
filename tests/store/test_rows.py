"""Every bit of a sample survives the table: NaN, -0.0, infinities, whole 64-bit integers, text."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT, ROW, Batch
from hmi.store.rows import INSERT, batch_of, rows_of, same, samples_of
from hmi.store.schema import _create_day

_INT64 = st.integers(-(2**63), 2**63 - 1)
_UINT32 = st.integers(0, 2**32 - 1)
_BITS = _INT64 | st.sampled_from([0, -(2**63), 0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0001, -1])
_ROW = st.tuples(_INT64, _INT64, _BITS, _INT64, _UINT32, st.integers(0, 63), st.text())


def table_of(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """What a real table gives back, in order."""
    from sqlite_utils import Database

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as file:
        _create_day(Database(file))
        file.executemany(INSERT, [(row[0], row[1], place, *row[3:]) for place, row in enumerate(rows)])
        return file.execute("SELECT * FROM sample ORDER BY seq").fetchall()


@settings(max_examples=60)
@given(st.lists(_ROW, min_size=1, max_size=8))
def test_every_bit_survives(drawn: list[tuple[int, int, int, int, int, int, str]]) -> None:
    rows = np.zeros(len(drawn), ROW)
    for place, (time, received, bits, raw, quality, flags, _) in enumerate(drawn):
        rows[place] = (time, received, 0.0, raw, 0, quality, flags, 0)
        rows["value"].view(np.int64)[place] = bits
    is_text = (rows["flags"] & FLAG_TEXT) != 0
    rows["raw"][is_text] = np.flatnonzero(is_text)
    texts = tuple(text for *_, text in drawn)
    samples = samples_of("a", table_of(rows_of(Batch(rows, texts))))
    for column in ("time", "received", "value", "quality", "flags"):
        assert getattr(samples, column).tobytes() == rows[column].tobytes(), column
    assert samples.raw[~is_text].tolist() == rows["raw"][~is_text].tolist()
    kept = [samples.text(row) for row in range(len(samples))]
    assert kept == [texts[row] if is_text[row] else None for row in range(len(rows))]


def test_half_a_surrogate_pair_does_not_stop_the_store() -> None:
    rows = np.zeros(1, ROW)
    rows["flags"] = FLAG_TEXT
    [row] = table_of(rows_of(Batch(rows, ("bro\ud800ken",))))
    assert row[8] == "bro?ken"


def test_a_time_that_cannot_be_right_is_ordered_by_receipt_and_kept() -> None:
    rows = np.zeros(2, ROW)
    rows["time"], rows["received"] = [7, 8], [100, 200]
    rows["flags"] = [FLAG_TIME_SUSPECT, 0]
    found = rows_of(Batch(rows))
    assert [row[1] for row in found] == [100, 8]
    assert samples_of("a", found).time.tolist() == [7, 8]


def test_told_again_is_the_same_only_in_every_respect() -> None:
    def row(value: float, **more: object) -> tuple[object, ...]:
        rows = np.zeros(1, ROW)
        rows["value"], rows["received"] = value, 9
        for name, given_value in more.items():
            rows[name] = given_value
        return rows_of(Batch(rows))[0]

    assert same(row(1.0), row(1.0, received=99)) is True
    assert same(row(np.nan), row(np.nan)) is True
    for other in (row(2.0), row(1.0, time=1), row(1.0, quality=5), row(1.0, raw=1), row(np.nan), row(1.0, flags=1)):
        assert same(row(1.0), other) is False
    assert same(row(0.0), row(-0.0)) is False


def test_a_batch_of_single_rows() -> None:
    rows = np.zeros(2, ROW)
    rows["value"], rows["time"], rows["flags"] = [1.0, np.nan], [5, 6], [0, FLAG_TEXT]
    batch = batch_of([4, 9], rows_of(Batch(rows, ("ja",))))
    assert batch.rows["tag"].tolist() == [4, 9]
    assert batch.rows["time"].tolist() == [5, 6]
    assert batch.texts == ("ja",)
    assert len(batch_of([], [])) == 0
