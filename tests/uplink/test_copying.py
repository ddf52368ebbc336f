"""Rows in COPY's binary form, taken by a real PostgreSQL."""

from __future__ import annotations

import math

import numpy as np
import psycopg

from hmi.uplink import copying

KINDS = (">i4", ">i8", ">f8")


def copied(url: str, body: bytes) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TEMP TABLE t(a int, b bigint, c float8, d text)")
        with db.cursor().copy("COPY t FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(copying.HEAD + body + copying.END)
        return db.execute("SELECT * FROM t").fetchall()


def test_numbers_come_as_they_are(url: str):
    columns = (np.array([1, -2, 3]), np.array([2**62, -1, 0]), np.array([0.1, np.nan, -np.inf]))
    rows = copied(url, copying.encoded(KINDS, columns, nulls=1))
    assert rows[0] == (1, 2**62, 0.1, None) and rows[2] == (3, 0, -math.inf, None)
    assert rows[1][:2] == (-2, -1) and math.isnan(rows[1][2])  # type: ignore[arg-type]


def test_one_number_for_all_rows(url: str):
    assert copied(url, copying.encoded(KINDS, (np.arange(3), 7, 0.5), nulls=1))[2] == (2, 7, 0.5, None)


def test_a_text_takes_the_place_of_the_number(url: str):
    columns = (np.arange(3), np.arange(3), np.array([1.5, np.nan, 2.5]))
    rows = copied(url, copying.encoded_with_texts(KINDS, columns, [None, "Lot ü".encode(), b""]))
    assert rows == [(0, 0, 1.5, None), (1, 1, None, "Lot ü"), (2, 2, None, "")]


def test_no_row_is_no_row(url: str):
    assert copied(url, copying.encoded(KINDS, (np.empty(0, int), 1, 1.0), nulls=1)) == []
