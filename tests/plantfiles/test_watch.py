"""A plant's folder looked at while the plant runs: what counts as a change, and what it would change."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hmi.core.plant import Plant
from hmi.plantfiles.folder import find_plant, load_folder, read_library
from hmi.plantfiles.watch import differing, look, read, stamp_of

LIBRARY = read_library()
SCREEN = "screens/filler.toml"
STATION = '[[station_alarm]]\nid = "station.journal"\nrespond_min = 5\n\n'


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo plant as it is now."""
    return Path(shutil.copytree(find_plant("bottling"), tmp_path_factory.mktemp("original") / "bottling"))


@pytest.fixture(scope="module")
def running(original: Path) -> Plant:
    return load_folder(original)


@pytest.fixture
def folder(tmp_path: Path, original: Path) -> Path:
    """A copy of it, to be edited."""
    return Path(shutil.copytree(original, tmp_path / "bottling"))


def add(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")


def test_the_same_files_are_the_same_plant(folder: Path, running: Plant) -> None:
    found = read(folder, LIBRARY, running)
    assert (found.digest, found.plant, found.mistakes, found.runs) == (running.digest, None, (), ())
    assert differing(running, load_folder(folder)) == ()  # compiled anew, and compared by what it says


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (SCREEN, '\n[[element]]\nsymbol = "text"\nat = [20, 20]\nsize = [70, 28]\ntext = "New"\n'),
        (SCREEN, "\n# a remark\n"),
        ("tags.csv", "\n"),
        ("policies.toml", "\n# a remark at the end\n"),
        ("instructions/new.md", "# New\n"),
        ("lang/fr.toml", '"Filler" = "Remplisseuse"\n'),
    ],
)
def test_what_is_only_shown_changes_nothing_that_runs(folder: Path, running: Plant, file: str, text: str) -> None:
    add(folder, file, text)
    found = read(folder, LIBRARY, running)
    assert found.mistakes == ()
    assert found.plant is not None and found.plant.digest != running.digest
    assert found.runs == ()


def test_a_policy_that_stands_a_line_lower_is_the_same_policy(folder: Path, running: Plant) -> None:
    path = folder / "policies.toml"
    path.write_text("# one more line\n" + path.read_text("utf-8"), "utf-8")
    found = read(folder, LIBRARY, running)
    assert found.plant is not None and found.plant.policies != running.policies
    assert found.runs == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "runs"),
    [
        ("plant.toml", "keep_days = 400", "keep_days = 300", ("history",)),
        ("plant.toml", 'name = "Bottling', 'name = "Other', ("plant.toml",)),
        ("alarms/capper.toml", "[[alarm]]", f"{STATION}[[alarm]]", ("alarms",)),
    ],
)
def test_what_the_engine_works_with_is_named(
    folder: Path, running: Plant, file: str, old: str, new: str, runs: tuple[str, ...]
) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    add(folder, SCREEN, "\n# changed as well\n")
    assert read(folder, LIBRARY, running).runs == runs


def test_each_part_that_runs_has_its_word(running: Plant) -> None:
    tag = replace(running.tags[0], description="another")
    rule = replace(running.rules[0], limit=running.rules[0].limit + 1)
    line = replace(running.connections[0], address="opc.tcp://elsewhere:4840")
    shown = replace(running, screens={}, equipment={}, backdrops={}, languages={}, digest="other")
    assert differing(running, shown) == ()
    assert differing(running, replace(running, tags=(tag, *running.tags[1:]))) == ("tags",)
    assert differing(running, replace(running, rules=(rule, *running.rules[1:]))) == ("alarms",)
    assert differing(running, replace(running, connections=(line, *running.connections[1:]))) == ("connections",)
    assert differing(running, replace(running, policies={}, derived=())) == ("derived tags", "policies")
    assert differing(running, replace(running, everyone="view")) == ("plant.toml",)


def test_a_mistake_is_told_with_its_place(folder: Path, running: Plant) -> None:
    lines = (folder / SCREEN).read_text("utf-8").count("\n")
    add(folder, SCREEN, '\n[[element]]\nsymbol = "value"\nat = [1, 1]\nbind.value = "no.such.tag"\n')
    found = read(folder, LIBRARY, running)
    assert found.plant is None
    assert [(one.file, one.severity) for one in found.mistakes] == [(SCREEN, "error")]
    assert found.mistakes[0].line > lines


