"""A value is said by words, by keys or on the glass; wrong input is told with the key that makes it wrong."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from hmi.client.commandform import CONFIRM, END, SAY


def test_a_mode_is_chosen_by_its_word_and_needs_no_reason_where_none_is_wanted(qtbot, ask, engine, beat):
    engine.set({"pump.selector": 1.0})
    beat()
    dialog = ask("pump.selector")
    assert dialog.now.text() == "Manual"
    qtbot.mouseClick(dialog.wish.buttons[2], Qt.MouseButton.LeftButton)
    assert dialog.steps.currentIndex() == CONFIRM
    assert dialog.change.text() == "Manual  →  Automatic"
    assert engine.requests == []
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    assert engine.requests[0].args == {"tag": "pump.selector", "value": 2.0, "why": ""}


def test_a_push_button_is_triggered(qtbot, ask, engine):
    dialog = ask("pump.start")
    assert list(dialog.wish.buttons) == [1]
    qtbot.keyClicks(dialog.why, "after the fault")
    qtbot.keyClick(dialog.why, Qt.Key.Key_Return)
    assert dialog.change.text().endswith("→  Start")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert engine.requests[0].args["value"] == 1.0


def test_wrong_input_is_told_with_the_key_that_makes_it_wrong(qtbot, ask):
    dialog = ask("pump.rate")
    qtbot.keyClicks(dialog.entry, "2")
    assert "out of range: 6000 to 27000" in dialog.complaint.text()
    assert dialog.complaint.property("role") == "muted"  # it may become right
    qtbot.keyClicks(dialog.entry, "6000")
    assert dialog.complaint.text() == ""
    qtbot.keyClicks(dialog.entry, "0")
    assert dialog.complaint.property("role") == "bad"
    dialog.entry.clear()
    assert dialog.complaint.text() == ""


def test_by_keyboard_alone(qtbot, dialog, engine):
    qtbot.keyClicks(dialog.focusWidget(), "45")
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClicks(dialog.focusWidget(), "more")
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.steps.currentIndex() == CONFIRM
    assert engine.requests == []  # one Enter is one step
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert [request.args["value"] for request in engine.requests] == [45.0]
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_a_choice_is_seen_chosen_before_enter_goes_on_with_it(qtbot, ask, engine):
    dialog = ask("pump.running")
    dialog.wish.buttons[0].click()  # off, while the focus is still on the other one
    dialog.why.setText("leak")
    assert dialog.focusWidget() is dialog.wish.buttons[1]
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.steps.currentIndex() == SAY
    assert dialog.wish.buttons[1].isChecked()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.change.text() == "on  →  On"
    assert engine.requests == []


def test_a_held_enter_goes_no_further_than_one_step(qtbot, dialog, engine):
    dialog.entry.setText("45")
    dialog.why.setText("x")
    for repeat in (False, True, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", repeat)
        QApplication.sendEvent(dialog, event)
    assert dialog.steps.currentIndex() == CONFIRM
    assert engine.requests == []


def test_enter_on_cancel_cancels_and_escape_always_does(qtbot, ask, engine, fill):
    dialog = ask("pump.speed")
    fill(dialog)
    dialog.cancel_buttons[CONFIRM].setFocus()
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert not dialog.isVisible()
    other = ask("pump.speed")
    fill(other)
    qtbot.keyClick(other, Qt.Key.Key_Escape)
    assert not other.isVisible()
    assert engine.requests == []


def test_on_a_tablet_it_is_typed_on_the_glass_and_held(qtbot, desk, ask, engine, clock):
    desk.touch = True
    dialog = ask("pump.speed")
    for key in "45.5":
        qtbot.mouseClick(dialog.wish.pad.keys[key], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.reasons.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.next, Qt.MouseButton.LeftButton)
    assert dialog.change.text() == "12.0 1/min  →  45.5 1/min"
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert engine.requests == []  # a touch in passing is no command
    qtbot.mousePress(dialog.execute, Qt.MouseButton.LeftButton)
    clock.advance(1.6)
    dialog.execute.tick()
    assert [request.args["value"] for request in engine.requests] == [45.5]
    assert dialog.steps.currentIndex() == END


def test_it_fits_a_tablet_upright_and_a_small_window(desk, ask):
    desk.touch = True
    dialog = ask("pump.speed")
    assert dialog.width() <= 800 and dialog.height() <= 700
