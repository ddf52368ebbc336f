"""The trend page and its engine: what is asked, what is taken back, and live values that join without a seam."""

from dataclasses import replace

import numpy as np
import pytest

from hmi.core.history import Samples, window_of
from hmi.link.messages import Reply

S = 1_000_000_000


@pytest.fixture
def page(window):
    window.shell.go(":trends")
    window.frame.beat()
    return window.shell.page


def asked(engine):
    return [request.args for request in engine.requests if request.verb == "history"]


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
