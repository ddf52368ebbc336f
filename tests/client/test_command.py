"""A command: two steps, cancel always there, and the end in words."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.command import CommandDialog, Commands, outcome_of, place_over
from hmi.client.commandform import BARRED, CONFIRM, END, SAY
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.link.messages import Reply, Values
from tests.client.conftest import TAGS, SmallEngine, texts

MORE_TAGS = """pump.mode,line,ns=2;s=Mode,float64,%,0,100,,,,,change,rw,Pump mode
pump.total,line,ns=2;s=Total,int64,,,,,,,,change,rw,Pump total
pump.drain,line,ns=2;s=Drain,bool,,,,,,,,change,rw,Drain valve
pump.start,line,ns=2;s=Start,bool,,,,,,,,change,rw,Start button of the pump
pump.selector,line,ns=2;s=Selector,int32,,0,3,,,,,change,rw,"Selector (0 off, 1 manual, 2 automatic)"
pump.rate,line,ns=2;s=Rate,float64,1/h,6000,27000,,,,,change,rw,Rate
"""
ELEMENTS = """
[[element]]
symbol = "choice"
at = [100, 200]
bind = { value = "pump.selector" }
write = "pump.selector"
words = { 0 = "Off", 1 = "Manual", 2 = "Automatic" }

[[element]]
symbol = "button"
at = [100, 300]
label = "Start"
write = "pump.start"
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

[[policy]]
tags = ["pump.start"]
interlock = [{ needs = "not door.open", blocked = "The guard door is open: close it first" }]

[[policy]]
tags = ["pump.selector"]
reason = false
"""


@pytest.fixture
def engine(clock):
    """The small engine, with policies and a number too big for a float."""
    files = texts() | {"tags.csv": TAGS + MORE_TAGS, "policies.toml": POLICIES}
    files["screens/pump.toml"] += ELEMENTS
    made = SmallEngine(clock, files)
    made.set({"door.open": 0.0})
    return made


@pytest.fixture
def commands(desk):
    """What sends writes; `commands.told` is how they ended."""
    made = Commands(desk)
    made.told = []
    made.ended.connect(lambda tag, outcome, text: made.told.append((outcome, text)))
    yield made
    made.dispose()


@pytest.fixture
def beat(desk, commands):
    """What the window does at a beat of the frame clock."""

    def draw():
        desk.wire.tick()
        commands.moved.emit()

    return draw


@pytest.fixture
def ask(qtbot, desk, commands):
    """Opens the dialog of a command over a window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)

    def open_dialog(name):
        made = CommandDialog(desk, commands, desk.plant.tag(name), window)
        place_over(made, window)
        return made

    return open_dialog


@pytest.fixture
def dialog(ask):
    return ask("pump.speed")


def fill(qtbot, dialog, value="45", why="more throughput"):
    qtbot.keyClicks(dialog.entry, value)
    qtbot.keyClicks(dialog.why, why)
    qtbot.mouseClick(dialog.next, Qt.MouseButton.LeftButton)


def test_what_cannot_be_sent_is_said_before(qtbot, dialog):
    fill(qtbot, dialog, value="fast")
    assert "not a number" in dialog.complaint.text()
    assert dialog.steps.currentIndex() == 0


def test_an_outcome_is_what_the_engine_says():
    assert outcome_of(Reply(1, False, "", {"outcome": "unknown"})) == "unknown"
    assert outcome_of(Reply(1, True)) == "confirmed"
    assert outcome_of(Reply(1, False)) == "refused"


def test_nothing_is_sent_before_execute(qtbot, dialog, engine, desk):
    fill(qtbot, dialog)
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
def test_what_is_missing_is_asked_for(qtbot, dialog, value, why, complaint):
    fill(qtbot, dialog, value, why)
    assert dialog.steps.currentIndex() == 0
    assert complaint in dialog.complaint.text()


def test_it_is_pending_until_the_reply_and_then_confirmed(qtbot, dialog, engine, beat, desk):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
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
def test_a_refusal_and_an_unknown_end_are_told(qtbot, dialog, engine, outcome, headline, beat, commands):
    engine.answers["write"] = lambda request: Reply(
        request.number, False, "the guard door is open", {"outcome": outcome}
    )
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    beat()
    assert dialog.headline.text() == headline
    assert dialog.outcome.text() == "The guard door is open"
    assert commands.told[-1][1] == "The guard door is open"


def test_an_engine_that_goes_away_leaves_the_end_unknown(qtbot, dialog, engine, beat, desk):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    engine.hang_up()
    beat()
    assert dialog.headline.text() == "Unknown: check the plant"
    assert not desk.mirror.pending


