"""Safe mode: the plant is seen, nothing is sent to it, and only a person with a reason ends that."""

import msgspec
import pytest

from hmi.engine.gate import Gate, Wish
from hmi.engine.runs import Runs, Safe
from hmi.engine.safe_mode import SafeMode
from tests.engine.hall import Hall, at
from tests.engine.toy import ToyStation

WHY = "the engine crashed 3 times within 5 minutes (x)"


@pytest.fixture
def runs(tmp_path, hall):
    made = Runs(tmp_path, hall.clock, "0.1.0")
    made.begin()
    made._book = msgspec.structs.replace(made._book, safe=Safe(hall.clock.now_ns(), WHY))
    return made


@pytest.fixture
def safe_mode(runs, hall):
    return SafeMode(runs, hall.clock, hall.record, hall.people)


async def leave(safe_mode, session, why="the cause is mended"):
    return await safe_mode.verbs["leave_safe_mode"](session, {"why": why})


async def test_nothing_is_sent_in_it_and_the_refusal_is_recorded(safe_mode, runs):
    station = ToyStation()
    for tag in range(5):
        station.values(tag, 10.0)
    gate = Gate(station.plant, station.tick.table, station.poller, station.clock, station.record)
    gate.bar = safe_mode.bar
    refused = await gate.write(Wish("a.speed", "30", "why", "eve", "desk", "window"))
    assert (refused.outcome, refused.code) == ("refused", "safe-mode")
    assert WHY in refused.text
    assert station.driver.written == []
    assert [record.event for record in station.records] == ["refused"]
    runs.leave()
    assert (await gate.write(Wish("a.speed", "30", "why", "eve", "desk", "window"))).outcome == "confirmed"


async def test_who_may_not_operate_cannot_leave_it(safe_mode, hall: Hall):
    reply = await leave(safe_mode, at())
    assert not reply.ok
    assert "needs the role operate, yours is view" in reply.text
    assert safe_mode.why == WHY


async def test_a_person_leaves_it_with_a_reason_which_is_kept(safe_mode, hall, monkeypatch):
    monkeypatch.setattr(hall.people, "role", lambda session, tag="": "operate")
    assert "Say why" in (await leave(safe_mode, at(), "  ")).text
    reply = await leave(safe_mode, at())
    assert reply.ok and safe_mode.why == "" and safe_mode.bar() == ""
    record = hall.records[-1]
    assert (record.event, record.why, record.result, record.station) == (
        "safe mode left",
        "the cause is mended",
        WHY,
        "desk 1",
    )
    assert not (await leave(safe_mode, at())).ok  # it is left already
