"""The prepared update on the System page: told, asked about twice, agreed to, refused."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hmi.client.language import speak
from hmi.link.messages import Reply
from hmi.plantfiles.site import Window
from hmi.update.maintenance import told

READY = {
    "to": "0.2.0+4",
    "over": "0.1.0+3",
    "tested_ns": 0,
    "window": "",
    "held": "",
    "waits": True,
    "may": True,
    "role": "administer",
    "agreed": "",
}


@pytest.fixture
def line(window, engine):
    """The line of a System page that is in front, of an engine that tells what the test wants."""
    engine.update = {}
    engine.answers["update"] = lambda request: Reply(request.number, True, "", engine.update)
    engine.health()
    window.shell.go(":system")
    window.frame.beat()
    return window.shell.page.update_line


def looked(line: Any, window: Any) -> Any:
    """The line after the page has pulsed until it looked again."""
    for _ in range(10):
        window.shell.pulse(False)
    window.frame.beat()
    return line


def click(what: Any) -> None:
    QTest.mouseClick(what, Qt.MouseButton.LeftButton)


def fact(window: Any) -> str:
    return window.shell.page.engine.told["Update"].whole


def test_it_is_there_only_while_an_update_is_prepared(line, window, engine):
    assert line.button.isHidden() and fact(window) == "none"
    engine.update = READY | {"tested_ns": engine.clock.now_ns()}
    assert looked(line, window).button.isVisible()
    assert fact(window).startswith("0.2.0+4 is ready, tested ")
    click(line.button)
    assert line.sheet.title.whole == "Update: version 0.2.0+4 is ready"
    over, proof, waits = line.sheet.text.whole.splitlines()
    assert (over, waits) == ("In use is 0.1.0+3.", "It waits for somebody to agree.")
    assert proof.startswith("Its self-test passed on a copy of the records: ")
    engine.update = {}
    assert looked(line, window).button.isHidden() and fact(window) == "none"
    assert line.sheet is None


def test_agreeing_takes_a_second_word(line, window, engine):
    engine.answers["update_agree"] = lambda request: Reply(request.number, True, "0.2.0+4 is put into use")
    engine.update = READY
    click(looked(line, window).button)
    sheet = line.sheet
    click(sheet.put)
    assert sheet.said.whole == "The engine stops for some seconds: no alarms and no values meanwhile."
    assert sheet.put.isHidden() and sheet.agree.isVisible() and sheet.leaves.hasFocus()
    assert looked(line, window).sheet.agree.isVisible()  # a look in between takes no question away
    assert not [one for one in engine.requests if one.verb == "update_agree"]
    click(sheet.agree)
    window.frame.beat()
    (sent,) = [one for one in engine.requests if one.verb == "update_agree"]
    assert sent.args == {"to": "0.2.0+4"}
    assert sheet.said.whole == "0.2.0+4 is put into use"
    engine.update = READY | {"agreed": "ada", "held": "job J-7 is open"}
    *_, agreed, held = looked(line, window).sheet.text.whole.splitlines()
    assert agreed == "ada has agreed: it is put into use as soon as nothing is disturbed."
    assert held == "Now it would disturb: job J-7 is open."
    assert sheet.put.isHidden() and sheet.agree.isHidden()
    assert fact(window) == "0.2.0+4 is agreed to, by ada"
    click(sheet.leaves)
    assert line.sheet is None


def test_what_the_engine_refuses_is_said(line, window, engine):
    engine.answers["update_agree"] = lambda request: Reply(request.number, False, "nobody waits for it")
    engine.update = READY
    click(looked(line, window).button)
    click(line.sheet.put)
    click(line.sheet.agree)
    window.frame.beat()
    assert (line.sheet.said.whole, line.sheet.said.property("role")) == ("Nobody waits for it", "bad")
    assert looked(line, window).sheet.put.isVisible()


def test_while_nobody_answers_nothing_is_claimed(line, window, engine):
    engine.update = READY
    click(looked(line, window).button)
    engine.answers["update"] = lambda request: Reply(request.number, False, "the disk reports an error")
    assert looked(line, window).sheet is not None, "what is being read is not taken away"
    assert fact(window) == "–"
    engine.answers["update"] = lambda request: Reply(request.number, True, "", engine.update)
    looked(line, window)
    assert fact(window) == "0.2.0+4 is ready"
    line.sheet.leave()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"may": False}, "To agree takes the role administer."),
        ({"waits": False}, "Nothing waits for an answer: hmi update --wait at the station prepares it again."),
    ],
)
def test_who_may_not_and_what_nobody_waits_for_has_no_button(line, window, engine, more, says):
    engine.update = READY | {"window": "sat 02:00 to 04:00"} | more
    click(looked(line, window).button)
    rows = line.sheet.text.whole.splitlines()
    assert rows[-1] == says
    assert any("the maintenance window (sat 02:00 to 04:00)" in row for row in rows) == ("may" in more)
    assert line.sheet.put.isHidden() and line.sheet.agree.isHidden()


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", "sat, sun 02:00 to 04:00"), ("de", "Sa, So 02:00 bis 04:00"), ("zh", "周六, 周日 02:00 至 04:00")],
)
def test_the_maintenance_window_is_in_the_language_of_the_operator(line, window, engine, code, expected):
    speak(code)
    engine.update = {**READY, "window": told(Window(frozenset({5, 6}), 120, 240))}
    click(looked(line, window).button)
    assert expected in line.sheet.text.whole
    line.sheet.leave()
