"""The field of a graph: round labels, values where they belong, words while it is empty."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from hmi.client.trends.comparegraph import Graph, Scale, around


@pytest.fixture
def graph(qtbot, desk):
    made = Graph(desk)
    qtbot.addWidget(made)
    made.resize(600, 400)
    return made


def test_labels_are_round_and_inside():
    assert [text for _, text in Scale(-3, 103).ticks(700, 100)] == ["0", "20", "40", "60", "80", "100"]
    assert [value for value, _ in Scale(0.0, 0.05).ticks(200, 90)] == pytest.approx([0.0, 0.05])
    assert Scale(1.0, 1.0).ticks(500, 90) == []
    assert Scale(float("nan"), 1.0).ticks(500, 90) == []


def test_a_scale_leaves_room_on_either_side():
    assert around(0, 100) == Scale(-5, 105)
    assert around(5, 5).low < 5 < around(5, 5).high
    assert around(0, 0) == Scale(-1, 1)
    assert around(np.nan, np.nan) == Scale(0, 1)


def test_values_are_where_they_belong(graph):
    graph.across, graph.up = Scale(0, 10), Scale(0, 100)
    field = graph.field()
    assert graph.x_px(np.array([0.0, 10.0])).tolist() == [field.left(), field.right()]
    assert graph.y_px(np.array([0.0, 100.0])).tolist() == [field.bottom(), field.top()]


def test_it_is_painted_in_any_size(graph):
    graph.empty = "Nothing is here"
    for size in ((600, 400), (60, 40), (1, 1)):
        graph.resize(*size)
        picture = QImage(graph.grab().toImage())
        assert picture.pixelColor(0, 0) == QColor(graph.desk.theme.panel)
