"""What lies behind and above the lines."""

from datetime import UTC

import pytest
from PySide6.QtCore import QPointF, Qt

from hmi.client.theme import day
from hmi.client.trends.events import Event
from hmi.client.trends.plot import Plot
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


def picture(plot):
    return plot.grab().toImage()


def x_of(plot, seconds):
    return round(plot.view.mapViewToScene(QPointF(seconds, 0.5)).x())


def test_what_lies_beyond_a_limit_is_told_from_the_rest(plot):
    before = picture(plot)
    plot.show_limits([(0.8, True, "High 80 %"), (0.1, False, "Low 10 %")])
    after = picture(plot)
    y = [round(plot.view.mapViewToScene(QPointF(0, share)).y()) for share in (0.9, 0.5, 0.05)]
    changed = [before.pixel(500, row) != after.pixel(500, row) for row in y]
    assert changed == [True, False, True]


def test_events_are_marked_and_found_under_the_pointer(plot):
    before = picture(plot)
    events = [
        Event(BASE - 300 * S, 0, "alarm", "raised", 1, "raised"),
        Event(BASE - 299 * S, 0, "write", "confirmed", 0, "written"),
        Event(BASE - 100 * S, 0, "alarm", "returned", 1, "gone"),
    ]
    plot.show_events(events)
    after = picture(plot)
    x = x_of(plot, -300)
    assert any(before.pixel(x, y) != after.pixel(x, y) for y in range(10, 30))
    assert plot.told_at(BASE - 300 * S) == "raised\nwritten"
    assert plot.told_at(BASE - 200 * S) == ""
    plot.show_gaps([Gap(BASE - 320 * S, BASE - 280 * S, "the engine was not running")])
    assert plot.told_at(BASE - 300 * S) == "the engine was not running"


def test_cursors_are_dragged_with_the_mouse_and_the_view_stays(qtbot, plot):
    before = plot.span_ns
    plot.show_pair(True)
    assert plot.pair_ns == pytest.approx((BASE - 400 * S, BASE - 200 * S), abs=S)
    start = plot.view.mapViewToScene(QPointF(-400, 0.5)).toPoint()
    with qtbot.waitSignal(plot.paired):
        qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(plot.viewport(), plot.view.mapViewToScene(QPointF(-500, 0.5)).toPoint())
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton)
    assert plot.pair_ns[0] == pytest.approx(BASE - 500 * S, abs=3 * S)
    assert plot.span_ns == before
    plot.show_pair(False)
    assert plot.pair_ns is None


def test_a_note_is_marked_as_long_as_it_is_about_and_read_anywhere_in_it(plot):
    before = picture(plot)
    plot.show_events([Event(BASE - 400 * S, 0, "note", "noted", 0, "seal changed", BASE - 200 * S)])
    after = picture(plot)

    def is_marked(seconds):
        x = x_of(plot, seconds)
        return any(before.pixel(x, y) != after.pixel(x, y) for y in range(10, 30))

    assert [is_marked(seconds) for seconds in (-430, -400, -300, -205, -190)] == [False, True, True, True, False]
    assert plot.told_at(BASE - 300 * S) == "seal changed"
    assert plot.told_at(BASE - 150 * S) == ""
    plot.show_span(BASE - 300 * S, BASE)  # its begin is out of sight: its mark stands at the edge
    plot.show_events([])
    before = picture(plot)
    plot.show_events([Event(BASE - 400 * S, 0, "note", "noted", 0, "seal changed", BASE - 200 * S)])
    after = picture(plot)
    assert is_marked(-296) and is_marked(-250) and not is_marked(-190)
