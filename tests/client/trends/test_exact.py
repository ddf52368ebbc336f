"""Means as history has them, asked when what is drawn can only be guessed from."""

import numpy as np
import pytest

from hmi.client.trends.exact import Exact
from hmi.core.aggregate import Aggregates
from hmi.link.messages import Reply

S = 1_000_000_000
T0 = 1_772_000_000 * S


def figures(request, mean=42.0):
    edges = np.array(request.args["edges"], np.int64)
    made = [
        Aggregates(name, ("TimeAverage",), edges, np.array([[mean]]), np.ones(1), np.zeros(1, np.uint32))
        for name in request.args["tags"]
    ]
    return Reply(request.number, True, "", [one.pack() for one in made])


@pytest.fixture
def exact(desk, engine):
    engine.answers["figures"] = figures
    made = Exact(desk, lambda: made.heard.append(True))
    made.heard = []
    return made


def asked(engine):
    return [request.args for request in engine.requests if request.verb == "figures"]


def test_a_stretch_is_asked_for_once_and_again_when_it_is_another(exact, desk, engine):
    span = (T0, T0 + 1000 * S)
    exact.want(["tank.level"], span)
    exact.want(["tank.level"], span)
    assert exact.means(span) == {}
    desk.wire.tick()
    assert exact.heard == [True]
    assert exact.means(span) == {"tank.level": 42.0}
    moved = (T0 + 5 * S, T0 + 1005 * S)  # a live trend has gone on a little
    exact.want(["tank.level"], moved)
    assert exact.means(moved) == {"tank.level": 42.0}
    assert len(asked(engine)) == 1
    far = (T0 + 50 * S, T0 + 1050 * S)
    assert exact.means(far) == {}
    exact.want(["tank.level"], far)
    assert asked(engine)[-1] == {"tags": ["tank.level"], "edges": list(far), "kinds": ["TimeAverage"]}


def test_the_newest_wish_is_asked_when_the_one_before_is_answered(exact, desk, engine):
    for second in (0, 100, 200, 300):
        exact.want(["tank.level"], (T0 + second * S, T0 + (second + 50) * S))
    assert len(asked(engine)) == 1
    desk.wire.tick()
    desk.wire.tick()
    assert [args["edges"][0] for args in asked(engine)] == [T0, T0 + 300 * S]


def test_an_engine_that_cannot_say_leaves_the_estimates(exact, desk, engine):
    span = (T0, T0 + 1000 * S)
    for answer in (
        lambda request: Reply(request.number, False, "no"),
        lambda request: Reply(request.number, True, "", [{"tag": 1}]),
    ):
        engine.answers["figures"] = answer
        exact.want([f"tank.{len(asked(engine))}"], span)
        desk.wire.tick()
        assert exact.means(span) == {}
    assert exact.heard == []


def test_the_table_shows_it_without_the_sign_of_an_estimate(window, engine, qtbot):
    engine.answers["figures"] = figures
    window.shell.go(":trends")
    page = window.shell.page
    page.travel.show_span(86400.0)
    for _ in range(3):
        window.frame.beat()
    mean = page.model.data(page.model.index(0, 6))
    deviation = page.model.data(page.model.index(0, 7))
    assert mean == "42.00"
    assert deviation.startswith("≈ ")
