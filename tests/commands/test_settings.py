"""`hmi settings`: one report of how a station is protected, of a plant that runs and of one that does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hmi import cli
from hmi.core.people import Account
from hmi.drivers.keystore import Secrets
from hmi.drivers.pki import Pki
from hmi.plantfiles.folder import find_plant
from hmi.store.people import new_book, write_book
from tests.drivers.papers import paper

Rows = dict[str, dict[str, object]]

PEOPLE = """
[people]
accounts = true
notice = "Staff only."
password_length = 14
sessions = 1
"""


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Rows]:
    """The report, by what it is about."""
    monkeypatch.delenv("HMI_SITE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def ask(plant: Path, data: Path) -> Rows:
        assert cli.main(["settings", str(plant), "--data", str(data), "--json"]) == 0
        return {row["what"]: row for row in json.loads(capsys.readouterr().out)["settings"]}

    return ask


@pytest.mark.cr("7.6")
def test_what_was_changed_is_told_apart_from_what_is_as_delivered(told: Callable[..., Rows], tmp_path: Path):
    before = told(find_plant("bottling"), tmp_path / "data")
    assert before["length of a password"]["value"] == "10 characters at least"
    assert not before["length of a password"]["changed"]
    plant, data = shutil.copytree(find_plant("bottling"), tmp_path / "plant"), tmp_path / "data"
    text = (plant / "plant.toml").read_text("utf-8")
    (plant / "plant.toml").write_text(text.replace('everyone = "operate"', 'everyone = "view"') + PEOPLE, "utf-8")
    data.mkdir()
    ada = Account(number=1, name="ada", roles={"": "administer"}, password="$argon2id$v=19$never-shown")
    write_book(data, new_book().__class__(key="aa", accounts=(ada,)))
    Secrets(data).put("server", "three grey herons", in_file=True)
    Pki(data).reject(paper("Filler"))
    after = told(plant, data)
    assert {what for what, row in after.items() if row["changed"] != before[what]["changed"]} == {
        *("everybody", "people sign in", "notice before signing in", "length of a password"),
        *("windows at once for a person", "secrets"),
    }
    assert after["everybody"]["value"] == "view"
    assert after["accounts"]["value"] == "1 administer"
    assert after["certificates of servers"]["value"] == "0 trusted, 0 issuers, 1 rejected, 0 refused"
    assert after["line"]["value"] == "opcua, not secured"
    assert all(row["where"] for row in after.values())


def test_no_secret_is_in_it(told: Callable[..., Rows], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    Secrets(tmp_path).put("server", "three grey herons", in_file=True)
    write_book(tmp_path, new_book())
    assert cli.main(["settings", "bottling", "--data", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "three grey herons" not in text
    assert new_book().key not in text
    assert "server (file)" in text
    assert text.splitlines()[-1] == "* not as delivered"


def test_where_no_engine_runs_it_says_what_to_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["settings", "--data", str(tmp_path)]) == 1
    assert "or name the plant: hmi settings PLANT" in capsys.readouterr().err