def test_the_end_is_told_even_when_the_dialog_was_closed(qtbot, dialog, engine, beat, desk, commands):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
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


# ------------------------------------------------------------------------------------------------ policies


@pytest.fixture
def guarded(ask):
    return ask("pump.mode")


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
def test_an_interlock_is_shown_as_it_is_at_this_moment(qtbot, guarded, engine, quality, beat):
    fill(qtbot, guarded, value="20")
    guarded.confirmed.click()
    assert guarded.execute.isEnabled()
    engine.set({"door.open": 1.0}, quality)
    beat()
    assert guarded.interlocks.text().startswith("Blocked: The guard door is open: close it first")
    assert not guarded.execute.isEnabled()
    engine.set({"door.open": 0.0})
    beat()
    assert guarded.interlocks.text() == "No interlock stands against it"
    assert guarded.execute.isEnabled()


@pytest.mark.parametrize(("value", "says"), [("4", "outside what its policy allows"), ("40", "more than 10 % at once")])
def test_what_the_policy_would_refuse_is_said_before_it_is_asked(qtbot, guarded, engine, value, says):
    fill(qtbot, guarded, value=value)
    assert says in guarded.complaint.text()
    assert guarded.steps.currentIndex() == 0
    assert engine.requests == []


def test_a_value_that_is_not_good_cannot_be_set(qtbot, dialog, engine, beat):
    engine.set({"pump.speed": 12.0}, q.BAD_SENSOR_FAILURE)
    beat()
    fill(qtbot, dialog)
    assert "sensor failure" in dialog.complaint.text()
    assert dialog.steps.currentIndex() == 0


def test_a_second_person_is_said_at_once(engine, ask):
    dialog = ask("pump.drain")
    dialog.wish.buttons[1].click()
    dialog.why.setText("x")
    dialog.proceed()
    assert "second person" in dialog.complaint.text()
    assert engine.requests == []
    dialog.close()


def test_whole_numbers_of_64_bits_keep_every_digit(qtbot, engine, ask, beat):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    index, now = engine.plant.tag_index["pump.total"], engine.clock.now_ns()
    batch = Batch.of([index], [float(2**53)], now, now)
    batch.rows["raw"] = 2**53 + 1
    engine.say(Values.of(batch, now))
    beat()
    dialog = ask("pump.total")
    fill(qtbot, dialog, value="9007199254740995")
    assert dialog.change.text() == "9007199254740993  →  9007199254740995"
    dialog.send()
    assert engine.requests[0].args["value"] == 9007199254740995
    dialog.close()


# ------------------------------------------------------------------------------------ never a wish as a fact


def test_what_the_plant_reads_changes_only_by_being_read(qtbot, dialog, engine, beat):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
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


def test_it_is_pending_before_the_engine_has_even_heard(qtbot, dialog, engine, desk):
    engine.answers["write"] = lambda request: None
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.execute, Qt.MouseButton.LeftButton)
    assert desk.mirror.pending == {desk.plant.tag_index["pump.speed"]}  # no beat of the clock was needed
    assert dialog.pending.text() == "pending"


def test_a_value_that_goes_stale_stops_an_open_command(qtbot, dialog, engine, beat, clock):
    fill(qtbot, dialog)
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


# ------------------------------------------------------------------------------------------------- words


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


# ---------------------------------------------------------------------------------------------- keyboard


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


def test_enter_on_cancel_cancels_and_escape_always_does(qtbot, ask, engine):
    dialog = ask("pump.speed")
    fill(qtbot, dialog)
    dialog.cancel_buttons[CONFIRM].setFocus()
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert not dialog.isVisible()
    other = ask("pump.speed")
    fill(qtbot, other)
    qtbot.keyClick(other, Qt.Key.Key_Escape)
    assert not other.isVisible()
    assert engine.requests == []


# ------------------------------------------------------------------------------------------- who may not


def test_who_may_only_look_is_told_who_may(qtbot, desk, engine, ask):
    desk.plant = replace(desk.plant, everyone="view")
    dialog = ask("pump.speed")
    assert dialog.steps.currentIndex() == BARRED
    assert dialog.barred.text().startswith("This is for those who may operate. At this station everybody may view")
    assert not dialog.execute.isVisible() and not dialog.next.isVisible()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Return):
        qtbot.keyClick(dialog, key)
    assert engine.requests == []


# ------------------------------------------------------------------------------------------------- touch


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
