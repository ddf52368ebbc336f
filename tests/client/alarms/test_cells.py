"""What the lines say."""

import pytest

from hmi.client.alarms.cells import Cells, value_and_limit
from hmi.core.alarms.flood import Line
from hmi.link.messages import AlarmRow


@pytest.fixture
def cells(desk, belongings):
    return Cells(desk, belongings)


def test_what_an_alarm_says(cells, desk):
    row = AlarmRow(0, "unacknowledged", value=93.25, raised_ns=desk.mirror.now_ns() - 5 * 10**9)
    told = {name: cells.alarm(name, row) for name in ("age", "title", "state", "value", "place")}
    assert told == {
        "age": "5 s",
        "title": "Tank overflows",
        "state": "Unacknowledged",
        "value": "93.2 / 92.0 %",
        "place": "Tank 1",
    }


def test_a_state_that_is_held_is_marked(cells):
    assert "not evaluated" in cells.alarm("state", AlarmRow(0, "acknowledged", cannot_evaluate=True))


def test_a_switch_has_no_limit(desk):
    assert value_and_limit(desk, desk.plant.rules[3], AlarmRow(3, "acknowledged", value=1.0)) == "on"


def test_a_shelf_that_ends_within_five_minutes_says_so(cells, desk):
    until = desk.mirror.now_ns() + 600 * 10**9
    assert cells.alarm("left", AlarmRow(0, "shelved", quiet_until_ns=until)) == "10 min 00 s"
    until -= 301 * 10**9
    assert cells.alarm("left", AlarmRow(0, "shelved", quiet_until_ns=until)) == "soon: 4 min 59 s"


def test_a_group_says_how_many_and_which_came_first(cells):
    rows = {0: AlarmRow(0, "acknowledged"), 2: AlarmRow(2, "unacknowledged")}
    told = cells.group("title", Line("tank", 2, (2, 0), 1), rows)
    assert told == "Tank 1 · 2 alarms, 1 unacknowledged · first: Tank hot"
