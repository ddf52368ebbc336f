"""A station that trusts a key: what starts there, what does not, and what everybody is told."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from hmi.cli import main
from hmi.commands.signed import signed_plant, site_of
from hmi.core import minisign
from hmi.core.errors import HmiError
from hmi.plantfiles.standing import ENGINEERING, OPEN, SIGNED
from tests.update import standin
from tests.update.standin import KEY, ROOT, make_plant


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signed plant, and beside it a data folder that trusts its key."""
    for name, text in standin.QUIET.items():
        monkeypatch.setitem(standin.FILES, name, text)
    (tmp_path / "data" / "trusted-keys").mkdir(parents=True)
    (tmp_path / "data" / "trusted-keys" / "maker.pub").write_text(minisign.write_public(KEY.public_key))
    return make_plant(tmp_path / "mill", version=3)


def judged(plant: Path, data: Path | None = None, engineering: bool = False) -> str:
    options = argparse.Namespace(data=data or plant.parent / "data", engineering=engineering)
    return signed_plant(plant, options)[2].mode


def test_the_mode_is_of_keys_files_and_settings(plant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(plant) == SIGNED
    assert judged(plant, tmp_path / "other") == OPEN
    assert judged(plant, engineering=True) == ENGINEERING
    (tmp_path / "site.toml").write_text('[site]\nmode = "engineering"\n')
    monkeypatch.setenv("HMI_SITE", str(tmp_path / "site.toml"))
    assert site_of("mill").engineering
    assert judged(plant) == ENGINEERING


@pytest.mark.cr("3.4")
@pytest.mark.parametrize("verb", ["engine", "run"])
def test_a_changed_plant_is_not_started(plant: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    (plant / "tags.csv").write_text((plant / "tags.csv").read_text() + "\n")
    assert main([verb, str(plant), "--data", str(plant.parent / "data")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "tags.csv was changed. The plant was not started" in said
    assert not (plant.parent / "data" / "journal.db").exists()


@pytest.mark.cr("3.4")
@pytest.mark.parametrize(
    ("changed", "mode", "words"), [(False, SIGNED, "as they were signed"), (True, ENGINEERING, "was changed")]
)
def test_status_and_journal_say_in_which_mode_it_runs(plant: Path, changed: bool, mode: str, words: str) -> None:
    data, more = plant.parent / "data", []
    if changed:
        (plant / "tags.csv").write_text((plant / "tags.csv").read_text() + "\n")
        more = ["--engineering"]
    command = [sys.executable, "-m", "hmi", "engine", plant, "--data", data, *more]
    with (
        (plant.parent / "log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as engine,
    ):
        try:
            assert engine.stdout is not None
            assert engine.stdout.readline().startswith(b"ready"), (plant.parent / "log").read_text()
            status = json.loads(hmi("status", "--json", "--data", str(data)))
            assert (status["mode"], status["plant_version"]) == (mode, 3) and words in status["mode_words"]
            assert words in hmi("status", "--data", str(data))
            journal = hmi("journal", "--find", words, "--category", "system", "--json", "--data", str(data))
            assert '"event": "started"' in journal and f"plant files: {status['mode_words']}" in journal
        finally:
            engine.terminate()


def hmi(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "hmi", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_settings_with_mistakes_start_nothing(plant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site.toml").write_text('[site]\nmode = "anything"\n')
    monkeypatch.setenv("HMI_SITE", str(tmp_path / "site.toml"))
    with pytest.raises(HmiError, match="`mode` must be"):
        judged(plant)
