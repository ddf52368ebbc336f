import json
import math
import os
import sys

import pytest

from hmi import cli
from hmi.clock import HandClock
from hmi.commands import records
from hmi.core.batch import FLAG_TEXT, Batch
from hmi.core.journal import Record
from hmi.core.plant import History
from hmi.store.paging import pages
from hmi.store.store import Store
from tests.engine.toy import TAGS

START = HandClock().now_ns()


@pytest.fixture
def folder(tmp_path):
    clock = HandClock()
    store = Store(tmp_path, TAGS, clock, History())
    for number in range(10):
        now = clock.now_ns()
        store.append(Batch.of([0], [float(number)], now, now))
        clock.advance(1)
    store.record(Record(time_ns=START, category="write", event="confirmed", subject="a.speed", value=3.0)).result(10)
    store.close()
    return tmp_path


def run(capsys, *words):
    code = cli.main([*words, "--from", "2026-02-25T00:00:00", "--to", "2026-02-26T00:00:00"])
    return code, capsys.readouterr()


def test_raw_samples_as_csv(folder, capsys):
    code, out = run(capsys, "history", "a.level", "--raw", "--data", str(folder))
    lines = out.out.splitlines()
    assert code == 0
    assert lines[0].startswith("tag,time,")
    assert len(lines) == 11


def test_intervals_as_json_in_a_file(folder, capsys, tmp_path):
    out = tmp_path / "out.json"
    words = (
        "history",
        "a.level",
        "--points",
        "4",
        "--format",
        "json",
        "--out",
        str(out),
        "--data",
        str(folder),
    )
    assert run(capsys, *words)[0] == 0
    rows = json.loads(out.read_text())["rows"]
    assert min(row["min"] for row in rows if row["min"] is not None) == 0.0
    assert not list(tmp_path.glob("*.part"))


def test_a_tag_that_was_never_stored_and_a_window_turned_round(folder, capsys):
    assert cli.main(["history", "a.level", "--from", "now", "--to", "-1h", "--data", str(folder)]) == 1
    assert "--from" in capsys.readouterr().err


def test_parquet_goes_into_a_file(folder, capsys, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    assert run(capsys, "history", "a.level", "--format", "parquet", "--data", str(folder))[0] == 1
    for what, rows in (("--raw", 10), ("--points=1", 1), ("--step=1d", 1)):
        words = ("history", "a.level", what, "--format", "parquet", "--out", str(out), "--data", str(folder))
        assert run(capsys, *words)[0] == 0
        assert len(parquet.read_table(out)) == rows


def test_the_journal_is_listed_and_verified(folder, capsys):
    assert cli.main(["journal", "--data", str(folder)]) == 0
    assert "a.speed" in capsys.readouterr().out
    assert cli.main(["journal", "verify", "--data", str(folder)]) == 0


def test_what_a_device_said_does_not_steer_the_terminal(folder, capsys):
    store = Store(folder, TAGS, HandClock(), History())
    told = Record(time_ns=START, category="write", event="refused", subject="a.lot", value="\x1b[2J", result="\x9b31m")
    store.record(told).result(10)
    store.close()
    assert cli.main(["journal", "--data", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.isprintable() for line in lines)
    assert any(r"a.lot \x1b[2J  \x9b31m" in line for line in lines)
    assert cli.main(["journal", "--json", "--data", str(folder)]) == 0
    values = [row["value"] for row in json.loads(capsys.readouterr().out)["records"]]
    assert "\x1b[2J" in values  # a program gets it as it is


def test_history_is_exact_in_a_file_and_harmless_on_a_terminal(folder, capsys, monkeypatch):
    store = Store(folder, TAGS, HandClock(), History())
    lot = Batch.of([3], [math.nan], START, START, flags=FLAG_TEXT)
    store.append(Batch(lot.rows, ("\x1b[2J\u202e",)))
    store.flush().result(10)
    store.close()
    assert "a.lot,2026-02-25T" in run(capsys, "history", "a.lot", "--raw", "--data", str(folder))[1].out
    out = folder / "out.csv"
    run(capsys, "history", "a.lot", "--raw", "--out", str(out), "--data", str(folder))
    assert "\x1b[2J\u202e" in out.read_text("utf-8")
    master, slave = os.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        assert run(capsys, "history", "a.lot", "--raw", "--data", str(folder))[0] == 0
        terminal.flush()
        shown = ""
        while "good" not in shown:  # a terminal gives what it has, line by line
            shown += os.read(master, 1000).decode()
    os.close(master)
    assert r"\x1b[2J\u202e" in shown


def test_raw_values_come_page_by_page_and_all_of_them(folder, capsys, monkeypatch):
    whole = run(capsys, "history", "a.level", "--raw", "--data", str(folder))[1].out
    asked = []
    monkeypatch.setattr(records, "pages", lambda *args: asked.append(args[1]) or pages(*args, most=3))
    assert run(capsys, "history", "a.level", "--raw", "--data", str(folder))[1].out == whole
    assert asked == ["a.level"]


def test_a_tag_without_values_is_told_from_one_that_nobody_knows(folder, capsys):
    code, out = run(capsys, "history", "no.such", "--data", str(folder))
    assert code == 1
    assert "no values of no.such are stored at all: is the name right? hmi get lists the tags" in out.err
    code = cli.main(["history", "a.level", "--from", "2026-02-20", "--to", "2026-02-21", "--data", str(folder)])
    assert code == 1
    assert "no values of a.level are stored between 2026-02-" in capsys.readouterr().err
