"""The alarm page: acknowledging what is selected or seen, and nothing else."""

import pytest
from PySide6.QtCore import Qt

from hmi.link.messages import Reply


@pytest.fixture
def page(window, engine):
    engine.answers["ack"] = lambda request: Reply(request.number, True, f"{len(request.args['alarms'])} acknowledged")
    window.shell.go(":alarms")
    for rule, state in ((0, "unacknowledged"), (1, "unacknowledged"), (2, "acknowledged")):
        engine.alarm(rule, state)
    window.frame.beat()
    window.shell.pulse(True)
    return window.shell.page


def test_without_alarms_it_says_so(window):
    window.shell.go(":alarms")
    page = window.shell.page
    assert page.table.empty == "No alarms"
    assert not page.ack_page.isEnabled()


def test_it_counts(page):
    assert [page.counts[priority].count for priority in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert page.told.whole == "3 alarms, 2 unacknowledged"


def test_selected_alarms_are_acknowledged_with_the_comment(qtbot, page, window, engine):
    assert not page.ack_selected.isEnabled()
    row = page.table.visualRect(page.model.index(1, 3)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    qtbot.keyClicks(page.comment, "being cleaned")
    qtbot.mouseClick(page.ack_selected, Qt.MouseButton.LeftButton)
    assert engine.requests[-1].args == {"alarms": ["tank.level.h"], "comment": "being cleaned"}
    window.frame.beat()
    assert page.told.whole == "1 acknowledged"
    assert page.comment.text() == ""


def test_a_page_is_what_can_be_seen_and_waits(qtbot, page, engine):
    qtbot.mouseClick(page.ack_page, Qt.MouseButton.LeftButton)
    assert engine.requests[-1].args["alarms"] == ["tank.level.hh", "tank.level.h"]


def test_rows_that_are_not_wholly_seen_are_left_alone(page):
    page.table.setFixedHeight(page.table.horizontalHeader().height() + 40)
    page.table.resize(page.table.width(), page.table.minimumHeight())
    assert page.visible_rows() == [0]


def test_an_acknowledged_alarm_is_not_acknowledged_again(page, engine):
    page.select(2)
    page.acknowledge_selected()
    assert engine.requests == []
    assert "Nothing here waits" in page.told.whole


def test_the_selected_alarm_has_its_help(page, window):
    assert page.help.isHidden()
    page.select(0)
    assert page.help.isVisible()
    assert page.help.title.text() == "Tank overflows"


def test_a_double_click_leads_to_the_screen(qtbot, page, window):
    page.select(0)
    page.table.doubleClicked.emit(page.model.index(0, 0))
    assert window.shell.page.key == "tank"


def test_while_the_engine_is_away_nothing_can_be_acknowledged(page, window, engine):
    page.select(0)
    engine.hang_up()
    window.frame.beat()
    assert not page.ack_selected.isEnabled()
    assert not page.ack_page.isEnabled()


def test_the_symbol_blinks_and_the_text_does_not(page, window):
    cell = page.table.visualRect(page.model.index(0, 0))
    text = page.table.visualRect(page.model.index(0, 3))
    window.shell.pulse(True)
    lit = page.table.viewport().grab().toImage()
    window.shell.pulse(False)
    dark = page.table.viewport().grab().toImage()
    assert lit.copy(cell) != dark.copy(cell)
    assert lit.copy(text) == dark.copy(text)


def test_a_refusal_is_told(page, window, engine):
    engine.answers["ack"] = lambda request: Reply(request.number, False, "you may not acknowledge this")
    page.acknowledge_page()
    window.frame.beat()
    assert page.told.whole == "You may not acknowledge this"
