"""Shelving and taking out of service, as a person does it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms.quieting import BARRED, END, SAY, QuietDialog
from hmi.core.alarms.rules import AlarmClass
from hmi.link.messages import Reply


@pytest.fixture
def opened(qtbot, desk):
    def open_(act, *rules):
        made = QuietDialog(desk, act, [desk.plant.rules[rule] for rule in rules])
        qtbot.addWidget(made)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        made.show()
        return made

    return open_


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(qtbot, group, value):
    press(qtbot, next(made for made in group.buttons() if made.property("value") == value))


def test_a_shelf_has_a_reason_and_an_end(qtbot, opened, engine, desk):
    dialog = opened("shelve", 1, 2)
    press(qtbot, dialog.send_button)
    assert "say why" in dialog.complaint.whole
    assert engine.requests == []
    choose(qtbot, dialog.reasons, "under repair")
    qtbot.keyClicks(dialog.why, "sensor wet")
    choose(qtbot, dialog.hours, 2.0)
    press(qtbot, dialog.once)
    press(qtbot, dialog.send_button)
    assert engine.requests[-1].verb == "shelve"
    assert engine.requests[-1].args == {
        "alarms": ["tank.level.h", "tank.temperature.h"],
        "why": "under repair: sensor wet",
        "hours": 2.0,
        "one_shot": True,
    }
    desk.wire.tick()
    assert dialog.steps.currentIndex() == END
    assert (dialog.headline.whole, dialog.outcome.whole) == ("Shelved", "2 shelved")


def test_no_longer_than_the_class_allows_can_be_chosen(opened):
    dialog = opened("shelve", 1)
    hours = [made.property("value") for made in dialog.hours.buttons()]
    assert hours == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_an_urgent_alarm_is_for_maintenance_to_shelve(opened):
    dialog = opened("shelve", 0)
    assert dialog.steps.currentIndex() == BARRED
    assert "may maintain" in dialog.barred.whole


def test_out_of_service_is_for_maintenance(opened):
    dialog = opened("take_out", 1)
    assert dialog.steps.currentIndex() == BARRED


def test_out_of_service_needs_a_permit(qtbot, engine, desk, opened):
    desk.plant = replace(desk.plant, everyone="maintain")
    dialog = opened("take_out", 1)
    choose(qtbot, dialog.reasons, "under repair")
    press(qtbot, dialog.send_button)
    assert "permit" in dialog.complaint.whole
    qtbot.keyClicks(dialog.permit, "WO-4711")
    qtbot.keyClick(dialog.permit, Qt.Key.Key_Return)
    assert engine.requests[-1].verb == "take_out"
    assert engine.requests[-1].args == {"alarms": ["tank.level.h"], "why": "under repair", "permit": "WO-4711"}


def test_back_from_the_shelf_needs_no_reason(qtbot, opened, engine, desk):
    dialog = opened("unshelve", 1)
    assert dialog.steps.currentIndex() == SAY
    press(qtbot, dialog.send_button)
    assert engine.requests[-1].args == {"alarms": ["tank.level.h"], "why": ""}


def test_what_the_engine_refuses_is_told_in_its_words(qtbot, opened, engine, desk):
    refused = {"done": [], "refused": ["tank.level.h is not shelved: there is nothing to unshelve"]}
    text = "0 off the shelf; tank.level.h is not shelved: there is nothing to unshelve"
    engine.answers["unshelve"] = lambda request: Reply(request.number, False, text, refused)
    dialog = opened("unshelve", 1)
    press(qtbot, dialog.send_button)
    desk.wire.tick()
    assert dialog.headline.whole == "Not done as asked"
    assert "there is nothing to unshelve" in dialog.outcome.whole


class Somebody:
    """Who is signed in at the window, if anybody is."""

    def __init__(self, person):
        self.person, self.name = person, "kim"

    def role(self, plant, tag=""):
        return "operate"


def test_a_second_person_proves_that_he_agrees(qtbot, opened, engine, desk):
    managed = AlarmClass("process", 1.0, second_person=True)
    desk.plant = replace(desk.plant, alarm_classes={"process": managed})
    desk.present = Somebody(None)
    assert opened("shelve", 1).barred.whole == "This takes two people, and both must be known: sign in first"
    desk.present = Somebody({"name": "kim"})
    dialog = opened("shelve", 1)
    choose(qtbot, dialog.reasons, "test")
    press(qtbot, dialog.send_button)
    assert "second person" in dialog.complaint.whole and engine.requests == []
    qtbot.keyClicks(dialog.second.name, "ada")
    qtbot.keyClicks(dialog.second.secret, "three grey herons")
    press(qtbot, dialog.send_button)
    assert engine.requests[-1].args["second"] == {"name": "ada", "secret": "three grey herons"}
    assert dialog.second.secret.text() == "", "the password does not stay in the window"
