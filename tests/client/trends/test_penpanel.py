"""One pen's panel: range, fitted or fixed scale, shared axis, side."""

import pytest

from hmi.client.trends.penpanel import FITTED, FIXED, RANGE, PenPanel
from hmi.client.trends.pens import Pen
from hmi.core.tags import Tag
from hmi.core.trends import TrendPen

TAG = Tag(0, "tank.level", "c", "x", "float64", low=0.0, high=100.0, description="Tank level")


@pytest.fixture
def panel(qtbot):
    made = PenPanel()
    qtbot.addWidget(made)
    made.show()
    made.show_pen(Pen(TAG, 3))
    made.told_changes = []
    made.changed.connect(made.told_changes.append)
    return made


def test_it_shows_how_the_pen_is_drawn(panel):
    assert panel.title.whole == "3  Tank level"
    assert panel.kinds.checkedId() == RANGE
    assert not panel.low.isEnabled()
    panel.show_pen(Pen(TAG, 1, setting=TrendPen("tank.level", "x", 20.0, 30.5, side="right")))
    assert panel.kinds.checkedId() == FIXED
    assert (panel.low.text(), panel.high.text(), panel.axis.text()) == ("20", "30.5", "x")
    assert panel.sides.checkedId() == 2


def test_a_fixed_scale_takes_two_numbers_and_refuses_others(panel):
    panel.kinds.button(FIXED).click()
    assert panel.told_changes == [TrendPen("tank.level", low=0.0, high=100.0)]
    panel.low.setText("120")
    panel.low.editingFinished.emit()
    assert panel.told.whole == "Two numbers, the smaller one first"
    panel.low.setText("abc")
    panel.low.editingFinished.emit()
    panel.low.setText("12,5")
    panel.low.editingFinished.emit()
    assert panel.told.whole == ""
    assert panel.told_changes[1:] == [TrendPen("tank.level", low=12.5, high=100.0)]


def test_axis_and_side(panel):
    panel.kinds.button(FITTED).click()
    panel.axis.setText("levels")
    panel.axis.editingFinished.emit()
    panel.sides.button(1).click()
    assert panel.told_changes[-1] == TrendPen("tank.level", axis="levels", fit=True, side="left")
    count = len(panel.told_changes)
    panel.axis.editingFinished.emit()
    assert len(panel.told_changes) == count  # nothing changed


def test_a_lane_has_no_scale(panel):
    panel.show_pen(Pen(TAG, 1, {0: "off", 1: "on"}))
    assert panel.told.whole == "A lane of states has no scale"
    assert not panel.kinds.button(FITTED).isEnabled()
