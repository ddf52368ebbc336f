"""The .run, as somebody without rights of root uses it: install, upgrade, go back, remove."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packaging_rules.standin import make_base, make_plant, run, script

pytestmark = pytest.mark.skipif(shutil.which("makeself") is None, reason="makeself is not installed")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """The .run of two versions of the mill."""
    folder = tmp_path_factory.mktemp("made")
    base = make_base(folder / "base")
    for number in (1, 2):
        plant = make_plant(folder / f"plant{number}", number)
        words = [f"--plant={plant}", f"--base={base}", "--target=run", f"--out={folder / 'out'}"]
        assert script("build").main(words) == 0
    return sorted((folder / "out").iterdir())


class Person:
    """Somebody with a home, at whose computer nothing of systemd answers."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / ".local/opt/hmi-mill"
        self.data = home / ".local/share/hmi-mill"
        self.program = home / ".local/bin/hmi-mill"
        home.mkdir()

    def does(self, file: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Run an installer."""
        env = {"HOME": str(self.home), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "XDG_RUNTIME_DIR": "/nonexistent"}
        return run("sh", file, "--", *words, env=env)

    def runs(self) -> list[str]:
        """The versions that are there, the current one and the one before."""
        links = [(self.root / name) for name in ("current", "previous")]
        return [os.fspath(link.readlink()) if link.is_symlink() else "" for link in links]

    @contextmanager
    def engine(self) -> Iterator[subprocess.Popen[bytes]]:
        """The engine of what is installed, until left."""
        command = [self.program, "engine", self.root / "current/plant", "--data", self.data]
        with (self.home / "engine.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 50
            while not (self.data / "link.json").exists():
                assert process.poll() is None and time.monotonic() < until, (self.home / "engine.log").read_text()
                time.sleep(0.05)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.fixture
def person(tmp_path) -> Person:
    """Somebody who has nothing installed."""
    return Person(tmp_path / "home with a blank")


def test_it_installs_what_a_person_needs(person, files):
    done = person.does(files[0])
    assert done.returncode == 0, done.stderr
    assert person.runs() == ["versions/0.1.0+1", ""]
    assert "Every file is as it was made" in run(person.program, "about", "--verify").stdout
    place = json.loads((person.root / "place.json").read_text())
    assert place["data"] == str(person.data)
    assert Path(place["site"]).is_file()
    desktop = (person.home / ".local/share/applications/hmi-mill.desktop").read_text()
    assert f'Exec="{person.root}/current/app/hmi" run\n' in desktop
    assert (person.home / ".local/share/icons/hicolor/scalable/apps/hmi-mill.svg").is_file()
    assert (person.root / "current/app/hmi").stat().st_mode & 0o022 == 0


def test_an_upgrade_backs_up_stops_the_engine_keeps_the_version_before_and_goes_back(person, files):
    assert person.does(files[0]).returncode == 0
    site = person.home / ".config/hmi-mill/site.toml"
    with person.engine() as engine:
        site.write_text("# of this station\n")
        done = person.does(files[1])
        assert done.returncode == 0, done.stderr
        assert engine.wait(30) == 0
    assert "the records were backed up" in done.stderr
    assert [path.name for path in person.data.with_name("hmi-mill.backups").iterdir()] == ["before-0.1.0+2.zip"]
    assert person.runs() == ["versions/0.1.0+2", "versions/0.1.0+1"]
    assert site.read_text() == "# of this station\n"
    with person.engine():
        pass
    journal = run(person.program, "journal", "--json", "--data", person.data)
    assert sum(row["event"] == "started" for row in json.loads(journal.stdout)["records"]) == 2
    assert person.does(files[1], "--roll-back").returncode == 0
    assert person.runs() == ["versions/0.1.0+1", "versions/0.1.0+2"]
    assert run(person.program, "journal", "verify", "--data", person.data).returncode == 0


def test_without_a_backup_nothing_is_changed(person, files):
    person.does(files[0])
    with person.engine():
        pass
    shutil.rmtree(person.data / "samples", ignore_errors=True)
    (person.data / "journal.db").write_bytes(b"this is no database at all" * 1000)
    done = person.does(files[1])
    assert done.returncode == 1
    assert "could not be backed up" in done.stderr
    assert person.runs() == ["versions/0.1.0+1", ""]


def test_going_back_needs_a_version_before(person, files):
    person.does(files[0])
    done = person.does(files[0], "--roll-back")
    assert done.returncode == 1
    assert "there is no version before to go back to" in done.stderr
    assert person.runs() == ["versions/0.1.0+1", ""]


def test_removing_leaves_the_records(person, files):
    person.does(files[0])
    with person.engine():
        pass
    assert person.does(files[0], "--remove").returncode == 0
    assert not person.root.exists()
    assert not person.program.is_symlink()
    assert (person.data / "journal.db").is_file()


def test_other_folders_are_kept_over_upgrades(person, files, tmp_path):
    root, data = tmp_path / "program", tmp_path / "records"
    assert person.does(files[0], "--root", str(root), "--data", str(data)).returncode == 0
    assert person.does(files[1], "--root", str(root)).returncode == 0
    assert json.loads((root / "place.json").read_text())["data"] == str(data)
    assert os.fspath((root / "current").readlink()) == "versions/0.1.0+2"


def test_a_word_that_it_does_not_know_changes_nothing(person, files):
    done = person.does(files[0], "--instal")
    assert done.returncode == 2
    assert not person.root.exists()


def test_two_versions_are_kept_and_no_more(person, files):
    for file in (*files, files[0]):
        assert person.does(file).returncode == 0
    (person.root / "versions/0.0.9+1").mkdir()
    assert person.does(files[1]).returncode == 0
    assert sorted(path.name for path in (person.root / "versions").iterdir()) == ["0.1.0+1", "0.1.0+2"]


def test_a_folder_with_something_else_in_it_is_left_alone(person, files, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years")
    for words in (["--root", str(tmp_path / "mine")], ["--root", str(tmp_path / "mine"), "--remove"]):
        done = person.does(files[0], *words)
        assert done.returncode == 1
        assert "nothing was changed" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_removing_leaves_what_somebody_else_put_beside(person, files):
    person.does(files[0])
    (person.root / "notes.txt").write_text("mine")
    assert person.does(files[0], "--remove").returncode == 0
    assert [path.name for path in person.root.iterdir()] == ["notes.txt"]


def test_removing_takes_what_updates_have_left(person, files):
    person.does(files[0])
    for name in ("update.log", "update.json", "update.lock", "update-engine.log"):
        (person.root / name).write_text("")
    (person.root / "trial").mkdir()
    assert person.does(files[0], "--remove").returncode == 0
    assert not person.root.exists()
