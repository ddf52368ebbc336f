"""What sends commands, and what their ends are called."""

import pytest
from PySide6.QtWidgets import QWidget

from hmi.client.command import CommandDialog
from hmi.client.commands import Commands, ask_command, outcome_of
from hmi.link.messages import Reply


@pytest.fixture
def sent(desk):
    """What sends writes; `sent.told` is how they ended."""
    made = Commands(desk)
    made.told = []
    made.ended.connect(lambda *end: made.told.append(end))
    yield made
    made.dispose()


def test_an_outcome_is_what_the_engine_says():
    assert outcome_of(Reply(1, False, "", {"outcome": "unknown"})) == "unknown"
    assert outcome_of(Reply(1, True)) == "confirmed"
    assert outcome_of(Reply(1, False)) == "refused"


def test_a_write_is_pending_until_it_ends_and_its_end_is_told_in_words(desk, engine, sent):
    engine.answers["write"] = lambda request: None
    tag = desk.plant.tag("pump.speed")
    sent.write(tag, 20.0, "more")
    assert desk.mirror.pending == {tag.index}
    desk.wire.tick()
    (request,) = engine.requests
    assert request.args == {"tag": "pump.speed", "value": 20.0, "why": "more"}
    engine.say(Reply(request.number, False, "the guard door is open", {"outcome": "refused"}))
    desk.wire.tick()
    assert sent.told == [(tag.index, "refused", "The guard door is open")]
    assert not desk.mirror.pending


def test_what_the_engine_can_no_longer_tell_is_unknown(desk, engine, sent):
    engine.answers["write"] = lambda request: None
    tag = desk.plant.tag("pump.speed")
    sent.write(tag, 20.0, "more")
    engine.hang_up()
    desk.wire.tick()
    assert [end[1] for end in sent.told] == ["unknown"]


def test_after_the_desk_is_cleared_no_answer_comes(desk, engine, sent):
    engine.answers["write"] = lambda request: None
    sent.write(desk.plant.tag("pump.speed"), 20.0, "more")
    desk.wire.tick()
    sent.dispose()
    engine.say(Reply(engine.requests[0].number, True, "", {"outcome": "confirmed"}))
    desk.wire.tick()
    assert sent.told == []


def test_the_dialog_of_a_command_is_opened_over_the_window_of_who_asks(qtbot, desk, sent):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    ask_command(desk, sent, desk.plant.tag("pump.speed"), window)
    (dialog,) = window.findChildren(CommandDialog)
    assert dialog.isVisible()
    dialog.reject()
