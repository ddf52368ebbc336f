"""From the header to a person's role: the whole way in the window."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hmi.client.people.sheet import SignIn
from hmi.client.window import Window
from hmi.link.messages import Reply, Request

KIM = {"name": "kim", "full_name": "Kim Ro", "roles": {"pump": "maintain"}, "must_change": False}


@pytest.fixture
def staffed(engine: Any) -> None:
    """An engine that knows kim."""

    def sign_in(request: Request) -> Reply:
        well = request.args["secret"] == "three grey herons"
        return Reply(request.number, well, "" if well else "wrong", {"person": KIM} if well else None)

    engine.answers |= {
        "sign_in": sign_in,
        "people": lambda request: Reply(request.number, True, "", [{"name": "kim", "full_name": "Kim Ro"}]),
    }


def sign_in(window: Window) -> None:
    QTest.mouseClick(window.shell.header.who, Qt.MouseButton.LeftButton)
    sheet = window.shell.above.overlay
    assert isinstance(sheet, SignIn)
    window.frame.beat()
    sheet.name.setText("kim")
    QTest.keyClicks(sheet.secret, "three grey herons")
    QTest.keyClick(sheet.secret, Qt.Key.Key_Return)
    window.frame.beat()
    window.pulse(True)


def test_a_click_on_the_name_signs_in_and_the_window_knows_the_role(window: Window, staffed: None):
    header, desk = window.shell.header, window.shell.desk
    assert header.who.whole == "anna" and desk.role("pump.speed") == "operate"
    sign_in(window)
    assert header.who.whole == "Kim Ro"
    assert (desk.who, desk.role("pump.speed"), desk.role("tank.level")) == ("kim", "maintain", "operate")


def test_ctrl_u_and_sign_out(window: Window, staffed: None, engine: Any):
    sign_in(window)
    QTest.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    sheet = window.shell.above.overlay
    assert isinstance(sheet, SignIn)
    sheet._sign_out()
    window.frame.beat()
    window.pulse(True)
    assert window.shell.header.who.whole == "anna"
    assert engine.requests[-1].verb == "sign_out"


def test_hands_on_the_window_keep_a_person_signed_in(window: Window, staffed: None, clock: Any):
    sign_in(window)
    for _ in range(5):
        clock.advance(600)
        QTest.keyClick(window, Qt.Key.Key_Shift)
        window.present.pulse()
    assert window.present.person is not None
    clock.advance(901)
    window.present.pulse()
    assert window.present.person is None


def test_another_language_keeps_the_person(window: Window, staffed: None):
    sign_in(window)
    window.change_language("de")
    window.pulse(True)
    assert window.shell.header.who.whole == "Kim Ro"
