"""A sparkline does not begin empty: its past is asked of the engine."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.client.mimic.recent import recent_of
from hmi.client.page import Desk
from hmi.client.past import MOST_AT_ONCE, ask_past
from hmi.link.messages import Reply, Request
from tests.client.conftest import SmallEngine

LEVEL = 0


def seen(desk: Desk) -> int:
    """How many columns of the last half hour of the level are known."""
    return int(np.count_nonzero(~np.isnan(recent_of(desk.mirror.table).past(LEVEL, 30).last)))


def test_the_last_half_hour_comes_from_the_engine(desk: Desk, engine: SmallEngine) -> None:
    engine.answers["history"] = engine.history
    assert seen(desk) == 1  # what the mirror says now
    ask_past(desk, [LEVEL])
    desk.wire.tick()
    assert seen(desk) > 895
    past = recent_of(desk.mirror.table).past(LEVEL, 30).last
    assert np.nanmax(np.abs(np.diff(past[:-1]))) == pytest.approx(2 / 60, abs=0.02)  # the ramp, 1 a minute


def test_more_tags_than_the_engine_answers_for_are_asked_in_parts(desk: Desk, engine: SmallEngine) -> None:
    ask_past(desk, [LEVEL] * (MOST_AT_ONCE + 1))
    assert [len(request.args["tags"]) for request in engine.requests] == [MOST_AT_ONCE, 1]


def test_nothing_is_asked_for_nothing(desk: Desk, engine: SmallEngine) -> None:
    ask_past(desk, [])
    assert engine.requests == []


@pytest.mark.parametrize("reply", [(False, "the disk is full", None), (True, "", [{"tag": "tank.level"}])])
def test_without_history_the_line_begins_now(desk: Desk, engine: SmallEngine, reply: tuple[bool, str, object]) -> None:
    def answer(request: Request) -> Reply:
        return Reply(request.number, *reply)  # type: ignore[arg-type]

    engine.answers["history"] = answer
    ask_past(desk, [LEVEL])
    desk.wire.tick()
    assert seen(desk) == 1


def test_an_answer_that_comes_after_the_link_was_lost_harms_nobody(desk: Desk, engine: SmallEngine) -> None:
    engine.answers["history"] = lambda request: None
    ask_past(desk, [LEVEL])
    engine.hang_up()
    desk.wire.tick()
    assert seen(desk) <= 1
