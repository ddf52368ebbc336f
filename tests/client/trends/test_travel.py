"""Where in time a trend is: boxes, drags, the way back, and which part of the scales."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

S = 1_000_000_000


@pytest.fixture
def page(window):
    window.shell.go(":trends")
    window.frame.beat()
    return window.shell.page


def at(page, second, share):
    """Where on the widget a moment after the left edge and a share of the scales are."""
    box = page.plot.view.sceneBoundingRect()
    (left, right), (low, high) = page.plot.view.viewRange()
    y = box.bottom() - (share - low) / (high - low) * box.height()
    return QPoint(round(box.left() + second / (right - left) * box.width()), round(y))


def draw_box(page, first, second, shift=True):
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    target = page.plot.viewport()
    QTest.mousePress(target, Qt.MouseButton.LeftButton, keys, first)
    QTest.mouseMove(target, second)
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, keys, second)


def test_a_box_shows_its_time_and_its_part_of_every_scale_and_back_undoes_it(page):
    start = page.plot.span_ns[0]
    draw_box(page, at(page, 100, 0.75), at(page, 400, 0.25))
    assert not page.travel.live
    assert page.plot.span_ns == pytest.approx((start + 100 * S, start + 400 * S), abs=2 * S)
    assert page.travel.share == pytest.approx((0.25, 0.75), abs=0.01)
    assert (page.pens[0].low, page.pens[0].high) == pytest.approx((25, 75), abs=1)
    assert (page.pens[1].low, page.pens[1].high) == pytest.approx((30, 90), abs=1)
    draw_box(page, at(page, 50, 0.5), at(page, 100, 0.0))
    assert page.pens[0].high == pytest.approx(50, abs=1)  # of what was in view
    page.travel.go(-1)
    page.travel.go(-1)
    assert page.travel.live and page.travel.share == (0.0, 1.0)
    assert (page.pens[0].low, page.pens[0].high) == (0.0, 100.0)


def test_a_flat_box_is_about_time_alone_and_a_slip_is_none(page):
    draw_box(page, at(page, 100, 0.5), at(page, 101, 0.2))
    assert page.travel.live
    draw_box(page, at(page, 100, 0.5), at(page, 300, 0.51))
    assert page.travel.share == (0.0, 1.0)
    assert page.travel.span_s == pytest.approx(200, abs=3)


def test_the_box_button_is_for_one_box(page):
    page.toolbar.box_button.click()
    draw_box(page, at(page, 100, 0.9), at(page, 200, 0.1), shift=False)
    assert page.travel.span_s == pytest.approx(100, abs=3)
    assert not page.toolbar.box_button.isChecked()
    before = page.plot.span_ns
    draw_box(page, at(page, 10, 0.9), at(page, 20, 0.1), shift=False)  # an ordinary drag now
    assert page.travel.span_s == pytest.approx((before[1] - before[0]) / S, rel=0.01)


def test_the_wheel_zooms_about_the_moment_below_it(page):
    page.travel.follow(False)
    place = at(page, 450, 0.5)
    under = page.plot.base_ns + int(page.plot._at(place.toPointF()).x() * 1e9)
    turn(page.plot, place, 240)
    page.plot.grab()
    again = page.plot.base_ns + int(page.plot._at(place.toPointF()).x() * 1e9)
    start, stop = page.plot.span_ns
    assert (stop - start) / S < 590
    assert again == pytest.approx(under, abs=2 * S)


def turn(plot, place, by):
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    none = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    where = plot.viewport().mapToGlobal(place)
    event = QWheelEvent(QPointF(place), QPointF(where), QPoint(), QPoint(0, by), *none)
    QApplication.sendEvent(plot.viewport(), event)


def test_a_stretch_too_short_or_too_long_to_be_shown_is_made_one_that_can(page, engine):
    engine.answers["history"] = lambda request: None  # 400 days of it would take long
    middle = page.plot.span_ns[1]
    page.travel.show_stretch(middle, middle + 1)
    assert page.travel.span_s == 5.0
    page.travel.show_stretch(0, middle)
    assert page.travel.span_s == 400 * 86400.0


def test_other_pens_begin_with_whole_scales(page):
    draw_box(page, at(page, 100, 0.75), at(page, 400, 0.25))
    page.show_tags((0, 1), 60.0)
    assert page.travel.live and page.travel.share == (0.0, 1.0) and page.travel.span_s == 60.0


def test_a_drag_is_one_view_and_settles_now_and_then_while_it_goes_on(page, clock, qtbot):
    settled = []
    page.travel.settled.connect(lambda: settled.append(page.plot.span_ns))
    began = page.plot.span_ns
    for _ in range(20):
        page.plot.stretch((300, 301), (305, 306))
        clock.advance(0.1)
    assert page.travel.is_moving
    qtbot.waitUntil(lambda: not page.travel.is_moving, timeout=3000)
    assert settled[-1] == page.plot.span_ns
    page.travel.go(-1)
    assert page.travel.live
    assert page.plot.span_ns[1] - page.plot.span_ns[0] == pytest.approx(began[1] - began[0], rel=0.01)
    assert not page.toolbar.back_button.isEnabled()
