"""The tablet's way around."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.bottombar import BottomBar
from hmi.client.language import speak
from hmi.client.style import dress, target_px
from hmi.client.theme import day


@pytest.fixture(params=["en", "de", "zh"])
def bar(request, qtbot, qapp):
    """The bar of a tablet in portrait."""
    dress(qapp, day(), True)
    speak(request.param)
    made = BottomBar()
    qtbot.addWidget(made)
    made.resize(800, 72)
    made.show()
    yield made
    speak("en")
    dress(qapp, day(), False)


def test_every_target_is_large_enough_for_a_glove_even_in_portrait(bar):
    for name, button in bar.buttons.items():
        assert button.width() >= target_px(True), name
        assert button.height() >= target_px(True), name
        assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width() - 4, name


def test_each_asks_for_its_action_and_marks_where_one_is(qtbot, bar):
    asked = []
    bar.asked.connect(asked.append)
    bar.show_place(":alarms", has_past=True)
    for button in bar.buttons.values():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == list(bar.buttons)
    assert [name for name, button in bar.buttons.items() if button.isChecked()] == ["alarms"]


def test_without_a_past_there_is_no_way_back(bar):
    bar.show_place("overview", has_past=False)
    assert not bar.buttons["back"].isEnabled()
