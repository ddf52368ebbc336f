"""Refusals are on record one by one, until they come faster than people make them."""

from __future__ import annotations

import pytest

from hmi.clock import HandClock
from hmi.engine.gate import Gate, Wish
from hmi.engine.people import Denied
from hmi.engine.quota import BURST, PER_S, Quota
from tests.engine.hall import Hall
from tests.engine.toy import RULE, ToyStation


def test_a_flood_is_counted_and_what_was_not_written_is_said() -> None:
    clock = HandClock()
    quota = Quota(clock)
    assert [quota.words("no") for _ in range(BURST + 250)] == ["no"] * BURST + [None] * 250
    clock.advance(1.0)
    assert quota.words("no") == "no (250 more before it were refused too fast to be written down)"
    assert [quota.words("no") for _ in range(10)].count("no") == PER_S - 1
    clock.advance(3600.0)
    assert sum(quota.words("no") is not None for _ in range(2 * BURST)) == BURST, "it does not save up for ever"


@pytest.mark.cr("2.9", "7.1")
async def test_a_client_that_is_refused_all_day_does_not_fill_the_journal() -> None:
    station = ToyStation(RULE)
    gate = Gate(station.plant, station.tick.table, station.poller, station.clock, station.record)
    wish = Wish("a.level", 1.0, "x", "eve", "desk", "script")
    for _ in range(BURST + 100):
        assert (await gate.write(wish)).outcome == "refused"
    assert len([one for one in station.records if one.event == "refused"]) == BURST
    station.clock.advance(1.0)
    await gate.write(wish)
    assert "100 more before it" in station.records[-1].result


async def test_neither_do_guesses_at_names_that_nobody_has(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmi.engine.quota.BURST", 5)
    hall.people._quota = Quota(hall.clock)
    for number in range(9):
        with pytest.raises(Denied, match="is wrong"):
            await hall.people.check(f"desk {number}", f"nobody {number}", "x")
    assert len([one for one in hall.records if one.event == "refused"]) == 5
