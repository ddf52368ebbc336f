import pytest

from hmi.core import quality as q
from hmi.drivers.driver import WriteResult
from hmi.engine.gate import Gate, Wish
from tests.engine.toy import ToyStation


def made():
    station = ToyStation()
    for tag in range(5):
        station.values(tag, 10.0 if tag != 2 else 1.0)
    return station, Gate(station.plant, station.tick.table, station.poller, station.clock, station.record)


def wish(tag="a.speed", value="30", why="order change"):
    return Wish(tag, value, why, "eve", "station 1", "command line")


async def test_a_good_wish_is_written_once_and_both_ends_are_journalled():
    station, gate = made()
    result = await gate.write(wish())
    assert result.outcome == "confirmed"
    assert station.driver.written == [("a.speed", 30.0)]
    assert [(r.event, r.value, r.old, r.user) for r in station.records] == [
        ("requested", 30.0, 10.0, "eve"),
        ("confirmed", 30.0, 10.0, "eve"),
    ]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (wish(value="61"), "out of range"),
        (wish(value="-1"), "out of range"),
        (wish(value="nan"), "cannot be written"),
        (wish(value="fast"), "not a number"),
        (wish(tag="a.level"), "read-only"),
        (wish(tag="a.nothing"), "no tag"),
        (wish(why="  "), "reason is needed"),
        (wish(tag="a.run", value="2"), "on or off"),
        (wish(tag="a.count", value="1.5"), "whole numbers"),
        (wish(tag="a.lot", value="far too long"), "8 bytes"),
    ],
)
async def test_every_refusal_is_clear_journalled_and_sends_nothing(asked, says):
    station, gate = made()
    result = await gate.write(asked)
    assert result.outcome == "refused"
    assert says in result.text
    assert station.driver.written == []
    assert [(r.event, r.subject) for r in station.records] == [("refused", asked.tag)]


async def test_nothing_is_sent_while_the_controller_is_away_or_the_value_is_bad():
    station, gate = made()
    station.driver.health.state, station.driver.health.reason = "down", "connection refused"
    result = await gate.write(wish())
    assert "plc is down (connection refused)" in result.text
    station.driver.health.state = "live"
    station.values(1, 10.0, quality=q.BAD_SENSOR_FAILURE)
    assert "sensor failure" in (await gate.write(wish())).text
    assert station.driver.written == []


async def test_what_cannot_be_journalled_is_not_done():
    station, gate = made()
    station.journal_broken = True
    result = await gate.write(wish())
    assert result.outcome == "refused"
    assert "nothing was sent" in result.text
    assert station.driver.written == []


async def test_an_unknown_outcome_stays_unknown_and_is_not_repeated():
    station, gate = made()
    station.driver.answer = WriteResult("unknown", "check the plant")
    assert (await gate.write(wish())).outcome == "unknown"
    assert len(station.driver.written) == 1
    assert station.records[-1].event == "unknown"
