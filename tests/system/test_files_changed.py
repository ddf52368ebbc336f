"""Somebody edits the files of a plant that runs: simulator, engine and window as they are, with a real folder."""

import shutil
from pathlib import Path

import pytest

from hmi.client.app import RunOptions, open_window
from hmi.clock import MachineClock
from hmi.commands.children import free_ports
from hmi.core import quality as q
from hmi.core.batch import FLAG_NOT_LIVE
from hmi.plantfiles.folder import find_plant
from tests.system.stand import Stand

SCREEN = "screens/filler.toml"
NEW = '\n[[element]]\nsymbol = "text"\nat = [20, 20]\nsize = [160, 28]\ntext = "Edited just now"\n'
BROKEN = '\n[[element]]\nsymbol = "analog"\nat = [20, 20]\nbind.value = "no.such.tag"\n'


@pytest.fixture
def edited(tmp_path):
    """A stand on a copy of the demo plant."""
    made = Stand(tmp_path / "data", free_ports(4), Path(shutil.copytree(find_plant("bottling"), tmp_path / "bottling")))
    made.folder.mkdir()
    try:
        made.start_sim()
        made.start_engine()
        yield made
    finally:
        made.stop()


@pytest.fixture
def window(edited, qtbot):
    """The window on its filler, with every value live."""
    made = open_window(RunOptions(data=edited.folder, size=(1280, 800)), MachineClock())
    qtbot.addWidget(made)
    made.show()
    made.start()
    qtbot.waitUntil(lambda: made.wire.mirror is not None and not stale(made), timeout=60_000)
    made.shell.go("filler")
    yield made
    made.stop()


def stale(window):
    table = window.wire.mirror.table
    return window.wire.mirror.link_down or bool((q.is_bad(table.quality) | ((table.flags & FLAG_NOT_LIVE) != 0)).any())


def texts(window):
    return [element.options.get("text") for element in window.shell.desk.plant.screens["filler"].elements]


def test_a_screen_is_edited_broken_and_mended_while_the_plant_runs(edited, window, qtbot):
    path, mirror = edited.named / SCREEN, window.wire.mirror
    before, seen = path.read_text("utf-8"), []
    digest = edited.json("status")["digest"]
    window.wire.plant_changed.connect(lambda _: seen.append(stale(window)))

    path.write_text(before + NEW, "utf-8")
    qtbot.waitUntil(lambda: "Edited just now" in texts(window), timeout=60_000)
    assert seen == [False] and window.wire.mirror is mirror and not stale(window)
    assert window.shell.page.key == "filler"
    counter = mirror.table.counter
    qtbot.waitUntil(lambda: mirror.table.counter > counter, timeout=60_000)  # values go on
    status = edited.json("status")
    assert status["plant_files"]["state"] == "current"
    assert status["digest"] == window.wire.plant.digest != digest

    path.write_text(before + BROKEN, "utf-8")
    qtbot.waitUntil(window.shell.notice.isVisible, timeout=60_000)
    line = (before + BROKEN).count("\n")
    assert window.shell.notice.detail.whole.startswith(f"{SCREEN}:{line}: ")
    assert "Edited just now" in texts(window)  # the last good screen stays
    assert edited.json("status")["plant_files"]["mistakes"][0].startswith(f"{SCREEN}:{line}: ")
    assert "no.such.tag" in edited.hmi("status").stdout

    path.write_text(before, "utf-8")
    qtbot.waitUntil(lambda: not window.shell.notice.isVisible(), timeout=60_000)
    qtbot.waitUntil(lambda: "Edited just now" not in texts(window), timeout=60_000)
    assert window.wire.mirror is mirror and not stale(window)

    events = [record["event"] for record in edited.json("journal")["records"] if "plant files" in record["event"]]
    assert sorted(events) == ["plant files have mistakes", "plant files reloaded", "plant files reloaded"]
