"""The machine beside the step: values with their quality, and whether its condition holds."""

from __future__ import annotations

import pytest

from hmi.client.instructions.live import Live
from hmi.core.quality import BAD
from hmi.core.steps.model import Read, Verify, Wait, Write


@pytest.fixture
def shown(qtbot, bench, desk):
    def one(step):
        made = Live(desk, step)
        qtbot.addWidget(made)
        return made

    return one


def test_values_and_condition(shown, bench, desk):
    live = shown(Verify(id="v", title="V", needs="pump.speed < 1", hold_s=3, tags=("tank.level", "gone.tag")))
    assert [reading.tag.name for reading, _, _ in live.rows] == ["pump.speed", "tank.level"]
    assert live.holds.whole == "Not so yet"
    bench.engine.set({"pump.speed": 0.0})
    desk.wire.tick()
    live.refresh()
    assert live.holds.whole == "It holds; 0 s of 3 s"
    bench.clock.advance(3)
    live.refresh()
    assert live.holds.whole == "It is so"
    bench.engine.set({"pump.speed": 0.0}, BAD)
    desk.wire.tick()
    live.refresh()
    assert live.holds.whole == "It cannot be told: a value is not good"
    assert live.rows[0][1].whole == "????"


def test_what_is_written_is_shown(shown):
    live = shown(Write(id="w", title="W", tag="pump.speed", value=1))
    assert [reading.tag.name for reading, _, _ in live.rows] == ["pump.speed"]
    assert not live.holds.isVisibleTo(live)


def test_a_condition_of_a_tag_that_is_gone_shows_nothing(shown):
    live = shown(Wait(id="w", title="W", until="gone.tag < 1"))
    assert (live.condition, live.rows) == (None, [])


def test_a_step_without_tags_takes_no_room(shown):
    assert shown(Read(id="r", title="R")).isHidden()
