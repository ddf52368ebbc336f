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
