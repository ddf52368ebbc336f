"""`hmi server init` on a real PostgreSQL, as the owner of a database types it."""

from __future__ import annotations

import json

import psycopg
import pytest

from hmi import cli
from hmi.uplink.schema import STEPS
from tests.uplink.conftest import bare, cluster  # noqa: F401 - fixtures


@pytest.fixture
def empty(bare: str) -> str:  # noqa: F811
    """The address of an empty database."""
    return bare


def test_tables_are_made_once(empty: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["server", "init", empty]) == 0
    assert f"step 0 to {len(STEPS)}" in capsys.readouterr().out
    assert cli.main(["server", "init", empty]) == 0
    assert "up to date" in capsys.readouterr().out
    assert cli.main(["server", "init", empty, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"before": len(STEPS), "after": len(STEPS)}


def test_a_newer_server_is_left_alone(empty: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["server", "init", empty]) == 0
    with psycopg.connect(empty, autocommit=True) as db:
        db.execute("INSERT INTO hmi.version(step) VALUES (999)")
    capsys.readouterr()
    assert cli.main(["server", "init", empty]) == 1
    assert "newer program: nothing was changed" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["postgresql://x@127.0.0.1:1/plant", "nonsense", "postgresql://u@[::bad/d"])
def test_no_server_is_one_line(url: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["server", "init", url]) == 1
    error = capsys.readouterr().err
    assert error.startswith("hmi: the plant server was not changed: ") and error.count("\n") == 1
