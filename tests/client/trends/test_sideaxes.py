"""Axes that always stand beside the picture."""

from datetime import UTC

import pytest
from PySide6.QtGui import QColor

from hmi.client.theme import day
from hmi.client.trends.plot import Inked, Plot

BLUE, GREEN, BROWN = QColor("#00007F"), QColor("#1B6E5A"), QColor("#7A4A00")


@pytest.fixture
def plot(qtbot):
    made = Plot(day(), UTC, 0)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    yield made
    made.close()


def test_they_stand_on_their_side_in_the_colour_of_their_pen(plot):
    plot.show_pens([Inked(BLUE, side="left"), Inked(GREEN), Inked(BROWN, side="right")], day())
    plot.show_scales([(0.0, 100.0, "%"), (0.0, 1.0, ""), (0.0, 3.0, "bar")])
    plot.choose(0)
    plot.grab()
    left, right = plot.sides.axes[0], plot.sides.axes[2]
    middle = plot.view.sceneBoundingRect()
    assert left.sceneBoundingRect().right() <= middle.left() + 1
    assert right.sceneBoundingRect().left() >= middle.right() - 1
    assert (left.colour, right.colour) == (BLUE, BROWN)
    assert (left.number, right.number) == (1, 3)
    assert right.labels(right.levels())[-1] == "3.0 bar"
    assert not plot.values.isVisible()  # the chosen pen has its own
    plot.choose(1)
    assert plot.values.isVisible()


def test_other_pens_take_their_place_and_lanes_have_none(plot, qtbot):
    plot.show_pens([Inked(BLUE, side="left"), Inked(BROWN, side="right")], day())
    narrow = plot.view.sceneBoundingRect().width()
    plot.show_pens([Inked(BLUE, names={0: "off", 1: "on"}, side="left"), Inked(GREEN)], day())
    assert plot.sides.axes == {}
    qtbot.waitUntil(lambda: plot.view.sceneBoundingRect().width() > narrow + 80, timeout=3000)


def test_a_pen_in_another_colour_takes_its_axis_along(plot):
    plot.show_pens([Inked(BLUE, side="left")], day())
    plot.recolour(0, GREEN)
    assert plot.sides.axes[0].colour == GREEN
