"""The strip that tells of a flood."""

import pytest

from hmi.client.alarms.annunciator import Annunciator
from hmi.client.alarms.floodbar import FloodBar


@pytest.fixture
def bar(qtbot, desk):
    made = FloodBar(desk, Annunciator(desk))
    qtbot.addWidget(made)
    return made


def test_it_is_there_only_in_a_flood_and_says_since_when_and_how_many(bar, desk):
    bar.refresh()
    assert bar.isHidden()
    bar.calls.flood.annunciate(11, 0.0)
    bar.calls.flood_since_ns, bar.calls.flood_count = 1_790_000_000 * 10**9, 37
    bar.refresh()
    assert not bar.isHidden()
    assert bar.told.whole == "Flood of alarms since 16:13:20: 37 came"


def test_it_says_what_is_shown(bar, model):
    bar.show_fold(model)
    assert bar.turn.text() == "Fold (F12)"
    model.fold(True)
    model.more = 4
    bar.show_fold(model)
    assert bar.turn.text() == "Full list (F12)"
    assert bar.detail.whole == "By machine, the first alarm of each; 4 lines more"


def test_it_names_the_alarm_that_came_first_of_all(bar, model, tell, desk):
    now = desk.mirror.now_ns()
    tell((2, "acknowledged"), (0, "unacknowledged"))
    model.put()
    bar.calls.flood.annunciate(11, 0.0)
    bar.calls.flood_since_ns = now
    bar.show_fold(model)
    assert bar.detail.whole == "First of all: Tank hot · Every alarm is shown"
    bar.calls.flood_since_ns = now + 2 * 600 * 10**9  # what has stood for long has nothing to do with it
    bar.show_fold(model)
    assert bar.detail.whole == "Every alarm is shown"
