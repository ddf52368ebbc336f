"""Releasing at the window: what has changed is read first, two people sign, and a withdrawal stops what is open."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from hmi.client.instructions.revisions import Revisions
from tests.engine.hall import OTHER


@pytest.fixture
def above(bench, window):
    bench.staff("ada", "kim")
    for _ in range(3):
        bench.beat()
        window.frame.beat()
    return window.shell.above


@pytest.fixture
def revisions(above, window):
    above.instruction("seal")
    above.overlay.revisions.click()
    assert isinstance(above.overlay, Revisions)
    beat(window)
    return above.overlay


def beat(window):
    for _ in range(4):
        window.wire.tick()


def sign(qtbot, window, revisions, act, name, secret, why=""):
    qtbot.mouseClick(revisions.acts[act], Qt.MouseButton.LeftButton)
    revisions.name.setText(name)
    revisions.secret.setText(secret)
    revisions.why.setText(why)
    qtbot.mouseClick(revisions.sign, Qt.MouseButton.LeftButton)
    beat(window)


def possible(revisions):
    return [act for act, one in revisions.acts.items() if one.isVisible()]


def test_from_draft_to_released_by_two_people(qtbot, revisions, window, bench):
    assert revisions.stand.whole == "revision 3 · draft"
    assert possible(revisions) == ["review", "withdraw"]
    sign(qtbot, window, revisions, "review", "kim", "wrong")
    assert "wrong" in revisions.told.whole and revisions.sign.isVisible()
    assert revisions.secret.text() == "" and revisions.secret.echoMode() == QLineEdit.EchoMode.Password
    qtbot.mouseClick(revisions.cancel, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(revisions.signed):
        sign(qtbot, window, revisions, "review", "ada", OTHER)
    assert possible(revisions) == ["release", "withdraw"]
    sign(qtbot, window, revisions, "release", "ada", OTHER)
    assert revisions.told.whole == "Ada Lund has reviewed it: somebody else has to release it"
    assert bench.room.plant.instructions["seal"].release.state == "reviewed"
    revisions.leave()


def test_withdrawing_says_why_and_the_sheet_does(qtbot, revisions, window, bench, above):
    sign(qtbot, window, revisions, "withdraw", "ada", OTHER, "wrong torque")
    assert possible(revisions) == ["review"]
    assert "withdrawn" in revisions.stand.whole and "wrong torque" in revisions.stand.whole
    bench.beat()
    window.frame.beat()
    beat(window)
    above.instruction("seal")
    above.overlay.work.refresh()
    beat(window)
    assert above.overlay.told.whole == "This instruction was withdrawn: wrong torque"
    assert not above.overlay.begin.isVisible()
    above.clear()


def test_what_has_changed_since_the_last_one_that_was_kept(qtbot, revisions, window, bench):
    assert "nothing to compare it with" in revisions.told.whole
    sign(qtbot, window, revisions, "review", "ada", OTHER)
    plant = bench.room.filed
    one = plant.instructions["seal"]
    step = msgspec.structs.replace(one.steps[0], title="Put on thick gloves")
    newer = msgspec.structs.replace(one, steps=(step, *one.steps[1:]), digest="0" * 64, revision="4")
    bench.change(newer)
    revisions.ask()
    beat(window)
    assert revisions.stand.whole == "revision 4 · draft"
    assert revisions.older.currentText().startswith("revision 3 · ")
    assert [row for row in revisions.view.rows if "changed" in row] == [
        "≠ The whole instruction · changed",
        "≠ Put on thick gloves · changed",
    ]
    assert possible(revisions) == ["review", "withdraw"]
    revisions.leave()


def test_one_that_changed_while_it_was_read_is_not_signed(qtbot, revisions, window, bench):
    newer = msgspec.structs.replace(bench.room.filed.instructions["seal"], digest="0" * 64)
    bench.change(newer)
    sign(qtbot, window, revisions, "review", "ada", OTHER)
    assert "has changed since you read it" in revisions.told.whole
    revisions.leave()


def test_answers_that_come_when_it_is_closed_reach_nothing(revisions, window):
    revisions.ask()
    revisions.leave()
    beat(window)
