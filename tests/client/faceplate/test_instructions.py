"""The instructions tab."""

from dataclasses import replace

from PySide6.QtCore import Qt

from hmi.client.faceplate.instructions import Instructions, plain
from hmi.client.language import speak
from hmi.core.steps.model import Instruction


def test_a_click_asks_for_the_instruction(qtbot, desk):
    tab = Instructions(desk, ("pump-seal", "clean"), "p-101")
    qtbot.addWidget(tab)
    asked = []
    tab.asked.connect(lambda *told: asked.append(told))
    assert tab.buttons["pump-seal"].text() == "Pump seal"
    qtbot.mouseClick(tab.buttons["pump-seal"], Qt.MouseButton.LeftButton)
    assert asked == [("pump-seal", "p-101", "")]


def test_its_title_is_in_the_plants_language(qtbot, desk):
    seal = Instruction(id="pump-seal", title="Change the seal")
    desk.plant = replace(desk.plant, instructions={"pump-seal": seal})
    speak("de", {"de": {"Change the seal": "Dichtung wechseln"}})
    try:
        tab = Instructions(desk, ("pump-seal",))
    finally:
        speak("en")
    qtbot.addWidget(tab)
    assert tab.buttons["pump-seal"].text() == "Dichtung wechseln"


def test_without_a_file_its_id_will_do():
    assert plain("filler-overflow") == "Filler overflow"
