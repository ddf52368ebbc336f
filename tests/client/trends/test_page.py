"""The trend page: history of the engine and live values of the mirror, on real widgets and real messages."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone

from hmi.client.trends.first import first_pens
from hmi.client.trends.lanes import Lane
from hmi.core.history import Samples, Window, window_of
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


def test_history_goes_over_into_live_values(page, engine, window, clock):
    start = clock.now_ns()
    for second in range(1, 6):
        clock.advance(1.0)
        engine.set({"tank.level": 40.0 + second})
        window.frame.beat()
    window.shell.pulse(True)
    strokes = page.pens[0].strokes
    before = strokes.at(start - 30 * S)
    assert before[0] == pytest.approx((start // S - 30) % 6000 / 60, abs=0.05)  # the engine's ramp
    assert strokes.at(start + 3 * S + S // 2)[0] == 43.0
    assert (strokes.start[1:] > strokes.start[:-1]).all()


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


def test_only_one_question_is_under_way(qtbot, page, engine, window):
    engine.answers["history"] = lambda request: None
    before = len(asked(engine))
    page.ask()
    page.ask()
    page.ask()
    assert len(asked(engine)) == before + 1
    assert not page.ready()
    engine.answers["history"] = engine.history
    engine.say(engine.history([request for request in engine.requests if request.verb == "history"][-1]))
    page.travel.show_span(86400.0)  # what was wanted meanwhile
    window.frame.beat()
    qtbot.waitUntil(lambda: len(asked(engine)) == before + 2, timeout=3000)


def test_an_engine_without_history_is_quoted_and_garbage_is_refused(page, engine, window):
    engine.answers["history"] = lambda request: Reply(request.number, False, "the disk cannot be read")
    page.ask()
    window.frame.beat()
    assert page.toolbar.told.whole == "No history: the disk cannot be read"
    engine.answers["history"] = lambda request: Reply(request.number, True, "", [{"tag": "x"}])
    page.ask()
    window.frame.beat()
    assert "cannot be read" in page.toolbar.told.whole


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


def test_now_and_then_history_is_asked_again_so_that_nothing_is_missed(page, engine, window, clock):
    before = len(asked(engine))
    clock.advance(3.5)
    engine.health()
    window.frame.beat()
    assert len(asked(engine)) == before + 1


def test_coming_back_to_it_fills_what_was_missed(page, engine, window, clock):
    window.shell.go("tank")
    clock.advance(30)
    engine.set({"tank.level": 77.0})
    window.frame.beat()
    before = len(asked(engine))
    window.shell.go(":trends")
    window.frame.beat()
    assert len(asked(engine)) == before + 1
    assert page.pens[0].series._live["value"][0] == 77.0


def test_a_lost_link_is_seen_in_the_line(page, engine, window, clock):
    engine.set({"tank.level": 50.0})
    window.frame.beat()
    engine.hang_up()
    window.frame.beat()
    clock.advance(10)
    page.draw()
    value, quality = page.pens[0].strokes.at(clock.now_ns() - S)
    assert value == 50.0
    assert quality != 0


def test_the_theme_reaches_the_pens(page, window):
    before = page.plot.curves[0].colour.name()
    window.change_theme()
    assert page.plot.curves[0].colour.name() != before
    window.change_theme()


def recorded(request, start, now):
    """History of one value each tenth of a second since `start`: its number, up to 96 and then from 0 again."""
    tenths = np.arange(max(0, (now - start) * 10 // S), dtype=np.int64)
    time, zeros = start + (tenths + 1) * S // 10, np.zeros(len(tenths), np.uint32)
    samples = Samples("", time, time, (tenths % 97).astype(float), tenths * 0, zeros, zeros)
    args = request.args
    made = window_of(samples, args["from_ns"], args["to_ns"], args["points"])
    return Reply(request.number, True, "", [replace(made, tag=name).pack() for name in args["tags"]])


def test_a_minute_of_live_values_while_it_is_zoomed_and_none_is_missed(page, engine, window, clock):
    """Ten a second; after each few the wheel is turned, the view dragged or put back to live."""
    start = clock.now_ns()
    drawn = []
    engine.answers["history"] = lambda request: recorded(request, start, clock.now_ns())
    for tenth in range(600):
        clock.advance(0.1)
        engine.set({"tank.level": float(tenth % 97), "pump.speed": float(tenth % 13)})
        window.frame.beat()
        if tenth % 7 == 3:
            page.plot.view.scaleBy(x=0.8 if tenth % 14 < 7 else 1.3)
            page.plot.moved.emit()
        elif tenth % 50 == 49:
            page.travel.show_span(60.0)
        questions = sum(question.on_reply == page._query._came for question in window.wire._questions.values())
        assert questions <= 1
        drawn.append(page._drawn_at)
    page.travel.show_span(20.0)
    for _ in range(3):  # a question may have been under way, and the wish waits for its answer
        window.frame.beat()
    strokes = page.pens[0].series.strokes(start, clock.now_ns(), clock.now_ns(), 10**6)
    last = range(400, 599)
    at = [strokes.at(start + (tenth + 1) * S // 10 + S // 20) for tenth in last]
    assert [value for value, _ in at] == [float(tenth % 97) for tenth in last]
    assert strokes.extremes() == (0.0, 96.0)
    assert len(set(drawn)) > 60  # it was drawn all the time


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


def test_a_question_about_another_time_is_taken_back_when_the_view_moves_on(page, engine, window):
    engine.answers["history"] = lambda request: None
    page.travel.show_span(86400.0)  # under way, and never answered
    first = [request for request in engine.requests if request.verb == "history"][-1]
    day = page.plot.span_ns[0] // S - 20 * 86400
    page.travel.show_stretch(day * S, (day + 3600) * S)
    assert [request.args for request in engine.requests if request.verb == "forget"] == [{"job": first.args["job"]}]
    engine.answers["history"] = engine.history
    last = [request for request in engine.requests if request.verb == "history"][-1]
    assert last.args["to_ns"] < first.args["from_ns"]
    engine.say(engine.history(first))  # it had been read after all
    engine.say(engine.history(last))
    window.frame.beat()
    assert page.pens[0].series.window.to_ns <= (day + 2 * 3600) * S
    assert page.ready()


def test_the_picture_before_stays_until_the_next_is_there(page, engine, window):
    engine.answers["history"] = lambda request: None
    page.travel.move_by(-0.9, 1.0)
    strokes = page.pens[0].strokes
    assert np.isfinite(strokes.last).any()  # what was known of it, at its own time
    assert page._query.under_way or page.travel.is_moving