def test_it_reads_what_is_new_and_has_come_to_rest(folder: Path, running: Plant) -> None:
    first = look(folder, LIBRARY, running, None, None)
    assert first.reading is None
    second = look(folder, LIBRARY, running, first.stamp, None)
    assert second.reading is not None
    assert look(folder, LIBRARY, running, second.stamp, second.stamp).reading is None  # nothing new
    add(folder, SCREEN, "\n# half")
    third = look(folder, LIBRARY, running, second.stamp, second.stamp)
    add(folder, SCREEN, " done")
    fourth = look(folder, LIBRARY, running, third.stamp, second.stamp)
    assert third.reading is fourth.reading is None  # an editor is at work
    assert look(folder, LIBRARY, running, fourth.stamp, second.stamp).reading is not None


def test_what_changes_while_it_is_read_is_not_taken(
    folder: Path, running: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stamp_of(folder)

    def read_slowly(*args: object) -> object:
        add(folder, SCREEN, "\n# written meanwhile")
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("hmi.plantfiles.watch.read", read_slowly)
    found = look(folder, LIBRARY, running, before, None)
    assert found.reading is None
    assert found.stamp == stamp_of(folder) != before


def test_every_way_a_file_can_change_is_seen(folder: Path) -> None:
    stamps = [stamp_of(folder)]

    def moved() -> bool:
        stamps.append(stamp_of(folder))
        return stamps[-1] != stamps[-2]

    assert not moved()
    add(folder, SCREEN, "\n")
    assert moved()
    (folder / "new.tmp").write_text((folder / SCREEN).read_text("utf-8"), "utf-8")
    assert not moved()  # not a plant's file
    (folder / "new.tmp").replace(folder / SCREEN)  # as editors do
    assert moved()
    (folder / "outside.toml").symlink_to(folder.parent / "target.toml")
    assert moved()
    (folder.parent / "target.toml").write_text("a = 1\n")
    assert moved()  # what a link leads to
    (folder / SCREEN).unlink()
    assert moved()
    shutil.rmtree(folder / "screens")
    assert moved()
    (folder / ".git").mkdir()
    (folder / ".git" / "index.toml").write_text("")
    assert not moved()


def test_a_link_out_of_the_folder_and_too_many_files_are_one_line_each(folder: Path, running: Plant) -> None:
    (folder / "screens" / "stranger.toml").symlink_to("/etc/hostname")
    (mistake,) = read(folder, LIBRARY, running).mistakes
    assert "leads out of the plant's folder" in str(mistake)
    (folder / "screens" / "stranger.toml").unlink()
    (folder / "instructions").mkdir(exist_ok=True)
    for number in range(2_001):
        (folder / "instructions" / f"n{number}.md").touch()
    found = read(folder, LIBRARY, running).mistakes
    assert any("more than 2000 files" in str(mistake) for mistake in found)
    assert all("\n" not in str(mistake) for mistake in found)


def test_a_folder_that_has_gone_is_a_mistake_and_comes_back(folder: Path, running: Plant) -> None:
    away = folder.parent / "away"
    seen = stamp_of(folder)
    folder.rename(away)
    assert stamp_of(folder) != seen
    assert "this is not a folder" in str(read(folder, LIBRARY, running).mistakes[0])
    away.rename(folder)
    assert stamp_of(folder) == seen


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(folder: Path, running: Plant) -> None:
    seen = stamp_of(folder)
    (folder / SCREEN).chmod(0)
    assert stamp_of(folder) != seen
    assert "cannot be read" in str(read(folder, LIBRARY, running).mistakes[0])


def test_links_in_a_circle_end(folder: Path, running: Plant) -> None:
    (folder / "loop").symlink_to(folder)  # not entered
    (folder / "screens" / "self.toml").symlink_to(folder / "screens" / "self.toml")
    assert stamp_of(folder) == stamp_of(folder)
    assert "cannot be read" in str(read(folder, LIBRARY, running).mistakes[0])
