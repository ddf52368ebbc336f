"""A command: two steps, cancel always there, and the end in words."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.command import CommandDialog, outcome_of, range_text
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.policy import Rules
from hmi.core.tags import Tag
from hmi.link.messages import Reply, Values
from tests.client.conftest import TAGS, SmallEngine, texts

MORE_TAGS = """pump.mode,line,ns=2;s=Mode,float64,%,0,100,,,,,change,rw,Pump mode
pump.total,line,ns=2;s=Total,int64,,,,,,,,change,rw,Pump total
pump.drain,line,ns=2;s=Drain,bool,,,,,,,,change,rw,Drain valve
"""
POLICIES = """
[[policy]]
tags = ["pump.mode"]
low = 5
max_step = 10
confirm = "Product is lost"
interlock = [{ needs = "not door.open", blocked = "The guard door is open: close it first" }]

[[policy]]
tags = ["pump.drain"]
second_person = true
"""


@pytest.fixture
def engine(clock):
    """The small engine, with policies and a number too big for a float."""
    made = SmallEngine(clock, texts() | {"tags.csv": TAGS + MORE_TAGS, "policies.toml": POLICIES})
    made.set({"door.open": 0.0})
    return made


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
    assert range_text(tag(low=0, high=100), Rules(low=10)) == "10.0 to 100.0 %"
    assert range_text(tag(low=0, high=100), Rules(max_step=5)) == "0.0 to 100.0 %, at most 5.0 % at once"


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


# ------------------------------------------------------------------------------------------------ policies


@pytest.fixture
def guarded(window):
    window.shell.open_command("pump.mode")
    return window.shell.findChild(CommandDialog)


def test_what_must_be_confirmed_is_read_before_execute_and_goes_with_the_write(qtbot, guarded, engine):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    fill(qtbot, guarded, value="20")
    assert guarded.confirm.isVisible() and guarded.confirm.text() == "Product is lost"
    assert guarded.interlocks.text() == "No interlock stands against it"
    assert not guarded.execute.isEnabled()
    qtbot.mouseClick(guarded.confirmed, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(guarded.execute, Qt.MouseButton.LeftButton)
    (request,) = engine.requests
    assert request.args == {"tag": "pump.mode", "value": 20.0, "why": "more throughput", "confirmed": "Product is lost"}


def test_without_a_policy_there_is_nothing_to_confirm(qtbot, dialog):
    fill(qtbot, dialog)
    assert not dialog.confirm.isVisible() and not dialog.confirmed.isVisible() and not dialog.interlocks.isVisible()
    assert dialog.execute.isEnabled()


@pytest.mark.parametrize("quality", [q.GOOD, q.BAD_SENSOR_FAILURE])
def test_an_interlock_is_shown_as_it_is_at_this_moment(qtbot, guarded, engine, window, quality):
    fill(qtbot, guarded, value="20")
    guarded.confirmed.click()
    assert guarded.execute.isEnabled()
    engine.set({"door.open": 1.0}, quality)
    window.frame.beat()
    assert guarded.interlocks.text().startswith("Blocked: The guard door is open: close it first")
    assert not guarded.execute.isEnabled()
    engine.set({"door.open": 0.0})
    window.frame.beat()
    assert guarded.interlocks.text() == "No interlock stands against it"
    assert guarded.execute.isEnabled()


@pytest.mark.parametrize(("value", "says"), [("4", "outside what its policy allows"), ("40", "more than 10 % at once")])
def test_what_the_policy_would_refuse_is_said_before_it_is_asked(qtbot, guarded, engine, value, says):
    fill(qtbot, guarded, value=value)
    assert says in guarded.complaint.text()
    assert guarded.steps.currentIndex() == 0
    assert engine.requests == []


def test_a_value_that_is_not_good_cannot_be_set(qtbot, dialog, engine, window):
    engine.set({"pump.speed": 12.0}, q.BAD_SENSOR_FAILURE)
    window.frame.beat()
    fill(qtbot, dialog)
    assert "sensor failure" in dialog.complaint.text()
    assert dialog.steps.currentIndex() == 0


def test_a_second_person_is_said_at_once(window, engine):
    window.shell.open_command("pump.drain")
    dialog = window.shell.findChild(CommandDialog)
    dialog.choices.button(1).click()
    dialog.why.setText("x")
    dialog.proceed()
    assert "second person" in dialog.complaint.text()
    assert engine.requests == []
    dialog.close()


def test_whole_numbers_of_64_bits_keep_every_digit(qtbot, window, engine):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    index, now = engine.plant.tag_index["pump.total"], engine.clock.now_ns()
    batch = Batch.of([index], [float(2**53)], now, now)
    batch.rows["raw"] = 2**53 + 1
    engine.say(Values.of(batch, now))
    window.frame.beat()
    window.shell.open_command("pump.total")
    dialog = window.shell.findChild(CommandDialog)
    fill(qtbot, dialog, value="9007199254740995")
    assert dialog.change.text() == "9007199254740993  →  9007199254740995"
    dialog.send()
    assert engine.requests[0].args["value"] == 9007199254740995
    dialog.close()
