"""What is wanted from a locked station is refused, and in the journal, but cannot fill it."""

from __future__ import annotations

import pytest

from hmi.engine.locked import LOCKED, Locked
from hmi.engine.quota import BURST
from hmi.link.messages import Request
from tests.engine.hall import GOOD, Hall, at


@pytest.mark.cr("2.5", "2.8")
async def test_who_tries_at_a_locked_station_is_on_record_with_what_he_wanted(hall: Hall):
    await hall.staffed()
    locked, desk = Locked(hall.people, hall.clock), at()
    write = Request(7, "write", {"tag": "a.speed", "value": 9, "why": "faster"})
    assert await locked.refusal(desk, write) is None
    await hall.people.lock(desk)
    reply = await locked.refusal(desk, write)
    assert (reply.number, reply.ok, reply.text) == (7, False, LOCKED)
    told = hall.records[-1]
    assert (told.category, told.event, told.subject, told.why) == ("write", "refused", "a.speed", "faster")
    assert (told.station, told.user, told.value) == ("desk 1", "root", 9)
    assert told.result == "the station is locked: nothing was sent"
    await locked.refusal(desk, Request(8, "ack", {"alarms": ["a.level.h"]}))
    assert (hall.records[-1].category, hall.records[-1].subject) == ("person", "ack")
    assert await locked.refusal(desk, Request(9, "history", {})) is None
    await hall.people.sign_in(desk, "ada", GOOD)
    assert await locked.refusal(desk, write) is None


async def test_a_script_that_tries_for_ever_does_not_fill_the_journal_whatever_it_names(hall: Hall):
    await hall.staffed()
    locked, desk = Locked(hall.people, hall.clock), at()
    await hall.people.lock(desk)
    before = len(hall.records)
    for number in range(BURST + 99):
        assert (await locked.refusal(desk, Request(1, "write", {"tag": f"no.such.{number}"}))).text == LOCKED
    assert len(hall.records) == before + BURST
    hall.clock.advance(1.0)
    await locked.refusal(desk, Request(1, "ack", {}))
    assert hall.records[-1].result.startswith("the station is locked: nothing was done (99 more before it")


async def test_it_stays_locked_when_the_journal_cannot_be_written(hall: Hall):
    await hall.staffed()
    locked, desk = Locked(hall.people, hall.clock), at()
    await hall.people.lock(desk)
    hall.disk_full = True
    assert (await locked.refusal(desk, Request(1, "ack", {}))).text == LOCKED
    hall.disk_full, before = False, len(hall.records)
    await locked.refusal(desk, Request(1, "ack", {}))
    assert len(hall.records) == before + 1, "told as soon as it can be"
