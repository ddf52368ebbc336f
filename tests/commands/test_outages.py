"""Links and outages as the command line prints them; safe mode itself is tried with a whole engine in tests/faults."""

import json

import msgspec
import pytest

from hmi import cli
from hmi.clock import MachineClock
from hmi.commands.outages import link_lines
from hmi.core import links
from hmi.store.store import Store
from tests.engine.toy import TAGS

NS = 10**9
DAY_NS = 86_400 * NS


def lines(link):
    return list(link_lines(msgspec.to_builtins(link)))


def test_a_link_that_is_well_takes_one_line():
    [line] = lines(msgspec.structs.replace(links.connection("plc", "live"), since_ns=1_772_000_000 * NS))
    assert line.split() == ["plc", "Live", "since", "2026-02-25T06:13:20", "UTC"]


def test_a_broken_one_says_what_it_means_and_what_to_do():
    head, *more = lines(links.connection("plc", "down", "connection refused"))
    assert head.startswith("X plc")
    assert [line.strip() for line in more] == [
        "connection refused",
        "None of its values is live. Its alarms cannot be judged, commands to it are refused.",
        "Is the device on, and the cable in? The engine goes on trying by itself.",
    ]


@pytest.fixture
def folder(tmp_path):
    now = MachineClock().now_ns()
    store = Store(tmp_path, TAGS, MachineClock())
    store.declare_gap(now - 2 * DAY_NS, now - 2 * DAY_NS + 90 * NS, "plc", "the connection was silent")
    store.declare_gap(now - 50 * DAY_NS, now - 50 * DAY_NS + NS, "", "the engine was not running (it was stopped)")
    store.flush().result()
    store.close()
    return str(tmp_path)


def test_outages_are_read_with_the_engine_stopped(folder, capsys):
    assert cli.main(["outages", "--data", folder]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.split(maxsplit=4)[1:] == ["90.0", "s", "plc", "the connection was silent"]
    assert cli.main(["outages", "--days", "60", "--json", "--data", folder]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["of"], one["seconds"]) for one in told["outages"]] == [("plc", 90.0), ("", 1.0)]
    assert cli.main(["outages", "--days", "1", "--data", folder]) == 0
    assert capsys.readouterr().out == "No outage in 1 days.\n"


@pytest.mark.parametrize("words", [["links"], ["safe-mode"], ["safe-mode", "leave", "--why", "x"]])
def test_without_an_engine_it_says_so(tmp_path, capsys, words):
    assert cli.main([*words, "--data", str(tmp_path)]) == 1
    assert "the engine is not running" in capsys.readouterr().err


def test_the_wrong_folder_is_said_and_not_that_all_was_well(tmp_path, capsys):
    assert cli.main(["outages", "--data", str(tmp_path)]) == 1
    assert f"there is no journal in {tmp_path}: name the engine's data folder" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["nan", "inf", "1e300", "-1", "0", "many"])
def test_days_that_are_none_are_wrong_use(folder, capsys, days):
    assert cli.main(["outages", f"--days={days}", "--data", folder]) == 2
    assert f"{days!r} is no number of days" in capsys.readouterr().err
