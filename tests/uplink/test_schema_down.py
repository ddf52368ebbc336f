"""Who may publish, who may fetch, and what nobody may change."""

from __future__ import annotations

import psycopg
import pytest

PUT = (
    "INSERT INTO hmi.published(kind, plant, name, sha256, file) VALUES ('orders', 'toy', 'x', sha256('y'), 'y') "
    "RETURNING id"
)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("hmi_publisher", PUT, "UPDATE hmi.published SET file = 'z'"),
        ("hmi_publisher", "UPDATE hmi.published SET withdrawn = now()", "DELETE FROM hmi.published"),
        ("hmi_publisher", "SELECT * FROM hmi.delivery", "SELECT * FROM hmi.record"),
        ("hmi_station", "SELECT * FROM hmi.published", PUT),
        ("hmi_station", "SELECT * FROM hmi.arrival", "UPDATE hmi.published SET withdrawn = now()"),
        ("hmi_reader", "SELECT * FROM hmi.delivery", "SELECT * FROM hmi.published"),
    ],
)
def test_each_role_may_what_it_needs_and_no_more(url: str, role: str, may: str, may_not: str):
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"SET ROLE {role}")  # type: ignore[arg-type]
        db.execute(may)  # type: ignore[arg-type]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(may_not)  # type: ignore[arg-type]


def test_a_hash_of_another_length_and_a_file_without_end_are_refused(url: str):
    with psycopg.connect(url, autocommit=True) as db, pytest.raises(psycopg.errors.CheckViolation):
        db.execute("INSERT INTO hmi.published(kind, plant, name, sha256, file) VALUES ('plant', 'a', 'b', 'c', 'd')")
