"""What the plant's owner has everybody read before he signs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hmi.client.language import speak
from hmi.client.page import Desk
from hmi.client.people.notice import HEIGHT
from hmi.client.people.present import Present
from hmi.client.people.sheet import SignIn
from hmi.core.plant.model import PeopleRules
from hmi.core.plant.people_toml import NOTICE_LENGTH

SHORT = "For staff of the plant only.\nWhat is done here is <b>recorded</b>."


SIX_LINES = """This computer belongs to Small Brewery AG. Only staff may sign in.
All that is done here is recorded with name and time, and kept for five years.
Who is not staff leaves now and tells the shift lead, phone 4711.
Works council agreement 12/2025 applies."""


@pytest.fixture
def host(qtbot: Any) -> QWidget:
    made = QWidget()
    made.resize(1280, 700)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def english() -> Iterator[None]:
    yield
    speak("en")


def sheet(desk: Desk, host: QWidget, text: str) -> SignIn:
    desk.plant = replace(desk.plant, people=PeopleRules(accounts=True, notice=text))
    made = SignIn(desk, host, Present(desk.wire, desk.clock, "desk", "anna", host))
    desk.wire.tick()
    host.grab()
    return made


@pytest.mark.cr("1.12")
def test_the_owners_words_stand_above_name_and_password(desk: Desk, host: QWidget, english: None):
    speak("de", {"de": {SHORT: "Nur für Personal."}})
    made = sheet(desk, host, SHORT)
    assert made.notice is not None and made.notice.isVisible()
    assert made.notice.words.whole == "Nur für Personal."
    assert made.notice.mapTo(made, made.notice.rect().bottomLeft()).y() < made.name.mapTo(made, made.name.pos()).y()
    assert made.name.hasFocus() or made.notice.focusPolicy() == Qt.FocusPolicy.NoFocus
    speak("en")
    assert sheet(desk, host, SHORT).notice.words.textFormat() == Qt.TextFormat.PlainText


def test_one_that_has_room_is_read_whole(qtbot: Any, desk: Desk, host: QWidget):
    made = sheet(desk, host, SIX_LINES)
    assert made.notice is not None
    whole = made.notice.words.heightForWidth(made.notice.width())
    assert whole < made.notice.height() <= HEIGHT
    assert not made.notice.verticalScrollBar().isVisible() and made.notice.verticalScrollBar().maximum() == 0


def test_a_long_one_is_scrolled_and_hides_nothing(desk: Desk, host: QWidget):
    made = sheet(desk, host, "All of this is read. " * (NOTICE_LENGTH // 21))
    assert made.notice is not None and made.notice.height() <= HEIGHT
    assert made.notice.verticalScrollBar().maximum() > 0
    assert made.go.isVisible() and made.sheet.rect().contains(made.go.mapTo(made.sheet, made.go.rect().bottomRight()))


def test_without_one_the_sheet_is_as_it_was(desk: Desk, host: QWidget):
    assert sheet(desk, host, "").notice is None
