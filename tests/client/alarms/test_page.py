"""The alarm page: acknowledging what is selected or seen, and nothing else; lists, filters, floods."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hmi.client.alarms.quieting import QuietDialog
from hmi.link.messages import AlarmRow, Alarms, Reply


@pytest.fixture
def page(window, engine):
    window.shell.go(":alarms")
    for rule, state in ((0, "unacknowledged"), (1, "unacknowledged"), (2, "acknowledged")):
        engine.alarm(rule, state)
    window.frame.beat()
    window.shell.pulse(True)
    return window.shell.page


def click(qtbot, page, line):
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=page.table.box_of(line).center())


def test_without_alarms_it_says_so(window):
    window.shell.go(":alarms")
    page = window.shell.page
    assert page.table.empty == "No alarms"
    assert not page.deeds.buttons["ack_page"].isEnabled()


def test_it_counts(page):
    assert [page.counts[priority].count for priority in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert page.told.whole == "3 alarms, 2 unacknowledged"


def test_selected_alarms_are_acknowledged_with_the_comment(qtbot, page, window, engine):
    assert not page.deeds.buttons["ack"].isEnabled()
    click(qtbot, page, 1)
    qtbot.keyClicks(page.deeds.comment, "being cleaned")
    qtbot.mouseClick(page.deeds.buttons["ack"], Qt.MouseButton.LeftButton)
    acked = [one for one in engine.requests if one.verb == "ack"]
    assert acked[-1].args == {"alarms": ["tank.level.h"], "comment": "being cleaned"}
    window.frame.beat()
    assert page.told.whole == "1 acknowledged"
    assert page.deeds.comment.text() == ""


def test_a_page_is_what_can_be_seen_and_waits(qtbot, page, engine):
    qtbot.mouseClick(page.deeds.buttons["ack_page"], Qt.MouseButton.LeftButton)
    assert engine.requests[-1].args["alarms"] == ["tank.level.hh", "tank.level.h"]


def test_keys_acknowledge_group_and_find(qtbot, page, engine):
    page.table.setFocus()
    qtbot.keyClick(
        page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert engine.requests[-1].args["alarms"] == ["tank.level.hh", "tank.level.h"]
    qtbot.keyClick(page.table, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert page.model.entry(0).group.place == "tank"
    qtbot.keyClick(page.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is page.filters.text


def test_an_acknowledged_alarm_is_not_acknowledged_again(page, engine):
    page.select(2)
    page.deeds.acknowledge_selected()
    assert [one.verb for one in engine.requests if one.verb == "ack"] == []
    assert "Nothing here waits" in page.told.whole


def test_the_selected_alarm_has_its_help(page):
    assert page.help.isHidden()
    page.select(0)
    assert page.help.isVisible()
    assert page.help.title.text() == "Tank overflows"


def test_a_double_click_leads_to_the_screen(qtbot, page, window):
    qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=page.table.box_of(0).center())
    assert window.shell.page.key == "tank"


def test_while_the_engine_is_away_nothing_can_be_acknowledged(page, window, engine):
    page.select(0)
    engine.hang_up()
    window.frame.beat()  # the history it had still asked for
    window.frame.beat()
    assert not page.deeds.buttons["ack"].isEnabled()
    assert not page.deeds.buttons["ack_page"].isEnabled()


def test_a_refusal_is_told(page, window, engine):
    engine.answers["ack"] = lambda request: Reply(request.number, False, "you may not acknowledge this")
    page.deeds.acknowledge_page()
    window.frame.beat()
    assert page.told.whole == "You may not acknowledge this"


def test_a_filter_that_hides_all_says_so(qtbot, page):
    qtbot.keyClicks(page.filters.text, "nowhere")
    assert len(page.model) == 0
    assert "Show all" in page.table.empty


def test_shelving_from_the_list_and_finding_it_on_the_shelf(qtbot, page, window, engine):
    click(qtbot, page, 1)
    qtbot.mouseClick(page.deeds.buttons["shelve"], Qt.MouseButton.LeftButton)
    dialog = page.findChild(QuietDialog)
    qtbot.mouseClick(dialog.reasons.buttons()[0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.send_button, Qt.MouseButton.LeftButton)
    assert engine.requests[-1].args["why"] == "chattering"
    engine.alarm(1, "shelved", quiet_by="anna", quiet_until_ns=engine.clock.now_ns() + 3600 * 10**9)
    window.frame.beat()
    dialog.accept()
    assert page.views.buttons["shelved"].text() == "Shelved 1"
    assert page.told.whole == "1 shelved"
    qtbot.mouseClick(page.views.buttons["shelved"], Qt.MouseButton.LeftButton)
    assert [row.rule for row in page.model.rows] == [1]
    assert page.counts[2].count == 0


def test_an_alarm_is_shown_in_whichever_list_it_stands(page, window, engine):
    page.filters.priority.setCurrentIndex(4)
    engine.alarm(3, "shelved")
    window.frame.beat()
    page.show_alarm(3)
    assert (page.views.view, page.table.chosen) == ("shelved", {3})
    page.show_alarm(0)
    assert (page.views.view, page.table.chosen) == ("standing", {0})


def flood(window, engine):
    for number in range(5):
        rows = [AlarmRow(rule, "unacknowledged", number, engine.clock.now_ns() + rule) for rule in range(4)]
        engine.say(Alarms(tuple(rows)))
        engine.clock.advance(1)
        window.frame.beat()


def test_a_flood_folds_the_list_and_one_key_shows_all_of_it(qtbot, page, window, engine):
    flood(window, engine)
    assert page.flood.isVisible()
    assert page.flood.told.whole.endswith(" came")
    assert [row.rule for row in page.model.rows] == [0, 3]
    assert page.model.entry(1).group.first == 1
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F12)
    assert len(page.model.rows) == 4
    engine.alarm(2, "acknowledged")
    window.frame.beat()
    assert len(page.model.rows) == 4  # it stays as it was asked for
    qtbot.keyClick(page.table, Qt.Key.Key_F12)
    assert len(page.model.rows) == 2


def test_acknowledging_the_page_in_a_flood_leaves_what_is_folded_away(page, window, engine):
    flood(window, engine)
    page.deeds.acknowledge_page()
    assert sorted(engine.requests[-1].args["alarms"]) == ["door.open", "tank.level.h", "tank.level.hh"]


def test_after_the_flood_the_list_is_whole_again(page, window, engine):
    flood(window, engine)
    engine.clock.advance(601)
    engine.health()
    window.frame.beat()
    window.pulse(True)
    assert page.flood.isHidden()
    assert len(page.model.rows) == 4


def test_the_horn_is_silenced_from_the_banner_and_by_its_key(qtbot, page, window, engine):
    assert window.calls.sounding == 1
    assert window.shell.banner.silence.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F4)
    window.frame.beat()
    engine.alarm(2, "acknowledged")
    window.frame.beat()
    assert window.calls.sounding == 0
    assert not window.shell.banner.silence.isVisible()
    assert page.told.whole == "3 alarms, 2 unacknowledged"


def test_the_figures_are_one_click_away(qtbot, page, engine):
    qtbot.mouseClick(page.views.buttons["figures"], Qt.MouseButton.LeftButton)
    assert page.figures.isVisible()
    assert engine.requests[-1].verb == "journal"


def test_upright_the_help_stands_below_the_list_and_nothing_is_cut_off(qtbot, page, window):
    click(qtbot, page, 0)
    window.shell.navigation.hide()
    window.resize(800, 1280)
    qtbot.waitUntil(lambda: page.help.geometry().top() > page.table.geometry().bottom(), timeout=5000)
    for made in (*page.views.buttons.values(), *page.deeds.buttons.values()):
        if made.isVisible():
            assert made.mapTo(page, made.rect().topRight()).x() <= page.width(), made.text()
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: page.help.geometry().left() > page.table.geometry().right(), timeout=5000)
