"""A note in the shift log: what is asked of the person, what is sent, and that nothing typed is lost."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.trends.notes import NoteSheet
from hmi.core.notes import LONGEST
from hmi.link.messages import Reply

S = 1_000_000_000


@pytest.fixture
def sheet(desk, host, engine, clock):
    engine.answers["note"] = lambda request: Reply(request.number, True, "kept", {"id": 7})
    now = clock.now_ns()
    whens = [("The pointer", (now - 60 * S, now - 60 * S)), ("What is in view", (now - 600 * S, now))]
    return NoteSheet(desk, host, whens, desk.plant.tag("tank.level"))


def sent(engine):
    return [request.args for request in engine.requests if request.verb == "note"]


def test_words_time_and_tag_are_sent_and_it_goes(qtbot, sheet, engine, desk, clock):
    qtbot.keyClicks(sheet.text, "Seal changed")
    sheet.keep_button.click()
    desk.wire.tick()
    moment = clock.now_ns() - 60 * S
    assert sent(engine) == [{"text": "Seal changed", "tag": "tank.level", "from_ns": moment, "to_ns": moment}]
    assert not sheet.isVisible()


def test_another_time_and_the_whole_plant_can_be_chosen(qtbot, sheet, engine, desk, clock):
    assert [one.text()[:16] for one in sheet.whens.buttons()] == ["The pointer: 202", "What is in view:"]
    sheet.whens.button(1).click()
    sheet.abouts.button(1).click()
    qtbot.keyClicks(sheet.text, "Power dip")
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    [args] = sent(engine)
    assert args == {"text": "Power dip", "tag": "", "from_ns": clock.now_ns() - 600 * S, "to_ns": clock.now_ns()}


def test_without_words_nothing_is_sent(sheet, engine):
    sheet.keep_button.click()
    assert sheet.complaint.whole == "A note needs words: nothing was kept"
    sheet.text.setPlainText("x" * (LONGEST + 1))
    sheet.keep_button.click()
    assert "at most 2000 characters" in sheet.complaint.whole
    assert sent(engine) == []


def test_what_was_typed_stays_where_it_cannot_be_kept(sheet, engine, desk):
    engine.answers["note"] = lambda request: Reply(request.number, False, "the journal cannot be written: disk full")
    sheet.text.setPlainText("Seal changed")
    sheet.keep_button.click()
    assert not sheet.keep_button.isEnabled()
    desk.wire.tick()
    assert sheet.isVisible() and sheet.text.toPlainText() == "Seal changed"
    assert sheet.complaint.whole == "The journal cannot be written: disk full"
    engine.hang_up()
    desk.wire.tick()
    sheet.keep_button.click()
    assert "There is no link to the engine: nothing was sent" in sheet.complaint.whole


def test_of_no_tag_it_is_about_the_plant(desk, host, engine, clock):
    now = clock.now_ns()
    sheet = NoteSheet(desk, host, [("Now", (now, now))], None)
    sheet.text.setPlainText("x")
    sheet.keep()
    assert sent(engine)[0]["tag"] == ""
    sheet.leave()
    desk.wire.tick()  # the answer finds nobody
