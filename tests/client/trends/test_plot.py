"""The picture of a trend."""

from datetime import UTC

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from hmi.client.theme import day, night
from hmi.client.trends.curve import Curve
from hmi.client.trends.plot import Inked, Plot
from hmi.core.history import Gap

S = 1_000_000_000
BASE = 1_772_000_000 * S


@pytest.fixture
def plot(qtbot):
    made = Plot(day(), UTC, BASE)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show_span(BASE - 600 * S, BASE)
    made.show()
    return made


def test_it_shows_the_span_it_was_given(plot):
    start, stop = plot.span_ns
    assert start == pytest.approx(BASE - 600 * S, abs=S)
    assert stop == pytest.approx(BASE, abs=S)


def test_being_told_what_to_show_is_not_a_movement_of_the_operator(qtbot, plot):
    with qtbot.assertNotEmitted(plot.moved):
        plot.show_span(BASE - 60 * S, BASE)


def test_the_wheel_zooms_time_and_says_so(qtbot, plot):
    before = plot.span_ns
    with qtbot.waitSignal(plot.moved):
        plot.view.sigRangeChangedManually.emit([True, False])
    plot.view.scaleBy(x=0.5)
    assert plot.span_ns[1] - plot.span_ns[0] < before[1] - before[0]
    assert plot.view.viewRange()[1] == pytest.approx([-0.02, 1.02])


def test_pens_are_replaced_not_piled_up(plot):
    plot.show_pens([Inked(QColor("red")), Inked(QColor("blue"))], day())
    plot.show_pens([Inked(QColor("green"))], day())
    assert len(plot.curves) == 1
    assert [item for item in plot.scene().items() if isinstance(item, Curve)] == plot.curves


def test_gaps_are_seen_and_explained(plot):
    before = plot.grab().toImage()
    plot.show_gaps([Gap(BASE - 300 * S, BASE - 200 * S, "the engine was not running")])
    assert plot.gap_at(BASE - 250 * S) == "the engine was not running"
    assert plot.gap_at(BASE - 100 * S) == ""
    assert plot.grab().toImage() != before


def test_pointing_tells_the_moment(qtbot, plot):
    moments = []
    plot.pointed.connect(moments.append)
    box = plot.view.sceneBoundingRect()
    plot.point_at(QPointF(box.center().x(), box.center().y()))
    assert moments[-1] == pytest.approx(BASE - 300 * S, abs=3 * S)
    told = len(moments)
    plot.point_at(QPointF(2, 2))  # on the axis
    assert len(moments) == told
    plot.point(None)
    assert plot.marks.cursor is None


def test_levels_are_those_of_the_axis(plot):
    plot.show_scale(0.0, 100.0, "%")
    assert plot.ground.levels == plot.values.levels()
    assert len(plot.ground.levels) > 2


def test_it_takes_on_a_theme(plot):
    before = plot.grab().toImage()
    plot.restyle(night())
    assert plot.grab().toImage() != before
    assert plot.backgroundBrush().color().name().upper() == night().raised
    assert plot.contextMenuPolicy() != Qt.ContextMenuPolicy.CustomContextMenu
