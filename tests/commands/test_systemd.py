"""The engine as a service of the user: a unit that systemd itself accepts."""

import os
import shutil
import subprocess

import pytest

from hmi import cli
from hmi.commands.systemd import unit, unit_name
from hmi.core.errors import HmiError
from hmi.plantfiles.folder import find_plant, load_folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_the_unit_is_written_shown_and_taken_away(home, capsys):
    data = str(home / "data")
    assert cli.main(["service", "install", "bottling", "--data", data]) == 0
    said = capsys.readouterr().out
    file = home / "config" / "systemd" / "user" / "hmi-bottling.service"
    assert f"{file} is written" in said
    assert "systemctl --user enable --now hmi-bottling.service" in said
    assert cli.main(["service", "show", "bottling", "--data", data]) == 0
    assert capsys.readouterr().out == file.read_text()
    assert cli.main(["service", "remove", "bottling"]) == 0
    assert not file.exists()
    assert cli.main(["service", "remove", "bottling"]) == 1
    assert "nothing was changed" in capsys.readouterr().err


def test_a_folder_that_is_not_ours(home, capsys):
    (home / "config").write_text("a file where the folder should be")
    assert cli.main(["service", "install", "bottling", "--data", str(home / "data")]) == 1
    assert "nothing was installed" in capsys.readouterr().err


def test_it_is_watched_and_started_again():
    folder = find_plant("bottling")
    text = unit(load_folder(folder), folder, folder)
    for line in ("Type=notify", "WatchdogSec=15", "Restart=on-failure", "StartLimitIntervalSec=0"):
        assert line in text.splitlines()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["data", "two words", '50% "quoted" $HOME \\n'])
def test_systemd_accepts_it_and_reads_the_folders_as_they_are(tmp_path, name):
    folder, data = find_plant("bottling"), tmp_path / name
    data.mkdir()
    file = tmp_path / unit_name("bottling")
    file.write_text(unit(load_folder(folder), folder, data))
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        ["systemd-analyze", "verify", str(file)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_with_a_line_break_is_refused(tmp_path):
    folder = find_plant("bottling")
    with pytest.raises(HmiError, match="name the folder otherwise"):
        unit(load_folder(folder), folder, tmp_path / "a\nExecStartPre=b")
