"""The code on a machine's plate."""

import dataclasses

import pytest
from PySide6.QtCore import Qt

from hmi.client.search.index import Index
from hmi.client.search.scan import unknown
from hmi.core.plant.equipment import Equipment


@pytest.fixture
def shell(window):
    """The small plant with a machine that has a plate."""
    window.activateWindow()
    desk = window.shell.desk
    pump = Equipment("pump1", "Feed pump", code="PMP-01", screen="pump")
    desk.plant = dataclasses.replace(desk.plant, equipment={"pump1": pump})
    return window.shell


@pytest.fixture
def opened(shell):
    """The machines whose faceplate was asked for."""
    asked = []
    shell.above.open_faceplate = asked.append
    return asked


def scan(qtbot, shell, code, key=Qt.Key.Key_F3):
    qtbot.keyClick(shell.window(), key)
    overlay = shell.above.overlay
    qtbot.keyClicks(overlay.entry, code)
    qtbot.keyClick(overlay.entry, Qt.Key.Key_Return)
    return overlay


@pytest.mark.parametrize("code", ["PMP-01", "pmp-01", " PMP-01 "])
def test_a_known_code_opens_its_machine_at_once(qtbot, shell, opened, code):
    scan(qtbot, shell, code)
    assert opened == ["pump1"]
    assert shell.above.overlay is None


def test_an_unknown_code_is_said_so_and_the_next_one_replaces_it(qtbot, shell, opened):
    overlay = scan(qtbot, shell, "PMP-02")
    assert overlay.told.whole == "No machine has the code PMP-02. One has PMP-01: scan again"
    qtbot.keyClicks(overlay.entry, "PMP-01")
    qtbot.keyClick(overlay.entry, Qt.Key.Key_Return)
    assert opened == ["pump1"]


def test_the_palette_takes_a_scanned_code_before_its_list_is_written(qtbot, shell):
    qtbot.keyClick(shell.window(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = shell.above.overlay
    chosen = []
    palette.chosen.disconnect()
    palette.chosen.connect(chosen.append)
    qtbot.keyClicks(palette.entry, "PMP-01")
    qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    assert [(one.kind, one.key) for one in chosen] == [("equipment", "pump1")]


def test_nothing_scanned_says_nothing(qtbot, shell):
    overlay = scan(qtbot, shell, "")
    assert overlay.told.whole == ""
    overlay.leave()


def test_a_plant_without_machines_says_so(engine):
    assert "equipment.toml" in unknown("X", Index(engine.plant))
    pump = Equipment("pump1", "Feed pump", code="PMP-01")
    with_one = dataclasses.replace(engine.plant, equipment={"pump1": pump})
    assert "of this plant" in unknown("9788000", Index(with_one))
