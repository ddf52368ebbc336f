"""The sheet of a first start, from the first step to the last, with the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.page import Desk
from hmi.client.people.present import Present
from hmi.client.setup.steps import Answers
from hmi.client.setup.wizard import Wizard
from tests.client.setup.conftest import hear

GOOD = "three grey herons"


@pytest.fixture
def wizard(desk: Desk, answers: Answers, present: Present, qtbot: Any) -> Iterator[Wizard]:
    host = QWidget()
    host.resize(1280, 700)
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is host, timeout=5000)
    made = Wizard(desk, host, present, answers)
    yield made
    made.leave()


def forward(wizard: Wizard, desk: Desk) -> None:
    wizard.forward()
    hear(desk.wire)


def test_from_the_first_step_to_the_last(wizard: Wizard, desk: Desk, answers: Answers, qtbot: Any):
    ended: list[bool] = []
    wizard.finished.connect(lambda: ended.append(True))
    assert (wizard.title.whole, wizard.count.whole) == ("This station", "Step 1 of 5")
    forward(wizard, desk)
    for text in ("ada", "Ada Lund", GOOD, GOOD):
        QTest.keyClicks(QApplication.focusWidget(), text)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(wizard.account.pin, Qt.Key.Key_Return)
    hear(desk.wire)
    assert (answers.account, wizard.title.whole) == ("ada", "This station's certificate")
    for title in ("The plant server", "Ready"):
        forward(wizard, desk)
        assert wizard.title.whole == title
    assert wizard.next.text() == "Begin to work"
    forward(wizard, desk)
    assert ended == [True] and wizard.isHidden()


def test_one_can_go_back_and_nothing_is_done_twice(wizard: Wizard, desk: Desk):
    forward(wizard, desk)
    assert wizard.back.isVisible()
    wizard.back.click()
    assert wizard.title.whole == "This station" and not wizard.back.isVisible()


def test_what_is_wrong_is_said_and_the_step_stays(wizard: Wizard, desk: Desk):
    forward(wizard, desk)
    forward(wizard, desk)
    assert "A name has" in wizard.complaint.whole and wizard.title.whole == "The first account"
    assert wizard.next.isEnabled()


def test_nobody_closes_it_by_accident_but_by_later(wizard: Wizard, desk: Desk):
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
    QTest.mouseClick(wizard, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(2, 2))
    assert not wizard.isHidden()
    later: list[bool] = []
    wizard.put_off.connect(lambda: later.append(True))
    wizard.later.click()
    assert later == [True] and wizard.isHidden()
