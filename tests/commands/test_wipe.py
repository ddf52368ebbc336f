"""`hmi wipe` as somebody types it who takes a station out of use."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hmi import cli
from hmi.commands.station import keep_plant
from hmi.commands.wipe import CANNOT
from hmi.drivers.keystore import Secrets
from hmi.store.folder import FolderLock
from hmi.store.people import new_book, write_book


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station with a password for a server, and settings of its own."""
    folder = tmp_path / "records"
    keep_plant(folder, "bottling")
    write_book(folder, new_book())
    Secrets(folder).put("filler", "three grey herons", in_file=True)
    monkeypatch.delenv("HMI_SITE", raising=False)
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    (tmp_path / "config" / "hmi-bottling").mkdir(parents=True)
    (tmp_path / "config" / "hmi-bottling" / "site.toml").write_text('[station]\nname = "filler-panel"\n')
    return folder


@pytest.fixture
def typed(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Type the command and an answer; gives exit code, stdout, stderr."""

    def run(answer: str, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        code = cli.main(["wipe", "--data", str(data), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


Typed = Callable[..., tuple[int, str, str]]


def test_it_takes_the_name_of_the_folder_typed_out(typed: Typed, data: Path):
    for answer in ("yes\n", "\n", "filler\n", ""):
        code, _, err = typed(answer)
        assert code == 1
        assert "nothing was" in err
    assert (data / "secrets" / "filler").exists()


@pytest.mark.cr("4.2")
def test_it_says_what_is_gone_what_is_left_and_what_nobody_can_vouch_for(typed: Typed, data: Path):
    code, out, err = typed("records\n", "--records")
    assert code == 0
    assert "files will be erased for good" in err and "take a backup first" in err
    assert not data.exists()
    assert "files erased" in out
    assert "site.toml" in out, "what it keeps elsewhere is named"
    assert all(text in out for text in CANNOT)


def test_for_a_script_it_is_one_document(typed: Typed, data: Path):
    code, out, _ = typed("records\n", "--json")
    told = json.loads(out)
    assert (code, told["failed"], told["not_vouched_for"]) == (0, [], list(CANNOT))
    assert told["files"] >= 2
    assert told["left"][-1].endswith("site.toml")


def test_not_while_the_engine_runs(typed: Typed, data: Path):
    lock = FolderLock(data)
    try:
        code, _, err = typed("records\n")
    finally:
        lock.release()
    assert code == 1
    assert "stop it first" in err
    assert (data / "people.json").exists()
