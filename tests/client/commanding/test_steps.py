"""The two steps of a command: cancel always there, never a wish as a fact, and the end in words."""

import pytest
from PySide6.QtCore import Qt

from hmi.link.messages import Reply


def test_what_cannot_be_sent_is_said_before(qtbot, dialog, fill):
    fill(dialog, value="fast")
    assert "not a number" in dialog.complaint.text()
    assert dialog.steps.currentIndex() == 0


def test_nothing_is_sent_before_execute(qtbot, dialog, engine, desk, fill):
    fill(dialog)
    assert dialog.steps.currentIndex() == 1
    assert dialog.change.text() == "12.0 1/min  →  45.0 1/min"
    assert engine.requests == []
    qtbot.mouseClick(dialog.cancel_buttons[1], Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert engine.requests == []
    assert not desk.mirror.pending


def test_cancel_is_there_in_every_step(dialog):
    assert len(dialog.cancel_buttons) == dialog.steps.count()


@pytest.mark.parametrize(("value", "why", "complaint"), [("450", "x", "range"), ("45", "", "why"), ("", "x", "number")])
def test_what_is_missing_is_asked_for(qtbot, dialog, value, why, complaint, fill):
    fill(dialog, value, why)
    assert dialog.steps.currentIndex() == 0
    assert complaint in dialog.complaint.text()


def test_it_is_pending_until_the_reply_and_then_confirmed(qtbot, dialog, engine, beat, desk, fill):
    engine.answers["write"] = lambda request: None
    fill(dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    request = engine.requests[0]
    assert (request.verb, request.args) == ("write", {"tag": "pump.speed", "value": 45.0, "why": "more throughput"})
    assert desk.mirror.pending == {2}
    assert "Waiting" in dialog.headline.text()
    engine.say(Reply(request.number, True, "Pump speed set-point is 45", {"outcome": "confirmed", "read_back": 45.0}))
    beat()
    assert dialog.headline.text() == "Confirmed"
    assert not desk.mirror.pending


@pytest.mark.parametrize(
    ("outcome", "headline"), [("refused", "Refused: nothing was changed"), ("unknown", "Unknown: check the plant")]
)
def test_a_refusal_and_an_unknown_end_are_told(qtbot, dialog, engine, outcome, headline, beat, commands, fill):
    engine.answers["write"] = lambda request: Reply(
        request.number, False, "the guard door is open", {"outcome": outcome}
    )
    fill(dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    beat()
    assert dialog.headline.text() == headline
    assert dialog.outcome.text() == "The guard door is open"
    assert commands.told[-1][1] == "The guard door is open"


def test_an_engine_that_goes_away_leaves_the_end_unknown(qtbot, dialog, engine, beat, desk, fill):
    engine.answers["write"] = lambda request: None
    fill(dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    engine.hang_up()
    beat()
    assert dialog.headline.text() == "Unknown: check the plant"
    assert not desk.mirror.pending


def test_the_end_is_told_even_when_the_dialog_was_closed(qtbot, dialog, engine, beat, desk, commands, fill):
    engine.answers["write"] = lambda request: None
    fill(dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    dialog.close()
    engine.say(Reply(engine.requests[0].number, False, "refused by the controller", {"outcome": "refused"}))
    beat()
    assert commands.told[-1][1] == "Refused by the controller"
    assert not desk.mirror.pending


def test_a_switch_is_chosen_not_typed(qtbot, engine, ask):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    dialog = ask("pump.running")
    dialog.proceed()
    assert dialog.complaint.text() == "Choose one: On, Off"
    dialog.wish.buttons[0].click()
    dialog.why.setText("leak")
    dialog.proceed()
    assert dialog.change.text() == "on  →  Off"
    dialog.send()
    assert engine.requests[0].args["value"] == 0.0
    dialog.close()


def test_what_the_plant_reads_changes_only_by_being_read(qtbot, dialog, engine, beat, fill):
    engine.answers["write"] = lambda request: None
    fill(dialog)
    dialog.send()
    assert dialog.reading.text() == "12.0 1/min"
    assert dialog.pending.text() == "pending"
    beat()
    assert dialog.reading.text() == "12.0 1/min"
    engine.say(Reply(engine.requests[0].number, True, "It is 45", {"outcome": "confirmed", "read_back": 45.0}))
    beat()
    assert dialog.headline.text() == "Confirmed"
    assert dialog.pending.text() == ""
    assert dialog.reading.text() == "12.0 1/min"  # what the reply says is not yet what the plant shows
    engine.set({"pump.speed": 45.0})
    beat()
    assert dialog.reading.text() == "45.0 1/min"


def test_it_is_pending_before_the_engine_has_even_heard(qtbot, dialog, engine, desk, fill):
    engine.answers["write"] = lambda request: None
    fill(dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    assert desk.mirror.pending == {desk.plant.tag_index["pump.speed"]}  # no beat of the clock was needed
    assert dialog.pending.text() == "pending"


def test_a_value_that_goes_stale_stops_an_open_command(qtbot, dialog, engine, beat, clock, fill):
    fill(dialog)
    assert dialog.execute.isEnabled()
    clock.advance(3.0)
    beat()
    assert not dialog.execute.isEnabled()
    assert dialog.interlocks.text().startswith("Pump speed set-point is stale (no longer updated")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert engine.requests == []
    engine.health()
    beat()
    assert dialog.execute.isEnabled()
