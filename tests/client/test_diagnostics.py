"""The system page."""

import pytest
from PySide6.QtWidgets import QLabel

from hmi.core import quality as q
from hmi.link.messages import Health, Reply


@pytest.fixture
def page(window, engine):
    engine.answers["status"] = lambda request: Reply(
        request.number, True, "", {"missing_tags": {"tank.level": "the controller has no node ns=2;s=Level"}}
    )
    engine.health()
    window.shell.go(":system")
    window.frame.redraw()
    window.frame.beat()
    window.shell.pulse(True)
    return window.shell.page


def test_connections_store_engine_and_window(page):
    assert page.connections.model.rows[0][:3] == ("line", "Live", "6")
    assert page.connections.detail.title.whole == "line · opcua"
    assert page.engine.told["Running for"].whole == "1 min 00 s"
    assert page.store.told["Disk free"].whole == "50.0 GB"
    assert page.store.told["Fault"].whole == "none"
    assert page.window_facts.told["Link"].whole == "Linked"
    assert "ms" in page.window_facts.told["Frame"].whole


def test_how_long_the_disk_will_do_and_a_warning_before_it_is_full(page, window, engine):
    assert page.store.told["Room"].whole == "–"
    now = engine.clock.now_ns()
    engine.say(Health(now, history_room="4.1 GB in 31 days, 130 MB a day: at this rate full in 41 days (max_gb)"))
    window.frame.beat()
    assert page.store.told["Room"].whole.endswith("at this rate full in 41 days (max_gb)")
    engine.say(Health(now, history_room="4.1 GB", store_note="history fills 81 % of max_gb (20.0 GB)"))
    window.frame.beat()
    assert page.store.told["Room"].whole == "History fills 81 % of max_gb (20.0 GB)"


def test_how_the_plant_server_stands_in_one_line_and_what_came_from_it(page, window, engine):
    now = engine.clock.now_ns()
    for words, note, arrived in (
        ("current: everything is at db:5432", "", 0),
        ("away: connection refused; 9.0 MB and 2 records wait", "in 4 days history must be dropped", 0),
        ("refused: no password; 9.0 MB wait", "nothing is sent until somebody mends this", 2),
    ):
        engine.say(Health(now, server=words, server_note=note, arrived=arrived))
        window.frame.beat()
        assert page.store.told["Plant server"].whole.casefold() == words.casefold()
        assert (page.store.told["Plant server"].property("role") == "bad") == bool(note)
        assert page.arrived.isVisible() == bool(arrived)
        assert page.arrived.text() == f"From the plant server: {arrived} …"


def test_values_that_are_not_good_with_the_reason_the_engine_knows(page, window, engine):
    engine.set({"tank.level": 1.0, "door.open": 0.0}, q.BAD_NODE_ID_UNKNOWN)
    window.frame.beat()
    window.shell.pulse(True)
    rows = {row[0]: row for row in page.values.model.rows}
    assert rows["tank.level"][2] == "The controller has no node ns=2;s=Level"
    assert rows["door.open"][2] == "The device does not know this address"
    assert page.window_facts.told["Values"].whole == "3 of 6 good"  # the recipe has never come


def test_reasons_are_asked_for_again_when_more_tags_are_missing(page, window, engine):
    def asked():
        return sum(request.verb == "status" for request in engine.requests)

    before = asked()
    engine.health()
    window.frame.beat()
    assert asked() == before
    engine.health(missing=2)
    window.frame.beat()
    assert asked() == before + 1


def test_a_silent_engine_is_admitted(page, window, clock):
    clock.advance(3)
    window.frame.beat()
    window.shell.pulse(True)
    assert page.engine.told["State"].whole == "Not heard"
    assert page.window_facts.told["Link"].whole == "Silent"


def test_a_plant_server_that_comes_and_goes_is_never_told_in_more_than_one_place_at_once(window, engine):
    window.shell.go("overview")
    now = engine.clock.now_ns()
    for turn in range(20):
        state = ("away: connection refused", "sending: sending to db:5432", "refused: no password")[turn % 3]
        note = "nothing is sent to the plant server until somebody mends this" if turn % 2 else ""
        engine.say(Health(now, server=f"{state}; {turn} MB wait", server_note=note, arrived=turn))
        window.frame.beat()
        window.shell.pulse(bool(turn % 2))
        told = [one.text() for one in window.findChildren(QLabel) if one.isVisible() and "server" in one.text().lower()]
        assert len(told) <= 1, told
