"""The window as a whole: before an engine is there, while it is, and when it comes back as another."""

import pytest

from hmi.client.theme import day
from hmi.client.window import Window, zone_of
from hmi.client.wire import Wire


def test_before_an_engine_is_there_it_says_what_it_waits_for(qtbot, engine, clock):
    engine.up = False
    wire = Wire(engine.open_link, clock)
    window = Window(wire, clock, day())
    qtbot.addWidget(window)
    wire.start()
    assert window.currentWidget() is window.waiting
    assert "hmi engine PLANT" in window.waiting.detail.whole
    engine.up = True
    qtbot.waitUntil(lambda: window.shell is not None, timeout=5000)
    assert window.currentWidget() is window.shell
    assert window.windowTitle() == "Small plant"
    window.stop()


def test_an_engine_with_another_plant_gets_new_screens_at_the_same_place(qtbot, window, engine, other_files):
    window.shell.go("tank")
    before = window.shell
    engine.hang_up()
    window.frame.beat()
    engine.start(other_files)
    qtbot.waitUntil(lambda: window.wire.state == "linked", timeout=5000)
    assert window.shell is not before
    assert window.shell.page.key == "tank"
    assert "pump" not in window.shell.navigation.buttons


def test_the_same_plant_keeps_its_screens(qtbot, window, engine):
    before = window.shell
    engine.hang_up()
    window.frame.beat()
    engine.up = True
    qtbot.waitUntil(lambda: window.wire.state == "linked", timeout=5000)
    assert window.shell is before
    window.frame.beat()
    assert before.notice.isHidden()


def test_it_opens_with_the_screen_asked_for(qtbot, engine, clock):
    wire = Wire(engine.open_link, clock)
    window = Window(wire, clock, day(), screen="pump")
    qtbot.addWidget(window)
    wire.start()
    assert window.shell.page.key == "pump"
    window.stop()


def test_a_time_zone_nobody_knows_is_utc_and_logged(engine):
    assert zone_of(engine.plant).key == "Europe/Berlin"


@pytest.mark.expect_log("time zone Mars/Olympus")
def test_an_unknown_zone(engine):
    import dataclasses

    assert zone_of(dataclasses.replace(engine.plant, timezone="Mars/Olympus")).key == "UTC"


def test_closing_it_stops_clock_and_wire(qtbot, window):
    window.frame.start()
    window.close()
    assert not window.frame._timer.isActive()
    assert window.shell is None


def test_it_tells_the_operator_in_one_line(window):
    window.tell("something went wrong")
    assert window.shell.banner.told.whole == "Something went wrong"
