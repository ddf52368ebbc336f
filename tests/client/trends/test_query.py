"""Questions of a trend: one at a time, with a margin, and none where enough is known."""

import numpy as np
import pytest

from hmi.client.trends.query import Query, is_covered, is_of_use, request_of
from hmi.core.history import Samples, window_of

S = 1_000_000_000
T0 = 1_772_000_000 * S


def window(start, stop, points):
    none = np.zeros(0, np.int64)
    few = none.astype(np.uint32)
    return window_of(Samples("a", none, none, none.astype(float), none, few, few), start, stop, points)


def test_it_asks_for_more_than_is_in_view_but_not_for_the_future():
    args = request_of((T0, T0 + 100 * S), T0 + 1000 * S, 1000)
    assert args == {"from_ns": T0 - 50 * S, "to_ns": T0 + 150 * S, "points": 2000}
    args = request_of((T0, T0 + 100 * S), T0 + 100 * S, 1000)
    assert (args["to_ns"], args["points"]) == (T0 + 100 * S, 1500)
    assert request_of((T0, T0 + 100 * S), T0, 1000) is None


@pytest.mark.parametrize(
    ("span", "covered"),
    [
        ((0, 100), True),
        ((-50, 50), True),
        ((40, 140), True),  # a drag within the margin
        ((-60, 40), False),
        ((60, 160), False),
        ((0, 50), False),  # zoomed in: buckets are too wide
        ((-50, 149), True),
    ],
)
def test_what_is_known_is_not_asked_again(span, covered):
    asked = request_of((T0, T0 + 100 * S), T0 + 1000 * S, 1000)
    known = window(asked["from_ns"], asked["to_ns"], asked["points"])
    assert is_covered([known], (T0 + span[0] * S, T0 + span[1] * S), T0 + 1000 * S, 1000) is covered
    assert not is_covered([known, None], (T0, T0 + 100 * S), T0 + 1000 * S, 1000)


def test_only_one_is_under_way_and_the_wish_meanwhile_is_told(desk, engine):
    came, free = [], []
    engine.answers["history"] = lambda request: None
    query = Query(desk.wire, came.append, lambda: free.append(True))
    args = {"tags": ["tank.level"], "from_ns": 0, "to_ns": S, "points": 50}
    assert query.ask("history", args)
    assert not query.ask("history", args)
    assert not query.ask("history", args)
    engine.say(engine.history(engine.requests[-1]))
    desk.wire.tick()
    assert (len(came), len(free)) == (1, 1)
    assert not query.under_way


def test_what_is_forgotten_is_not_heard(desk, engine):
    came = []
    engine.answers["history"] = lambda request: None
    query = Query(desk.wire, came.append, lambda: None)
    query.ask("history", {"tags": ["tank.level"], "from_ns": 0, "to_ns": S, "points": 50})
    query.forget()
    engine.say(engine.history(engine.requests[-1]))
    desk.wire.tick()
    assert came == []


def test_a_question_of_no_more_use_is_taken_back_and_its_answer_is_not_heard(desk, engine):
    came = []
    engine.answers["history"] = lambda request: None
    query = Query(desk.wire, came.append, lambda: None)
    args = {"tags": ["tank.level"], "from_ns": 0, "to_ns": S, "points": 50}
    query.ask("history", args)
    first = engine.requests[-1]
    assert query.ask("history", {**args, "to_ns": 9 * S}, instead=True)
    taken_back, second = engine.requests[-2:]
    assert (taken_back.verb, taken_back.args) == ("forget", {"job": first.args["job"]})
    assert second.args["job"] != first.args["job"]
    for request in (first, second):
        engine.say(engine.history(request))
    desk.wire.tick()
    assert [reply.number for reply in came] == [second.number]
    assert not query.under_way


@pytest.mark.parametrize(
    ("span", "of_use"),
    [
        ((0, 100), True),
        ((120, 220), True),
        ((160, 260), False),
        ((-300, -200), False),
        ((0, 4), False),
        ((0, 9000), False),
    ],
)
def test_what_is_still_of_use_is_waited_for(span, of_use):
    asked = request_of((T0, T0 + 100 * S), T0 + 1000 * S, 1000)
    assert is_of_use(asked, (T0 + span[0] * S, T0 + span[1] * S), 1000) is of_use
