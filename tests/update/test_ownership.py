"""An administrator's commands in a folder of another account go no further than that account could."""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi import cli
from hmi.clock import HandClock
from hmi.drivers.decisions import laid_down
from hmi.drivers.pki import Pki
from hmi.update.ownership import as_caller, as_owner, owner
from hmi.update.programs import start
from hmi.update.steps import Steps
from tests.drivers.papers import paper

NOBODY = 65534
as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can be led astray")


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that other accounts reach, unlike those of the tests."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def data(room: Path) -> Path:
    """The data folder of an engine whose account was taken over."""
    made = room / "data"
    made.mkdir(mode=0o750)
    os.chown(made, NOBODY, NOBODY)
    return made


@pytest.fixture
def system(room: Path) -> Path:
    """A file of the system's that only root may read."""
    made = room / "shadow"
    made.write_text("root:secret")
    made.chmod(0o600)
    return made


def planted(link: Path, target: Path, *folders: Path) -> None:
    for folder in (*folders, link.parent):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, NOBODY, NOBODY)
    link.symlink_to(target)


def untouched(system: Path) -> bool:
    facts = system.stat()
    return (facts.st_uid, stat.S_IMODE(facts.st_mode), system.read_text()) == (0, 0o600, "root:secret")


@as_root
def test_for_a_while_it_is_the_owner_and_then_root_again(data: Path, system: Path) -> None:
    assert owner(data) == {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    with as_owner(data):
        assert (os.geteuid(), os.getegid(), os.getgroups()) == (NOBODY, NOBODY, [])
        with pytest.raises(PermissionError):
            system.read_text()
        with as_caller():
            assert system.read_text()
        (data / "made").touch()
    assert (os.geteuid(), os.getegid(), (data / "made").stat().st_uid) == (0, os.getgid(), NOBODY)
    with as_owner(data / "missing"), as_caller():
        assert os.geteuid() == 0


@as_root
@pytest.mark.cr("2.1")
def test_a_journal_entry_of_an_update_gives_nothing_of_the_systems_away(
    data: Path, system: Path, tmp_path: Path
) -> None:
    (data / "journal.db").touch()
    planted(data / "pki" / "decided" / "0.json", system, data / "pki")
    Steps(tmp_path, data, HandClock(), ("root", "desk"), lambda _: None).tell("update agreed", "by root")
    assert untouched(system)
    [(path, _)] = [one for one in laid_down(data) if not one[0].is_symlink()]
    assert path.stat().st_uid == NOBODY, "the engine can read it, and take it away"


@as_root
def test_a_key_is_not_written_through_a_link(data: Path, system: Path, tmp_path: Path, capsys) -> None:
    assert cli.main(["plant", "key", str(tmp_path / "plant.key")]) in (0, 1, 2)
    capsys.readouterr()
    public = next(tmp_path.glob("*.pub"), None)
    assert public is not None
    from hmi.core import minisign

    name = minisign.read_public(public.read_text("utf-8")).name
    planted(data / "trusted-keys" / f"{name}.pub", system)
    assert cli.main(["plant", "trust", str(public), "--data", str(data)]) == 1
    assert untouched(system)


@as_root
def test_decisions_and_secrets_of_root_can_be_read_by_the_engine(
    data: Path, system: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_owner(data):
        Pki(data).reject(paper("Filler"))
    mark = Pki(data).entries("rejected")[0].path.stem
    assert cli.main(["trust", "accept", mark, "--data", str(data)]) == 0
    assert cli.main(["trust", "own", "--out", str(tmp_path / "station.der"), "--data", str(data)]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("three grey herons\n"))
    assert cli.main(["secret", "set", "filler", "--file", "--data", str(data)]) == 0
    assert (tmp_path / "station.der").stat().st_uid == 0
    assert {path.stat().st_uid for path in data.rglob("*")} == {NOBODY}
    planted(data / "secrets" / "plc", system)
    monkeypatch.setattr("sys.stdin", io.StringIO("data\n"))
    assert cli.main(["wipe", "--records", "--data", str(data)]) == 0
    assert untouched(system)
    assert not (data / "secrets").exists()


@as_root
def test_the_log_of_an_engine_is_not_opened_through_a_link(data: Path, system: Path) -> None:
    planted(data / "engine.log", system)
    with pytest.raises(Exception, match="could not be started"):
        start(Path(sys.prefix), data, data, data / "engine.log")
    assert untouched(system)


def test_who_is_not_root_works_as_himself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "seteuid", lambda _: pytest.fail("nobody but root may"), raising=False)
    assert owner(tmp_path) == {}
    with as_owner(tmp_path):
        (tmp_path / "made").touch()
