"""The XY plot: a line in the colours of its age, broken where one of the two is not known."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from hmi.client.theme import night
from hmi.client.trends.xy import AGES, XyGraph, ages_of
from hmi.core.pairing import Pairs

S = 1_000_000_000


def pairs(x, y):
    return Pairs(np.arange(len(x), dtype=np.int64) * S, np.array(x, float), np.array(y, float))


@pytest.fixture
def graph(qtbot, desk):
    made = XyGraph(desk)
    qtbot.addWidget(made)
    made.resize(700, 500)
    return made


def inked(graph):
    """How many pixels of the field are the colour of an age."""
    image = graph.grab().toImage()
    ages = {graph.strength(age).rgb() for age in range(AGES)}
    field = graph.field().toRect().adjusted(1, 40, -1, -1)  # without the key
    return sum(image.pixelColor(x, y).rgb() in ages for x in range(field.left(), field.right(), 2)
               for y in range(field.top(), field.bottom()))  # fmt: skip


def test_a_line_is_drawn_and_a_gap_is_not_bridged(graph):
    x = np.linspace(0, 100, 6000)  # so many that nothing is smoothed
    graph.show_pairs(pairs(x, x), ("a", "b"))
    whole = inked(graph)
    broken = x.copy()
    broken[1500:4500] = np.nan
    graph.show_pairs(pairs(broken, broken), ("a", "b"))
    assert 0 < inked(graph) < 0.75 * whole
    assert graph.empty == ""


def test_ages_grow_with_time_and_can_be_told_apart_without_colours(graph):
    assert ages_of(np.array([0, 49, 99, 100], np.int64)).tolist() == [0, 3, 7, 7]
    assert ages_of(np.zeros(0, np.int64)).tolist() == []
    greys = [QColor(graph.strength(age)).lightnessF() for age in range(AGES)]
    assert greys == sorted(greys, reverse=True) and greys[0] - greys[-1] > 0.3
    graph.desk.theme = night()
    greys = [QColor(graph.strength(age)).lightnessF() for age in range(AGES)]
    assert greys == sorted(greys) and greys[-1] - greys[0] > 0.3


def test_a_single_point_and_none(graph):
    graph.show_pairs(pairs([5.0], [7.0]), ("a", "b"))
    assert inked(graph) > 0
    graph.show_pairs(pairs([np.nan], [np.nan]), ("a", "b"))
    assert graph.empty == "The two were never known at the same time"
    graph.grab()
