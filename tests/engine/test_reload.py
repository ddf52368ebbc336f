"""The plant's files followed while the plant runs: what is taken over, what is told, and that nothing else happens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from hmi.clock import HandClock
from hmi.core.plant import Plant
from hmi.engine.reload import LOOK_S, Reload
from hmi.plantfiles.folder import find_plant, load_folder, read_library

LIBRARY = read_library()
SCREEN = "screens/filler.toml"
NEW = '\n[[element]]\nsymbol = "value"\nat = [20, 20]\nlabel = "New"\nbind.value = "line1.filler.speed"\n'
BROKEN = '\n[[element]]\nsymbol = "value"\nat = [20, 20]\nbind.value = "no.such.tag"\n'


class Followed:
    """A plant's folder, followed on a clock that the test turns."""

    def __init__(self, folder: Path, plant: Plant) -> None:
        self.folder = folder
        self.plant = plant
        self.shown: list[Plant] = []
        self.events: list[tuple[str, str]] = []
        self.clock = HandClock()
        self.pool = ThreadPoolExecutor(1)
        self.reload = Reload(folder, LIBRARY, plant, self.clock, self.pool, self.shown.append, self.tell)
        self.text = (folder / SCREEN).read_text("utf-8")

    def tell(self, event: str, text: str) -> None:
        self.events.append((event, text))

    def settle(self) -> str:
        """Let the folder be looked at until what is there has been read; the state then."""
        for _ in range(3):
            self.look()
        return self.reload.told.state

    def look(self) -> None:
        """One look, from its begin to its judgement."""
        self.clock.advance(LOOK_S)
        self.reload.look()
        under_way = self.reload._under_way
        assert under_way is not None
        wait([under_way], timeout=60)
        self.reload.look()

    def write(self, more: str = "", file: str = SCREEN) -> None:
        (self.folder / file).write_text(self.text + more, "utf-8")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo plant as it is now."""
    return Path(shutil.copytree(find_plant("bottling"), tmp_path_factory.mktemp("original") / "bottling"))


@pytest.fixture(scope="module")
def running(original: Path) -> Plant:
    return load_folder(original)


@pytest.fixture
def followed(tmp_path: Path, original: Path, running: Plant) -> Iterator[Followed]:
    made = Followed(Path(shutil.copytree(original, tmp_path / "bottling")), running)
    yield made
    made.pool.shutdown()


def test_a_plant_that_nobody_touches_is_current(followed: Followed) -> None:
    assert followed.settle() == "current"
    assert (followed.shown, followed.events) == ([], [])
    assert followed.reload.status()["mistakes"] == []


def test_a_screen_that_was_edited_is_shown_and_stands_in_the_journal(followed: Followed) -> None:
    followed.settle()
    followed.write(NEW)
    assert followed.settle() == "current"
    (plant,) = followed.shown
    assert len(plant.screens["filler"].elements) == len(followed.plant.screens["filler"].elements) + 1
    ((event, text),) = followed.events
    assert event == "plant files reloaded"
    assert plant.digest in text and followed.plant.digest in text
    followed.settle()
    assert len(followed.shown) == 1  # once
    followed.write()
    followed.settle()
    assert [one.digest for one in followed.shown] == [plant.digest, followed.plant.digest]  # and back


@pytest.mark.expect_log("plant files have mistakes")
def test_a_mistake_changes_nothing_and_is_told_until_it_is_mended(followed: Followed) -> None:
    followed.settle()
    followed.write(BROKEN + BROKEN)
    assert followed.settle() == "mistakes"
    told = followed.reload.told
    assert told.what.startswith(f"{SCREEN}:") and "no.such.tag" in told.what
    assert (told.more, told.folder) == (1, str(followed.folder))
    assert followed.shown == []
    followed.write(BROKEN)
    assert followed.settle() == "mistakes"
    assert followed.reload.told.more == 0  # what is told is what is there now
    assert [event for event, _ in followed.events] == ["plant files have mistakes"]  # once
    assert followed.reload.status()["mistakes"] == [followed.reload.told.what]
    followed.write(NEW)
    assert followed.settle() == "current"
    assert len(followed.shown) == 1
    assert [event for event, _ in followed.events][1:] == ["plant files reloaded"]


@pytest.mark.expect_log("plant files have mistakes")
def test_a_mistake_that_is_taken_back_needs_no_new_screens(followed: Followed) -> None:
    followed.settle()
    followed.write(BROKEN)
    followed.settle()
    followed.write()
    assert followed.settle() == "current"
    assert followed.shown == []
    assert [event for event, _ in followed.events][1:] == ["plant files as before"]


@pytest.mark.expect_log("plant files wait for a restart")
def test_what_runs_waits_for_the_restart_and_the_screens_wait_with_it(followed: Followed) -> None:
    followed.settle()
    path = followed.folder / "plant.toml"
    head = path.read_text("utf-8")
    path.write_text(head.replace("keep_days = 400", "keep_days = 300"), "utf-8")
    followed.write(NEW)
    assert followed.settle() == "restart"
    assert followed.shown == []
    assert followed.reload.told.what == "history"
    assert followed.reload.status()["waits_for_restart"] == ["history"]
    path.write_text(head, "utf-8")
    assert followed.settle() == "current"
    assert len(followed.shown) == 1  # the screens alone may be shown
    assert [event for event, _ in followed.events] == ["plant files wait for a restart", "plant files reloaded"]


@pytest.mark.expect_log("plant files have mistakes")
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: folder.rename(folder.parent / "away"), "this is not a folder"),
        (lambda folder: (folder / "plant.toml").unlink(), "has no plant.toml"),
        (lambda folder: (folder / SCREEN).write_bytes(b"\xff\xfe\0"), "UTF-16"),
        (lambda folder: (folder / SCREEN).write_text("[screen]\nid = "), SCREEN),
        (lambda folder: (folder / SCREEN).write_text(""), SCREEN),
        (lambda folder: (folder / "screens" / "x.toml").symlink_to("/etc/passwd"), "leads out of the plant's folder"),
        (lambda folder: (folder / "screens" / "x.toml").symlink_to("nowhere"), "screens/x.toml"),
    ],
)
def test_whatever_happens_to_the_files_is_one_line(followed: Followed, harm: Callable[[Path], Any], said: str) -> None:
    followed.settle()
    harm(followed.folder)
    assert followed.settle() == "mistakes"
    assert said in followed.reload.told.what
    assert "\n" not in followed.reload.told.what
    assert followed.shown == []


@pytest.mark.expect_log("our fault in reading the plant's files")
@pytest.mark.expect_log("plant files have mistakes")
def test_a_fault_of_ours_is_told_once_and_the_plant_runs_on(followed: Followed) -> None:
    followed.reload._library = None  # type: ignore[assignment]
    followed.write(NEW)
    followed.look()
    followed.look()
    assert followed.reload.told.state == "mistakes"
    assert "the program failed" in followed.reload.told.what
    assert [event for event, _ in followed.events] == ["plant files have mistakes"]


def test_without_a_folder_there_is_nothing_to_follow(followed: Followed) -> None:
    still = Reload(None, {}, followed.plant, followed.clock, followed.pool, followed.shown.append, lambda *_: None)
    still.look()
    assert still._under_way is None
    assert still.status()["state"] == "current"
