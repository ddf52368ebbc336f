"""A command: two steps, cancel always there, and the end in words."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.command import CommandDialog, outcome_of, range_text
from hmi.core.tags import Tag
from hmi.link.messages import Reply


def tag(**more):
    return Tag(**{"index": 0, "name": "a", "connection": "c", "address": "x", "type": "float64", "unit": "%", **more})


@pytest.fixture
def dialog(window):
    window.shell.open_command("pump.speed")
    return window.shell.findChild(CommandDialog)


def fill(qtbot, dialog, value="45", why="more throughput"):
    qtbot.keyClicks(dialog.entry, value)
    qtbot.keyClicks(dialog.why, why)
    qtbot.mouseClick(dialog.next, Qt.MouseButton.LeftButton)


def test_what_cannot_be_sent_is_said_before(qtbot, dialog):
    fill(qtbot, dialog, value="fast")
    assert "not a number" in dialog.complaint.text()
    assert dialog.steps.currentIndex() == 0


def test_ranges_in_words():
    assert range_text(tag(low=0, high=100)) == "0.0 to 100.0 %"
    assert range_text(tag()) == "no limits given"
    assert range_text(tag(high=5, type="int16")) == "any to 5 %"


def test_an_outcome_is_what_the_engine_says():
    assert outcome_of(Reply(1, False, "", {"outcome": "unknown"})) == "unknown"
    assert outcome_of(Reply(1, True)) == "confirmed"
    assert outcome_of(Reply(1, False)) == "refused"


def test_nothing_is_sent_before_execute(qtbot, dialog, engine, window):
    fill(qtbot, dialog)
    assert dialog.steps.currentIndex() == 1
    assert dialog.change.text() == "12.0 1/min  →  45.0 1/min"
    assert engine.requests == []
    qtbot.mouseClick(dialog.cancel_buttons[1], Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert engine.requests == []
    assert not window.wire.mirror.pending


def test_cancel_is_there_in_every_step(dialog):
    assert len(dialog.cancel_buttons) == dialog.steps.count()


@pytest.mark.parametrize(("value", "why", "complaint"), [("450", "x", "range"), ("45", "", "why"), ("", "x", "number")])
def test_what_is_missing_is_asked_for(qtbot, dialog, value, why, complaint):
    fill(qtbot, dialog, value, why)
    assert dialog.steps.currentIndex() == 0
    assert complaint in dialog.complaint.text()


def test_it_is_pending_until_the_reply_and_then_confirmed(qtbot, dialog, engine, window):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    request = engine.requests[0]
    assert (request.verb, request.args) == ("write", {"tag": "pump.speed", "value": 45.0, "why": "more throughput"})
    assert window.wire.mirror.pending == {2}
    assert "Waiting" in dialog.headline.text()
    engine.say(Reply(request.number, True, "Pump speed set-point is 45", {"outcome": "confirmed", "read_back": 45.0}))
    window.frame.beat()
    assert dialog.headline.text() == "Confirmed"
    assert not window.wire.mirror.pending


@pytest.mark.parametrize(
    ("outcome", "headline"), [("refused", "Refused: nothing was changed"), ("unknown", "Unknown: check the plant")]
)
def test_a_refusal_and_an_unknown_end_are_told(qtbot, dialog, engine, window, outcome, headline):
    engine.answers["write"] = lambda request: Reply(
        request.number, False, "the guard door is open", {"outcome": outcome}
    )
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    window.frame.beat()
    assert dialog.headline.text() == headline
    assert dialog.outcome.text() == "The guard door is open"
    assert window.shell.banner.told.whole == "The guard door is open"


def test_an_engine_that_goes_away_leaves_the_end_unknown(qtbot, dialog, engine, window):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    engine.hang_up()
    window.frame.beat()
    assert dialog.headline.text() == "Unknown: check the plant"
    assert not window.wire.mirror.pending


def test_the_end_is_told_even_when_the_dialog_was_closed(qtbot, dialog, engine, window):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    dialog.close()
    engine.say(Reply(engine.requests[0].number, False, "refused by the controller", {"outcome": "refused"}))
    window.frame.beat()
    assert window.shell.banner.told.whole == "Refused by the controller"
    assert not window.wire.mirror.pending


def test_a_switch_is_chosen_not_typed(qtbot, window, engine):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    window.shell.open_command("pump.running")
    dialog = window.shell.findChild(CommandDialog)
    dialog.proceed()
    assert "on or off" in dialog.complaint.text()
    dialog.choices.button(0).click()
    dialog.why.setText("leak")
    dialog.proceed()
    assert dialog.change.text().endswith("→  off")
    dialog.send()
    assert engine.requests[0].args["value"] == 0.0
    dialog.close()
