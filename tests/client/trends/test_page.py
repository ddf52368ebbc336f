"""The trend page: history of the engine and live values of the mirror, on real widgets and real messages."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone

from hmi.client.trends.first import first_pens
from hmi.client.trends.lanes import Lane
from hmi.core.history import Window
from hmi.core.trends import TrendGroup, TrendPen
from hmi.link.messages import Reply

S = 1_000_000_000


@pytest.fixture
def page(window):
    window.shell.go(":trends")
    window.frame.beat()
    return window.shell.page


def asked(engine):
    return [request.args for request in engine.requests if request.verb == "history"]


def test_it_opens_with_sensible_pens_and_their_history(page, engine):
    assert [pen.tag.name for pen in page.pens] == ["tank.level", "tank.temperature", "pump.speed"]
    assert page.ready()
    first = asked(engine)[0]
    assert first["tags"] == ["tank.level", "tank.temperature", "pump.speed"]
    assert first["to_ns"] - first["from_ns"] >= 580 * S
    assert isinstance(page.pens[0].series.window, Window)


def test_first_pens_are_analog_and_kept_in_history(engine):
    names = [engine.plant.tags[tag].name for tag in first_pens(engine.plant)]
    assert names == ["tank.level", "tank.temperature", "pump.speed"]


def test_it_draws_when_the_picture_has_moved_by_a_pixel(page, engine, window, clock):
    px_s = page.travel.span_s / page.plot.width()
    assert 0.45 < px_s < 1.0
    clock.advance(1.0)
    window.frame.beat()
    drawn = page._drawn_at
    for number in range(4):
        clock.advance(0.05)
        engine.set({"tank.level": float(number)})
        window.frame.beat()
    assert page._drawn_at == drawn
    clock.advance(0.31)
    engine.set({"tank.level": 50.0})
    window.frame.beat()
    assert page._drawn_at > drawn
    page.travel.show_span(60.0)
    drawn = page._drawn_at
    clock.advance(0.21)
    engine.set({"tank.level": 51.0})
    window.frame.beat()
    assert page._drawn_at > drawn


def test_presets_ask_for_their_time(qtbot, page, engine, window):
    qtbot.mouseClick(page.toolbar.presets.button(2), Qt.MouseButton.LeftButton)
    window.frame.beat()
    last = asked(engine)[-1]
    assert last["to_ns"] - last["from_ns"] >= 7 * 3600 * S
    start, stop = page.plot.span_ns
    assert (stop - start) / S == pytest.approx(8 * 3600, rel=0.01)


def test_going_back_stops_live_and_asks_once_it_is_still(qtbot, page, engine, window):
    before = len(asked(engine))
    shown = page.pens[0].strokes
    page.travel.move_by(-0.5, 1.0)
    page.travel.move_by(-0.5, 1.0)
    assert not page.travel.live
    assert page.toolbar.live_button.text() == "Paused"
    assert page.pens[0].strokes is not shown
    assert page.pens[0].series.window is not None  # the picture before stays until the next is complete
    qtbot.waitUntil(lambda: len(asked(engine)) > before, timeout=3000)
    window.frame.beat()
    last = asked(engine)[-1]
    assert last["from_ns"] <= page.plot.span_ns[0]
    page.toolbar.live_button.click()
    assert page.travel.live


def test_zooming_changes_the_span_and_asks_only_for_what_is_not_known(qtbot, page, engine):
    before, known = page.travel.span_s, len(asked(engine))
    page.travel.move_by(0.0, 0.5)
    assert page.travel.span_s == pytest.approx(before / 2, rel=0.01)
    page.travel.move_by(0.0, 2.0)
    page.travel.move_by(-0.25, 1.0)
    assert page.travel.span_s == pytest.approx(before, rel=0.01)
    qtbot.waitUntil(lambda: not page.travel.is_moving, timeout=3000)
    assert len(asked(engine)) == known  # within the margin
    page.travel.move_by(0.0, 4.0)
    qtbot.waitUntil(lambda: len(asked(engine)) > known, timeout=3000)


def test_back_and_forward_through_views(qtbot, page, engine):
    page.travel.show_span(3600.0)
    page.travel.move_by(-0.5, 1.0)
    qtbot.waitUntil(lambda: not page.travel.is_moving, timeout=3000)
    there = page.plot.span_ns
    page.travel.go(-1)
    assert page.travel.live and page.travel.span_s == 3600.0
    page.travel.go(-1)
    assert page.travel.live and page.travel.span_s == 600.0
    page.travel.go(1)
    page.travel.go(1)
    assert not page.travel.live
    assert page.plot.span_ns == pytest.approx(there, abs=S)
    assert not page.toolbar.forward_button.isEnabled()


def test_a_date_is_jumped_to_on_the_plants_clock(page, engine):
    page.toolbar.date_button.click()
    page.dates.start.setDateTime(QDateTime(QDate(2026, 2, 20), QTime(11, 30), QTimeZone.utc()))
    page.dates.stop.setDateTime(QDateTime(QDate(2026, 2, 20), QTime(12, 30), QTimeZone.utc()))
    page.dates.show_button.click()
    start, stop = page.plot.span_ns
    assert (start + stop) / 2 / S == pytest.approx(datetime(2026, 2, 20, 11, 0, tzinfo=UTC).timestamp(), abs=1)
    assert not page.travel.live
    assert asked(engine)[-1]["from_ns"] < start


def test_two_cursors_and_what_lies_between(qtbot, page, clock):
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_C)
    first, second = page.plot.pair_ns
    assert page.toolbar.moment.text().startswith("A 2026-02-25")
    cells = [page.model.data(page.model.index(0, column)) for column in range(10)]
    ramp = [(moment // S % 6000) / 60.0 for moment in (first, second)]
    assert float(cells[3]) == pytest.approx(ramp[0], abs=0.2)
    assert float(cells[4]) == pytest.approx(ramp[1], abs=0.2)
    assert float(cells[5]) == pytest.approx(ramp[1] - ramp[0], abs=0.2)
    assert float(cells[6]) == pytest.approx(sum(ramp) / 2, abs=0.2)
    assert page.model.headerData(5, Qt.Orientation.Horizontal) == "B − A"
    qtbot.keyClick(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert page.plot.pair_ns[1] > second and page.plot.pair_ns[0] == first
    qtbot.keyClick(page, Qt.Key.Key_C)
    assert page.plot.pair_ns is None
    assert page.model.headerData(5, Qt.Orientation.Horizontal) == "Maximum"


def test_pens_of_one_unit_share_a_scale_when_asked(page):
    page.choose((0, 1))
    page.toolbar.share_button.click()
    assert page.pens[0].high != page.pens[1].high  # per cent and degrees have nothing in common
    scales = [(pen.low, pen.high) for pen in page.pens]
    page.toolbar.share_button.click()
    assert [(pen.low, pen.high) for pen in page.pens] == scales


def test_alarms_and_commands_of_the_pens_are_marked(page, engine, window, clock):
    when = clock.now_ns() - 60 * S
    record = {
        "id": 1,
        "time_ns": when,
        "category": "alarm",
        "event": "raised",
        "subject": "tank.level.h",
        "priority": 2,
    }
    other = record | {"id": 2, "subject": "door.open"}
    engine.answers["journal"] = lambda request: Reply(request.number, True, "", [record, other])
    page.ask()
    window.frame.beat()
    assert [event.kind for event in page.plot.marks.events] == ["alarm"]
    page.reading.point(when)
    assert "Raised · tank.level.h" in page.toolbar.moment.text()


def test_a_state_is_a_lane_and_the_limits_are_those_of_the_chosen_pen(page, engine, window):
    engine.set({"door.open": 1.0})
    window.frame.beat()
    page.choose((0, 4))
    lane = page.plot.curves[1]
    assert isinstance(lane, Lane)
    assert page.model.data(page.model.index(1, 3)) == "on"
    assert [round(share, 2) for share, _, _ in page.plot.ground.limits] == [0.92, 0.85]
    assert page.plot.ground.levels == page.plot.values.levels()
    page.table.selectRow(1)
    assert page.plot.ground.limits == []


def test_the_space_bar_stops_and_follows(qtbot, page):
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert not page.travel.live
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert page.travel.live


def test_pens_are_chosen_and_those_that_stay_keep_their_history(page, engine, window):
    kept = page.pens[1]
    page.choose((1, 4))
    window.frame.beat()
    assert [pen.tag.name for pen in page.pens] == ["tank.temperature", "door.open"]
    assert page.pens[0] is kept
    assert list(page.tags()) == [1, 4]
    assert len(page.plot.curves) == 2


def test_the_cursor_reads_every_pen(page, clock):
    page.reading.point(clock.now_ns() - 60 * S)
    assert page.toolbar.moment.text().startswith("2026-02-25 07:12:20")
    assert page.model.data(page.model.index(0, 3)) != "–"
    page.reading.point(None)
    assert page.toolbar.moment.text() == ""


def test_the_chosen_pen_gives_the_scale(page, window):
    page.table.selectRow(1)
    assert (page.plot.values.high, page.plot.values.unit) == (120.0, "°C")
    page.toolbar.fit_button.click()
    assert page.plot.values.high < 120.0


def test_the_theme_reaches_the_pens(page, window):
    before = page.plot.curves[0].colour.name()
    window.change_theme()
    assert page.plot.curves[0].colour.name() != before
    window.change_theme()


def test_a_group_is_drawn_on_its_scales_and_kept_as_it_is_shown(page, engine):
    pens = (TrendPen("tank.temperature", low=20.0, high=60.0, side="left"), TrendPen("door.open"), TrendPen("gone"))
    page.show_group(TrendGroup("hot", "Hot", 3600.0, pens))
    assert [pen.tag.name for pen in page.pens] == ["tank.temperature", "door.open"]
    assert (page.pens[0].low, page.pens[0].high) == (20.0, 60.0)
    assert page.travel.live and page.travel.span_s == 3600.0
    assert asked(engine)[-1]["tags"] == ["tank.temperature", "door.open"]
    assert page.group_shown("mine", "Mine") == TrendGroup("mine", "Mine", 3600.0, pens[:2])
    page.choose(())
    assert page.group_shown("mine", "Mine") is None


def test_keys_open_the_panels_and_arm_a_box(qtbot, page):
    page.setFocus()
    for key, name in ((Qt.Key.Key_G, "groups"), (Qt.Key.Key_P, "pens"), (Qt.Key.Key_D, "date")):
        qtbot.keyClick(page, key)
        assert page.sides.shown == name
    qtbot.keyClick(page, Qt.Key.Key_D)
    assert page.sides.shown == ""
    qtbot.keyClick(page, Qt.Key.Key_Z)
    assert page.plot.boxing
