"""The sheet to sign in on, as a person uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from hmi.client.page import Desk
from hmi.client.people.present import Present
from hmi.client.people.sheet import SignIn
from hmi.link.messages import Reply, Request

WRONG = "Name or password is wrong"
KIM = {"name": "kim", "full_name": "Kim Ro", "roles": {"": "maintain"}, "must_change": False}


@pytest.fixture
def present(desk: Desk) -> Present:
    return Present(desk.wire, desk.clock, "desk", "anna")


@pytest.fixture
def sheet(desk: Desk, engine: Any, present: Present, qtbot: Any) -> Iterator[SignIn]:
    """The sheet over a page, with the names of two people."""

    def sign_in(request: Request) -> Reply:
        well = request.args["secret"] == "three grey herons"
        return Reply(
            request.number, well, "" if well else "Name or password is wrong", {"person": KIM} if well else None
        )

    names = [{"name": "ada", "full_name": "Ada"}, {"name": "kim", "full_name": "Kim Ro"}]
    engine.answers |= {
        "sign_in": sign_in,
        "people": lambda request: Reply(request.number, True, "", names),
        "whoami": lambda request: Reply(request.number, True, "", {"person": KIM}),
    }
    host = QWidget()
    host.resize(1280, 700)
    qtbot.addWidget(host)
    host.show()
    made = SignIn(desk, host, present)
    desk.wire.tick()
    yield made


def press(sheet: SignIn, desk: Desk, entry: QLineEdit) -> None:
    QTest.keyClick(entry, Qt.Key.Key_Return)
    desk.wire.tick()


@pytest.mark.cr("1.10")
def test_name_password_enter(sheet: SignIn, desk: Desk, present: Present):
    assert [sheet.names.itemAt(at).widget().text() for at in range(2)] == ["Ada", "Kim Ro"]
    assert sheet.secret.echoMode() == QLineEdit.EchoMode.Password
    sheet.name.setText("kim")
    QTest.keyClicks(sheet.secret, "three grey herons")
    press(sheet, desk, sheet.secret)
    assert present.words == "Kim Ro" and sheet.isHidden()


def test_a_wrong_one_is_said_and_can_be_typed_over(sheet: SignIn, desk: Desk, present: Present):
    sheet.name.setText("kim")
    QTest.keyClicks(sheet.secret, "wrong")
    press(sheet, desk, sheet.secret)
    assert sheet.complaint.whole == "Name or password is wrong" and not sheet.isHidden()
    assert sheet.secret.selectedText() and sheet.go.isEnabled()
    QTest.keyClicks(sheet.secret, "three grey herons")
    press(sheet, desk, sheet.secret)
    assert present.person is not None


def test_a_name_is_chosen_with_a_finger(sheet: SignIn):
    QTest.mouseClick(sheet.names.itemAt(1).widget(), Qt.MouseButton.LeftButton)
    assert sheet.name.text() == "kim"


def test_a_badge_needs_no_name(sheet: SignIn, desk: Desk, engine: Any):
    QTest.mouseClick(sheet.kinds["badge"], Qt.MouseButton.LeftButton)
    assert sheet.name.isHidden()
    QTest.keyClicks(sheet.secret, "0017")  # as a reader types
    press(sheet, desk, sheet.secret)
    assert engine.requests[-1].args == {"name": "", "secret": "0017", "kind": "badge"}


def test_a_password_that_was_given_is_changed_first(sheet: SignIn, desk: Desk, engine: Any, present: Present):
    engine.answers["sign_in"] = lambda request: Reply(
        request.number, True, "", {"person": {**KIM, "must_change": True}}
    )
    engine.answers["person"] = lambda request: Reply(request.number, True, "Password changed")
    sheet.name.setText("kim")
    QTest.keyClicks(sheet.secret, "seven wet otters")
    press(sheet, desk, sheet.secret)
    assert not sheet.isHidden() and sheet.new.isVisible()
    QTest.keyClicks(sheet.new, "nine fat geese")
    QTest.keyClicks(sheet.again, "nine fat goose")
    press(sheet, desk, sheet.again)
    assert sheet.complaint.whole == "That was not the same twice"
    sheet.again.setText("nine fat geese")
    press(sheet, desk, sheet.again)
    asked = next(request for request in engine.requests if request.verb == "person")
    assert asked.args == {"act": "password", "name": "kim", "old": "seven wet otters", "new": "nine fat geese"}
    assert sheet.isHidden()


def test_where_nobody_has_an_account_it_says_how_to_make_one(desk: Desk, engine: Any, present: Present, qtbot: Any):
    host = QWidget()
    host.resize(1280, 700)
    qtbot.addWidget(host)
    made = SignIn(desk, host, present)
    desk.wire.tick()
    assert "hmi user add NAME" in made.complaint.whole


def test_on_a_tablet_a_pin_is_typed_with_the_thumb(desk: Desk, engine: Any, present: Present, qtbot: Any):
    desk.touch = True
    host = QWidget()
    host.resize(1280, 800)
    qtbot.addWidget(host)
    host.show()
    made = SignIn(desk, host, present)
    QTest.mouseClick(made.kinds["pin"], Qt.MouseButton.LeftButton)
    pad = made._pad
    assert pad is not None and pad.isVisible()
    for key in "2580":
        QTest.mouseClick(pad.keys[key], Qt.MouseButton.LeftButton)
    assert made.secret.text() == "2580"


def test_answers_that_come_after_it_was_closed_are_dropped(sheet: SignIn, desk: Desk, engine: Any, qtbot: Any):
    engine.answers["sign_in"] = lambda _request: None
    sheet.name.setText("kim")
    QTest.keyClicks(sheet.secret, "three grey herons")
    press(sheet, desk, sheet.secret)
    sheet.parentWidget().hide()
    sheet.setParent(None)
    sheet.deleteLater()
    qtbot.wait(1)
    desk.wire.stop()  # answers what is open


def test_whoever_is_signed_in_may_lock_the_station(desk: Desk, engine: Any, present: Present, qtbot: Any):
    engine.answers["sign_in"] = lambda request: Reply(request.number, True, "", {"person": KIM})
    engine.answers["lock"] = lambda request: Reply(request.number, True, "", {"person": None, "locked": True})
    present.sign_in("kim", "x", "password", lambda _: None)
    desk.wire.tick()
    host = QWidget()
    host.resize(1280, 700)
    qtbot.addWidget(host)
    host.show()
    made = SignIn(desk, host, present)
    lock = next(one for one in made.findChildren(QPushButton) if one.text() == "Lock")
    QTest.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert present.locked and made.isHidden()
