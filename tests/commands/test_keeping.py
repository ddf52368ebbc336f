"""hmi backup, restore and history check as a person or a script calls them."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from hmi import cli
from hmi.clock import HandClock
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import TAGS
from tests.store.test_verify import DAY_FILE, change, fill

ALL = (-(2**63), 2**63 - 1)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path / "data")
    return tmp_path / "data"


def run(capsys: Capture, *words: object) -> tuple[int, str, str]:
    code = cli.main([str(word) for word in words])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_backup_and_restore_while_the_engine_runs(data: Path, tmp_path: Path, capsys: Capture) -> None:
    with closing(Store(data, TAGS, HandClock())):
        code, out, err = run(capsys, "backup", tmp_path / "b.zip", "--data", data)
        assert (code, err) == (0, "")
        assert "b.zip: 4 files of" in out
    code, out, err = run(capsys, "restore", tmp_path / "b.zip", "--data", tmp_path / "again")
    assert code == 0
    assert "4 files, all verified" in out
    assert err == ""
    assert len(Reader(tmp_path / "again").samples(["a.level"], *ALL)[0]) == 3902


def test_what_is_left_out_is_said_and_can_be_had(data: Path, tmp_path: Path, capsys: Capture) -> None:
    (data / "secrets").mkdir()
    (data / "secrets" / "filler").write_text("pw")
    code, _, err = run(capsys, "backup", tmp_path / "b.zip", "--data", data)
    assert code == 0
    assert "the station's own keys and passwords (1 files)" in err
    code, _, err = run(capsys, "restore", tmp_path / "b.zip", "--data", tmp_path / "bare")
    assert (code, "not in the backup, to be put back by hand: secrets/filler" in err) == (0, True)
    code, out, _ = run(capsys, "backup", tmp_path / "c.zip", "--data", data, "--secrets", "--json")
    assert (code, json.loads(out)["left_out"], json.loads(out)["secrets"]) == (0, [], True)
    code, out, err = run(capsys, "restore", tmp_path / "c.zip", "--data", data, "--replace", "--json")
    assert (code, err) == (0, "")
    assert ".before-restore-" in json.loads(out)["before"]
    assert (data / "secrets" / "filler").read_text() == "pw"


def test_a_no_is_one_line(data: Path, tmp_path: Path, capsys: Capture) -> None:
    for words in (
        ("backup", tmp_path / "no" / "b.zip", "--data", data),
        ("backup", tmp_path / "b.zip", "--data", tmp_path / "nowhere"),
        ("restore", tmp_path / "nothing.zip", "--data", tmp_path / "again"),
        ("restore", data / "hot.db", "--data", tmp_path / "again"),
        ("history", "check", "--data", tmp_path / "nowhere"),
    ):
        code, out, err = run(capsys, *words)
        assert (code, out, len(err.splitlines())) == (1, "", 1), words


def test_a_place_to_restore_to_is_named(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HMI_DATA", raising=False)
    code, _, err = run(capsys, "restore", tmp_path / "b.zip")
    assert (code, "--data" in err) == (1, True)


def test_whole_history_is_said_to_be_whole(data: Path, capsys: Capture) -> None:
    code, out, err = run(capsys, "history", "check", "--data", data)
    assert (code, err) == (0, "")
    assert "4 files, 5 blocks, 4504 samples: nothing is damaged" in out
    assert "the journal is whole: 3 records" in out


def test_damage_is_told_and_put_aside(data: Path, capsys: Capture) -> None:
    change(data / DAY_FILE, "UPDATE data SET b = x'00' WHERE id = 1")
    code, out, err = run(capsys, "history", "check", "--data", data)
    assert code == 1
    assert "2026-02-16.db: 1 of 4 blocks of 1 tags are damaged (a.level: a block is shorter" in err
    assert "--set-aside" in err
    code, out, err = run(capsys, "history", "check", "--set-aside", "--json", "--data", data)
    found = json.loads(out)
    assert (code, err, len(found["set_aside"])) == (1, "", 1)
    assert found["findings"][0]["blocks"][0]["tag"] == "a.level"
    assert run(capsys, "history", "check", "--data", data)[0] == 0
