"""The system page."""

import pytest

from hmi.client.diagnostics import connection_row
from hmi.core import quality as q
from hmi.link.messages import ConnectionRow, Reply


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
    assert page.connections.rows[0][:5] == ("line", "Live", "6", "0", "0.2 s")
    assert page.engine.told["Running for"].whole == "1 min 00 s"
    assert page.store.told["Disk free"].whole == "50.0 GB"
    assert page.store.told["Fault"].whole == "none"
    assert page.window_facts.told["Link"].whole == "Linked"
    assert "ms" in page.window_facts.told["Frame"].whole


def test_a_connection_that_was_never_heard():
    row = connection_row(ConnectionRow("p", "modbus", "tcp://x", "down", "no answer", 0, 3, -1.0, 0.0, 2, 0.0))
    assert row[1] == "Down"
    assert row[4] == "never"
    assert row[-1] == "No answer"


def test_values_that_are_not_good_with_the_reason_the_engine_knows(page, window, engine):
    engine.set({"tank.level": 1.0, "door.open": 0.0}, q.BAD_NODE_ID_UNKNOWN)
    window.frame.beat()
    window.shell.pulse(True)
    rows = {row[0]: row for row in page.bad.rows}
    assert rows["tank.level"][2] == "The controller has no node ns=2;s=Level"
    assert rows["door.open"][2] == "The device does not know this address"
    assert page.bad_title.text() == "Values that are not good: 3 of 6"  # the recipe has never come


def test_a_silent_engine_is_admitted(page, window, clock):
    clock.advance(3)
    window.frame.beat()
    window.shell.pulse(True)
    assert page.engine.told["State"].whole == "Not heard"
    assert page.window_facts.told["Link"].whole == "Silent"
