"""Why something on a page is grey."""

import numpy as np
from PySide6.QtCore import Qt

from hmi.client.why import Cause, Why, causes
from hmi.core import quality as q


def test_all_is_well(window):
    assert causes(window.shell.desk, np.arange(3)) == []
    window.shell.open_why()
    assert window.shell.above.overlay.texts == ["Every value on this page is good and up to date."]
    window.shell.above.clear()


def test_values_of_one_connection_with_one_fault_have_one_cause_the_worst_first(engine, window):
    engine.set({"tank.level": 1.0, "tank.temperature": 1.0}, q.UNCERTAIN_SENSOR)
    engine.set({"pump.speed": 1.0}, q.BAD_NO_COMMUNICATION)
    window.frame.beat()
    found = causes(window.shell.desk, np.arange(4))
    assert [cause.tags for cause in found] == [("pump.speed",), ("tank.level", "tank.temperature")]
    assert "line (opcua, opc.tcp://127.0.0.1:4840)" in found[0].text


def test_f10_asks_and_the_system_page_is_one_step_further(qtbot, engine, window):
    engine.set({"tank.level": 1.0}, q.BAD_COMMUNICATION)
    window.frame.beat()
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F10)
    why = window.shell.above.overlay
    assert isinstance(why, Why)
    assert "tank.level" in why.texts
    why.system_asked.emit()
    assert window.shell.page.key == ":system"


def test_a_screen_with_many_causes_keeps_to_its_sheet(qtbot, window):
    many = [Cause(q.BAD_COMMUNICATION, f"Network: reason {number}", ("a", "b", "c", "d")) for number in range(9)]
    made = Why(window.shell.desk, window.shell.middle, many)
    assert "4 more causes: see the system page" in made.texts
    assert "4 values: a, b, c …" in made.texts
    qtbot.keyClick(made.sheet, Qt.Key.Key_Escape)
    assert not made.isVisible()
