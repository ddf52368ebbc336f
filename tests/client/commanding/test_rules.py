"""What the rules of the plant ask of a command, and who may not give it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.client.commandform import BARRED, CONFIRM
from hmi.client.people.present import Present
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.link.messages import Reply, Values


def test_what_must_be_confirmed_is_read_before_execute_and_goes_with_the_write(qtbot, guarded, engine, fill):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    fill(guarded, value="20")
    assert guarded.confirm.isVisible() and guarded.confirm.text() == "Product is lost"
    assert guarded.interlocks.text() == "No interlock stands against it"
    assert not guarded.execute.isEnabled()
    qtbot.mouseClick(guarded.confirmed, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(guarded.execute, Qt.MouseButton.LeftButton)
    (request,) = engine.requests
    assert request.args == {"tag": "pump.mode", "value": 20.0, "why": "more throughput", "confirmed": "Product is lost"}


def test_without_a_policy_there_is_nothing_to_confirm(qtbot, dialog, fill):
    fill(dialog)
    assert not dialog.confirm.isVisible() and not dialog.confirmed.isVisible() and not dialog.interlocks.isVisible()
    assert dialog.execute.isEnabled()


@pytest.mark.parametrize("quality", [q.GOOD, q.BAD_SENSOR_FAILURE])
def test_an_interlock_is_shown_as_it_is_at_this_moment(qtbot, guarded, engine, quality, beat, fill):
    fill(guarded, value="20")
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
def test_what_the_policy_would_refuse_is_said_before_it_is_asked(qtbot, guarded, engine, value, says, fill):
    fill(guarded, value=value)
    assert says in guarded.complaint.text()
    assert guarded.steps.currentIndex() == 0
    assert engine.requests == []


def test_a_value_that_is_not_good_cannot_be_set(qtbot, dialog, engine, beat, fill):
    engine.set({"pump.speed": 12.0}, q.BAD_SENSOR_FAILURE)
    beat()
    fill(dialog)
    assert "sensor failure" in dialog.complaint.text()
    assert dialog.steps.currentIndex() == 0


def test_a_second_person_is_said_at_once(engine, ask):
    dialog = ask("pump.drain")
    dialog.wish.buttons[1].click()
    dialog.why.setText("x")
    dialog.proceed()
    assert "second person" in dialog.complaint.text() and "Sign in first" in dialog.complaint.text()
    assert engine.requests == []
    dialog.close()


def test_a_second_person_agrees_at_the_same_station(qtbot, engine, ask, desk):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    desk.present = Present(desk.wire, desk.clock, "desk", "anna")
    desk.present.person = {"name": "kim", "full_name": "", "roles": {"": "operate"}, "must_change": False}
    dialog = ask("pump.drain")
    dialog.wish.buttons[1].click()
    dialog.why.setText("x")
    dialog.proceed()
    assert dialog.steps.currentIndex() == CONFIRM and dialog.second.isVisible()
    assert not dialog.execute.isEnabled()
    qtbot.keyClicks(dialog.second.name, "ada")
    qtbot.keyClicks(dialog.second.secret, "three grey herons")
    assert dialog.execute.isEnabled()
    dialog.execute.click()
    (request,) = engine.requests
    assert request.args["second"] == {"name": "ada", "secret": "three grey herons"}
    assert dialog.second.secret.text() == ""


def test_where_one_person_is_enough_nobody_else_is_asked_for(dialog, fill):
    fill(dialog)
    assert not dialog.second.isVisible()


def test_whole_numbers_of_64_bits_keep_every_digit(qtbot, engine, ask, beat, fill):
    engine.answers["write"] = lambda request: Reply(request.number, True, "", {"outcome": "confirmed"})
    index, now = engine.plant.tag_index["pump.total"], engine.clock.now_ns()
    batch = Batch.of([index], [float(2**53)], now, now)
    batch.rows["raw"] = 2**53 + 1
    engine.say(Values.of(batch, now))
    beat()
    dialog = ask("pump.total")
    fill(dialog, value="9007199254740995")
    assert dialog.change.text() == "9007199254740993  →  9007199254740995"
    dialog.send()
    assert engine.requests[0].args["value"] == 9007199254740995
    dialog.close()


def test_who_may_only_look_is_told_who_may(qtbot, desk, engine, ask):
    desk.plant = replace(desk.plant, everyone="view")
    dialog = ask("pump.speed")
    assert dialog.steps.currentIndex() == BARRED
    assert dialog.barred.text().startswith("This is for those who may operate. At this station everybody may view")
    assert not dialog.execute.isVisible() and not dialog.next.isVisible()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Return):
        qtbot.keyClick(dialog, key)
    assert engine.requests == []
