"""Pens shifted in time: the day before under the present one, also over a change of the clocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hmi.client.trends.pens import Pen
from hmi.client.trends.shift import DAYS, ShiftedPen, Shifts, days_before, said_shift, shifted
from hmi.core.history import Gap, window_of
from hmi.link.messages import Reply
from tests.core.test_history import samples_of

S = 1_000_000_000
DAY = 86_400 * S
BERLIN = ZoneInfo("Europe/Berlin")


def ns(*wall):
    return round(datetime(*wall, tzinfo=BERLIN).timestamp()) * S


@pytest.mark.parametrize(
    ("wall", "days", "hours"),
    [((2026, 2, 25, 12), 1, 24), ((2026, 3, 29, 12), 1, 23), ((2026, 10, 25, 12), 1, 25), ((2026, 4, 1, 12), 7, 167)],
)
def test_a_day_before_is_the_same_time_on_the_wall(wall, days, hours):
    assert days_before(ns(*wall), days, BERLIN) == hours * 3600 * S
    assert [days for days, _ in DAYS] == [1, 7, 28]


def test_a_window_is_moved_with_its_gaps():
    window = window_of(samples_of((0, 1.0, 0), (50, 2.0, 0)), 0, 100, 10, [Gap(20, 40, "away")])
    moved = shifted(window, 1000)
    assert (moved.from_ns, moved.to_ns, moved.gaps) == (1000, 1100, (Gap(1020, 1040, "away"),))
    assert moved.t0.tolist() == (window.t0 + 1000).tolist()
    assert moved.first is window.first


def test_a_shifted_pen_shows_what_was_and_what_came_after(desk, engine, clock):
    """To the right of now stands how the day before went on."""
    pen = Pen(desk.plant.tags[0], 1)
    ghost = ShiftedPen(pen, DAY, "Yesterday")
    assert (ghost.said, ghost.tag) == ("Yesterday", pen.tag)
    assert ghost.setting.axis == pen.setting.axis == "tank.level"  # one scale for both
    now = clock.now_ns()
    changed = []
    shifts = Shifts(desk, lambda: changed.append(True))
    shifts.ask([pen, ghost], (now - 600 * S, now + 600 * S), 600)
    desk.wire.tick()
    [asked] = [request.args for request in engine.requests if request.verb == "history"]
    assert asked["from_ns"] < now - DAY - 600 * S and asked["to_ns"] > now - DAY + 600 * S
    assert changed == [True] and pen.series.window is None
    assert ghost.series.listen(desk.mirror.table, now) is False
    strokes = ghost.series.strokes(now - 600 * S, now + 600 * S, now, 600)
    for moment in (now - 300 * S, now + 300 * S):
        ramp = ((moment - DAY) // S % 6000) / 60.0
        assert strokes.at(moment)[0] == pytest.approx(ramp, abs=0.1)
    assert np.isfinite(strokes.last).all()


def test_pens_taken_away_ask_no_more_and_a_no_changes_nothing(desk, engine, clock):
    ghost = ShiftedPen(Pen(desk.plant.tags[0], 1), DAY, "Yesterday")
    engine.answers["history"] = lambda request: Reply(request.number, False, "no")
    shifts = Shifts(desk, lambda: None)
    span = (clock.now_ns() - 60 * S, clock.now_ns())
    shifts.ask([ghost], span, 600)
    desk.wire.tick()
    assert ghost.series.window is None
    asked = len(engine.requests)
    shifts.ask([], span, 600)
    desk.wire.tick()
    assert len(engine.requests) == asked
    shifts.ask([ghost], (clock.now_ns() + 3 * DAY, clock.now_ns() + 4 * DAY), 600)  # nothing is known of that yet
    assert len(engine.requests) == asked
    shifts.forget()


def test_a_shift_in_words():
    assert said_shift(90 * S) == "1 min 30 s before"
