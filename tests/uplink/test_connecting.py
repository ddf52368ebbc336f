"""How a connection is made, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from hmi.uplink.connecting import asking, connected, options_of
from hmi.uplink.faults import ServerAway, Unwelcome
from hmi.uplink.schema import WrongSchema


def test_what_the_address_says_goes_first():
    assert "password" not in options_of("postgresql://u@h/d", "")
    options = options_of("postgresql://u@a,b/d?connect_timeout=1&target_session_attrs=any", "x")
    assert "connect_timeout" not in options and "target_session_attrs" not in options
    assert options_of("postgresql://u@h/d", "x")["target_session_attrs"] == "read-write"


def test_with_a_ca_the_server_must_prove_who_it_is(tmp_path: Path):
    options = options_of("postgresql://u@h/d", "", tmp_path / "ca.pem")
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", str(tmp_path / "ca.pem"))
    with pytest.raises(Unwelcome, match=r"ca.pem is not there"):
        connected("postgresql://u@127.0.0.1:1/d", "", tmp_path / "ca.pem")


def test_a_patient_one_may_take_long(url: str):
    for patient, limit in ((False, "1min"), (True, "0")):
        db = connected(url, patient=patient)
        assert db.execute("SHOW statement_timeout").fetchone() == (limit,)
        db.close()


def test_a_server_without_our_tables_is_hung_up_on(bare: str):
    with pytest.raises(WrongSchema, match="hmi server init"):
        connected(bare)


def test_what_the_library_raises_is_put_into_words():
    with pytest.raises(ServerAway, match="gone"), asking():
        raise psycopg.OperationalError("gone")
    with pytest.raises(KeyError), asking():
        raise KeyError("ours")
