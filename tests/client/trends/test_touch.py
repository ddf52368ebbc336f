"""Fingers on the trend: real touch events on the real widget."""

from datetime import UTC

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QInputDevice
from PySide6.QtTest import QTest

from hmi.client.theme import day
from hmi.client.trends.plot import Plot

S = 1_000_000_000
BASE = 1_772_000_000 * S


@pytest.fixture
def plot(qtbot):
    made = Plot(day(), UTC, BASE)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show_span(BASE, BASE + 600 * S)
    made.show()
    made.grab()
    yield made
    made.close()


@pytest.fixture
def screen(qapp):
    return QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)


def x_of(plot, second):
    box = plot.view.sceneBoundingRect()
    left, right = plot.view.viewRange()[0]
    return round(box.left() + (second - left) / (right - left) * box.width())


def touch(plot, screen, *steps):
    """Each step is where the fingers are, as x; all at one height. The last step lifts them."""
    target = plot.viewport()
    for number, fingers in enumerate(steps):
        event = QTest.touchEvent(target, screen, False)
        for finger, x in enumerate(fingers):
            (event.press if number == 0 else event.move)(finger, QPoint(x, 150), target)
        event.commit(True)
    event = QTest.touchEvent(target, screen, False)
    for finger, x in enumerate(steps[-1]):
        event.release(finger, QPoint(x, 150), target)
    event.commit(True)


def test_one_finger_shifts_time_with_it(plot, screen, qtbot):
    at = x_of(plot, 300)
    with qtbot.waitSignal(plot.moved):
        touch(plot, screen, [at], [at + 50], [at + 100])
    start, stop = plot.span_ns
    assert (stop - start) / S == pytest.approx(600, abs=1)
    assert x_of(plot, 300) == pytest.approx(at + 100, abs=2)


def test_two_fingers_stretch_time_between_them_and_what_is_below_each_stays_below_it(plot, screen):
    first, second = x_of(plot, 200), x_of(plot, 400)
    touch(plot, screen, [first, second], [first - 40, second + 60], [first - 80, second + 120])
    assert x_of(plot, 200) == pytest.approx(first - 80, abs=2)
    assert x_of(plot, 400) == pytest.approx(second + 120, abs=2)
    start, stop = plot.span_ns
    assert (stop - start) / S < 400


def test_a_tap_reads_and_moves_nothing(plot, screen):
    before, moments = plot.span_ns, []
    plot.pointed.connect(moments.append)
    touch(plot, screen, [x_of(plot, 450)], [x_of(plot, 450) + 3])
    assert plot.span_ns == before
    assert moments[-1] == pytest.approx(BASE + 450 * S, abs=2 * S)


def test_a_finger_takes_hold_of_a_cursor(plot, screen, qtbot):
    plot.show_pair(True)
    before = plot.span_ns
    at = x_of(plot, 200)  # where A is
    with qtbot.waitSignal(plot.paired):
        touch(plot, screen, [at + 15], [at + 60], [at + 100])
    assert plot.span_ns == before
    assert plot.pair_ns[0] == pytest.approx(BASE + (200 + 100 / plot.view.width() * 600) * S, abs=3 * S)
    assert not plot.is_held


def test_fingers_close_together_shift_and_do_not_blow_time_up(plot, screen):
    at = x_of(plot, 300)
    touch(plot, screen, [at, at + 10], [at + 30, at + 32])
    start, stop = plot.span_ns
    assert (stop - start) / S == pytest.approx(600, abs=1)
