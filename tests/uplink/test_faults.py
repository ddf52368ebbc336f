"""What the server and the network say, as an operator reads it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from hmi.uplink.faults import Poison, ServerAway, Unwelcome, fault_of, not_connected, said


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (errors.UniqueViolation("duplicate key"), Poison, "was this data folder copied"),
        (errors.CheckViolation("new row violates"), Poison, "new row violates"),
        (errors.ProgramLimitExceeded("index row size"), Poison, "index row size"),
        (errors.InsufficientPrivilege("permission denied for table x"), Unwelcome, "member of hmi_station"),
        (errors.DiskFull("could not extend file"), ServerAway, "disk is full: what is recorded waits here"),
        (errors.AdminShutdown("terminating connection"), ServerAway, "terminating connection"),
        (errors.ReadOnlySqlTransaction("cannot execute INSERT"), ServerAway, "cannot execute INSERT"),
    ],
)
def test_by_its_class(error: psycopg.Error, kind: type[Exception], words: str):
    found = fault_of(error)
    assert type(found) is kind and words in str(found)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ('FATAL:  password authentication failed for user "x"', Unwelcome, "hmi secret set server"),
        ("fe_sendauth: no password supplied", Unwelcome, "this station has none"),
        ("SSL error: certificate verify failed", Unwelcome, "not signed by whom this station trusts"),
        ('server certificate for "a" does not match host name "b"', Unwelcome, "that of another host"),
        ("server does not support SSL, but SSL was required", Unwelcome, "does not encrypt"),
        ('FATAL:  database "plant" does not exist', Unwelcome, 'does not know database "plant"'),
        ('FATAL:  no pg_hba.conf entry for host "1.2.3.4"', Unwelcome, "pg_hba.conf has to name it"),
        ("session is read-only", ServerAway, "was a standby not promoted yet"),
        ("FATAL:  the database system is starting up", ServerAway, "just starting"),
        ("FATAL:  sorry, too many clients already", ServerAway, "no connection left"),
        ("Connection refused", ServerAway, "Connection refused"),
    ],
)
def test_by_its_words_where_there_is_no_connection(text: str, kind: type[Exception], words: str):
    found = not_connected(psycopg.OperationalError(f"connection failed:\n {text}"))
    assert type(found) is kind and words in str(found) and "\n" not in str(found)


def test_a_password_is_never_told():
    assert said(ValueError("bad dsn: host=x password=geheim user=y")) == "bad dsn: host=x password=… user=y"
