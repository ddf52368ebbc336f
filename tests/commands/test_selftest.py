"""`hmi selftest` as people and programs call it."""

import json
import socket
from contextlib import ExitStack

import pytest

from hmi.cli import main
from hmi.commands.selftest import ground
from hmi.core.errors import HmiError
from hmi.selftest.station import write_plant
from tests.selftest.sabotage import Sabotage

FAULT = {"hmi.store.records": "JournalReader.verify_journal = lambda self: (True, 3, 'whole')"}


@pytest.fixture
def sabotage(tmp_path, monkeypatch):
    """Breaks parts of the program in the processes that it starts."""
    return Sabotage(tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def platform(monkeypatch):
    """The command chooses Qt's platform for its own process: it must not stay chosen for the tests that follow."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


def test_it_says_what_was_seen(capsys):
    assert main(["selftest", "--only", "history"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("ok   history")
    assert "written, sealed and read back equal" in out
    assert out.endswith("1 passed, 0 failed, 0 not checked\n")


def test_a_failure_is_named_and_the_exit_code_says_so(sabotage, capsys):
    sabotage.breaks(FAULT)
    assert main(["selftest", "--only", "journal", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    (check,) = told["checks"]
    assert (check["group"], check["name"], check["outcome"]) == ("program", "journal", "failed")
    assert check["seconds"] > 0


def test_what_cannot_be_looked_at_is_no_failure(capsys):
    assert main(["selftest", "data", "--json"]) == 0
    assert {check["outcome"] for check in json.loads(capsys.readouterr().out)["checks"]} == {"not checked"}


def test_a_data_folder_that_is_not_there_fails(tmp_path, capsys):
    assert main(["selftest", "data", "--data", str(tmp_path / "none")]) == 1
    assert "4 failed" in capsys.readouterr().out


def test_what_a_check_starts_ends_with_it(tmp_path):
    with ExitStack() as after:
        place = ground(tmp_path, None, after)
        port = place.free_ports(1)
        plant = write_plant(tmp_path, "modbus", f"tcp://127.0.0.1:{port}")
        assert place.start("simulator", "sim", str(plant)) == f"ready controller=tcp://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    assert (tmp_path / "pids").read_text().strip().isdigit()


def test_it_works_in_no_folder_that_is_not_there(tmp_path):
    with pytest.raises(HmiError, match="nothing was checked"):
        ground(tmp_path / "none", None, ExitStack())
