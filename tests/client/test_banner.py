"""The alarm banner: always there, always the most important one first."""

import pytest
from PySide6.QtCore import Qt

from hmi.core import quality as q
from hmi.link.messages import Reply


@pytest.fixture
def banner(window):
    return window.shell.banner


def beat(window):
    window.frame.beat()
    window.shell.pulse(True)


def test_without_alarms_it_says_so(window, banner):
    beat(window)
    assert banner.headline.whole == "No alarms"
    assert banner.ack.isHidden()


def test_what_cannot_be_evaluated_is_not_called_calm(window, banner, engine):
    engine.set({"tank.level": 50.0}, q.BAD_SENSOR_FAILURE)
    beat(window)
    plant = window.shell.desk.plant
    blind = sum(plant.tags[rule.tag].name == "tank.level" for rule in plant.rules)
    assert banner.headline.whole.startswith(f"No alarms known: {blind} of {len(plant.rules)} cannot")
    engine.set({"tank.level": 50.0})
    beat(window)
    assert banner.headline.whole == "No alarms"


def test_it_counts_by_priority_and_shows_the_top_unacknowledged_one(window, banner, engine, clock):
    engine.alarm(2, "unacknowledged")
    engine.alarm(0, "unacknowledged", raised_ns=clock.now_ns() - 72_000_000_000)
    engine.alarm(1, "acknowledged")
    beat(window)
    assert [banner.counts[p].count for p in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert banner.headline.whole == "Tank overflows"
    assert banner.age.whole == "1 min 12 s"


def test_a_click_acknowledges_the_shown_alarm_and_no_other(qtbot, window, banner, engine):
    engine.answers["ack"] = lambda request: Reply(request.number, True, "1 acknowledged")
    engine.alarm(0, "unacknowledged")
    engine.alarm(1, "unacknowledged")
    beat(window)
    qtbot.mouseClick(banner.ack, Qt.MouseButton.LeftButton)
    assert [request.args["alarms"] for request in engine.requests] == [["tank.level.hh"]]
    engine.alarm(0, "acknowledged", acked_by="anna")
    beat(window)
    assert banner.headline.whole == "Tank level high"


def test_a_refused_acknowledgement_is_told_for_a_while(qtbot, window, banner, engine, clock):
    engine.answers["ack"] = lambda request: Reply(request.number, False, "you may not acknowledge this")
    engine.alarm(0, "unacknowledged")
    beat(window)
    banner.acknowledge()
    window.frame.beat()
    assert banner.told.whole == "You may not acknowledge this"
    clock.advance(10)
    engine.health()
    beat(window)
    assert banner.told.whole == ""


def test_a_click_beside_the_button_opens_the_list(qtbot, window, banner):
    beat(window)
    qtbot.mouseClick(banner, Qt.MouseButton.LeftButton)
    assert window.shell.page.key == ":alarms"


def test_acknowledged_alarms_are_still_counted(window, banner, engine):
    engine.alarm(0, "acknowledged")
    beat(window)
    assert banner.headline.whole == "1 alarm standing, acknowledged"


def test_while_the_engine_is_away_nothing_is_claimed_or_acknowledged(window, banner, engine):
    engine.hang_up()
    beat(window)
    assert "not known" in banner.headline.whole
    assert not banner.ack.isEnabled()


def test_only_the_symbol_of_an_unanswered_alarm_blinks(window, banner, engine):
    engine.alarm(0, "unacknowledged")
    beat(window)
    window.shell.pulse(True)
    lit = banner.mark.grab().toImage()
    words = banner.headline.grab().toImage()
    window.shell.pulse(False)
    assert banner.mark.grab().toImage() != lit
    assert banner.headline.grab().toImage() == words
    engine.alarm(0, "acknowledged")
    engine.alarm(1, "returned-unacknowledged")
    beat(window)
    steady = banner.mark.grab().toImage()
    window.shell.pulse(False)
    assert banner.mark.grab().toImage() == steady


def test_alarms_that_are_kept_quiet_are_counted_by_their_letters(window, engine):
    engine.alarm(0, "shelved")
    engine.alarm(1, "suppressed-by-design")
    engine.alarm(2, "shelved")
    window.frame.beat()
    banner = window.shell.banner
    assert banner.kept.whole == "S2 D1"
    assert banner.kept.toolTip() == "2 shelved, 1 suppressed by design, 0 out of service"


def test_upright_what_the_alarm_is_called_has_a_row_of_its_own(qtbot, window, banner, engine):
    engine.alarm(0, "unacknowledged")
    beat(window)
    low = banner.height()
    window.resize(760, 1100)
    qtbot.waitUntil(lambda: banner.height() > low, timeout=5000)
    top = banner.headline.mapTo(banner, banner.headline.rect().topLeft()).y()
    assert top >= banner.ack.mapTo(banner, banner.ack.rect().bottomLeft()).y()
    assert banner.headline.text() == "Tank overflows"
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: banner.height() == low, timeout=5000)
