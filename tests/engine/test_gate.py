import asyncio
from dataclasses import replace

import msgspec
import pytest

from hmi.core import expr
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.plant import Station
from hmi.core.policy import Interlock, Policy
from hmi.core.properties import Properties
from hmi.core.tags import Tag
from hmi.drivers.driver import WriteResult
from hmi.engine.gate import Gate, Wish
from hmi.link.messages import Hello
from tests.engine.toy import TAGS, ToyStation

LEVEL, SPEED, RUN, LOT, COUNT, TWICE = range(6)
NAMES = {tag.name: tag.index for tag in TAGS}
STOPPED = Interlock(expr.compile("not a.run", NAMES), "The machine runs: stop it first")


def made(role_of=None, **more):
    station = ToyStation(**more)
    for tag in range(5):
        station.values(tag, 10.0 if tag != 2 else 1.0)
    gate = Gate(station.plant, station.tick.table, station.poller, station.clock, station.record, role_of)
    return station, gate


def guarded(**rules):
    """A station on which the speed has a policy."""
    return made(policies={SPEED: (Policy(**rules),)})


def wish(tag="a.speed", value="30", why="order change", **more):
    return Wish(tag, value, why, "eve", "station 1", "command line", **more)


class Sitting:
    """A session, as far as a role is concerned."""

    def __init__(self, station="station 1"):
        self.hello = Hello("token", user="eve", station=station)


async def test_a_good_wish_is_written_once_and_both_ends_are_journalled():
    station, gate = made()
    result = await gate.write(wish())
    assert (result.outcome, result.code) == ("confirmed", "")
    assert station.driver.written == [("a.speed", 30.0)]
    assert [(r.event, r.value, r.old, r.user) for r in station.records] == [
        ("requested", 30.0, 10.0, "eve"),
        ("confirmed", 30.0, 10.0, "eve"),
    ]


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (wish(value="61"), "value", "out of range"),
        (wish(value="-1"), "value", "out of range"),
        (wish(value="nan"), "value", "cannot be written"),
        (wish(value="fast"), "value", "not a number"),
        (wish(value={"a": [1] * 9999}), "value", "not a number"),
        (wish(tag="a.level"), "read-only", "read-only"),
        (wish(tag="a.nothing"), "unknown-tag", "no tag"),
        (wish(why="  "), "reason", "reason is needed"),
        (wish(tag="a.run", value="2"), "value", "on or off"),
        (wish(tag="a.count", value="1.5"), "value", "whole numbers"),
        (wish(tag="a.lot", value="far too long"), "value", "8 bytes"),
        (wish(tag="a.twice", value="1"), "read-only", "read-only"),
    ],
)
async def test_every_refusal_is_clear_journalled_and_sends_nothing(asked, code, says):
    station, gate = made()
    result = await gate.write(asked)
    assert (result.outcome, result.code) == ("refused", code)
    assert says in result.text
    assert station.driver.written == []
    assert [(r.event, r.subject, r.result) for r in station.records] == [("refused", asked.tag, result.text)]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"role": "engineer"}, "role"),
        ({"high": 25.0}, "range"),
        ({"max_step": 15.0}, "step"),
        ({"interlocks": (STOPPED,)}, "interlock"),
        ({"confirm": "Sure?"}, "confirmation"),
        ({"second_person": True}, "second-person"),
        ({"stations": ("panel",)}, "station"),
    ],
)
async def test_every_policy_that_says_no_is_journalled_and_sends_nothing(rules, code):
    station, gate = guarded(**rules)
    result = await gate.write(wish())
    assert (result.outcome, result.code) == ("refused", code)
    assert "nothing was sent" in result.text
    assert station.driver.written == []
    assert [(r.event, r.result) for r in station.records] == [("refused", result.text)]


async def test_a_blocked_write_goes_out_once_the_interlock_holds_and_never_by_itself():
    station, gate = guarded(interlocks=(STOPPED,))
    assert (await gate.write(wish())).text.startswith("The machine runs: stop it first")
    station.values(RUN, 0.0)
    await asyncio.sleep(0)
    assert station.driver.written == []
    assert (await gate.write(wish())).outcome == "confirmed"


async def test_an_interlock_whose_input_went_bad_blocks():
    station, gate = guarded(interlocks=(STOPPED,))
    station.values(RUN, 0.0, quality=q.BAD_SENSOR_FAILURE)
    assert "cannot be judged now: sensor failure" in (await gate.write(wish())).text


async def test_what_is_confirmed_is_in_the_journal_and_only_the_right_text_counts():
    station, gate = guarded(confirm="Product is lost")
    refused = await gate.write(wish())
    assert (refused.needs, refused.confirm) == (("confirmation",), "Product is lost")
    assert (await gate.write(wish(confirmed="Yes"))).outcome == "refused"
    assert (await gate.write(wish(confirmed="Product is lost"))).outcome == "confirmed"
    assert (await gate.write(wish(confirmed=True))).outcome == "confirmed"
    assert [r.result for r in station.records if r.event == "requested"] == ["confirmed: Product is lost"] * 2


async def test_writes_are_counted_and_the_minute_passes():
    station, gate = guarded(max_per_min=2)
    outcomes = [(await gate.write(wish())).code for _ in range(3)]
    assert outcomes == ["", "", "rate"]
    assert len(station.driver.written) == 2
    station.clock.advance(60.0)
    station.values(SPEED, 30.0)
    assert (await gate.write(wish())).outcome == "confirmed"


async def test_refused_wishes_use_up_nothing_of_the_rate():
    _, gate = guarded(max_per_min=1, max_step=25.0)
    assert (await gate.write(wish(value=50))).code == "step"
    assert (await gate.write(wish(value=30))).outcome == "confirmed"


async def test_steps_add_up_even_when_the_controller_has_not_yet_sent_the_new_value():
    station, gate = guarded(max_step=10.0)
    station.driver.answer = WriteResult("confirmed", "read back", 20.0)
    assert (await gate.write(wish(value=20))).outcome == "confirmed"
    assert (await gate.write(wish(value=5))).code == "step"  # from 20, not from 10
    assert (await gate.write(wish(value=30))).outcome == "confirmed"


async def test_after_an_unknown_end_a_step_must_be_small_from_both():
    station, gate = guarded(max_step=10.0)
    station.driver.answer = WriteResult("unknown", "check the plant")
    assert (await gate.write(wish(value=20))).outcome == "unknown"
    assert (await gate.write(wish(value=5))).code == "step"
    assert (await gate.write(wish(value=25))).code == "step"
    assert (await gate.write(wish(value=15))).outcome == "unknown"


async def test_no_write_on_a_value_older_than_its_policy_allows():
    station, gate = guarded(fresh_s=2.0)
    station.clock.advance(2.5)
    result = await gate.write(wish())
    assert result.code == "fresh" and "2.5 s old" in result.text
    station.driver.health.last_life = station.clock.monotonic()
    assert (await gate.write(wish())).outcome == "confirmed"


async def test_nothing_is_sent_while_the_controller_is_away_or_the_value_is_bad():
    station, gate = made()
    station.driver.health.state, station.driver.health.reason = "down", "connection refused"
    result = await gate.write(wish())
    assert "plc is down (connection refused)" in result.text and result.code == "away"
    station.driver.health.state = "live"
    station.values(1, 10.0, quality=q.BAD_SENSOR_FAILURE)
    assert "sensor failure" in (await gate.write(wish())).text
    assert station.driver.written == []


async def test_a_range_that_only_the_device_tells_holds_where_the_file_leaves_it_empty():
    wide = [replace(tag, low=None, high=None) if tag.index == SPEED else tag for tag in TAGS]
    station, gate = made(tags=tuple(wide))
    station.driver.health.properties[SPEED] = Properties(0.0, 25.0)
    station.driver.health.properties[COUNT] = Properties(0.0, 5.0)  # the file says up to 500, and the file holds
    result = await gate.write(wish(value="30"))
    assert (result.code, "out of range" in result.text) == ("value", True)
    assert (await gate.write(wish(tag="a.count", value="30"))).outcome == "confirmed"


@pytest.mark.cr("2.10")
async def test_what_cannot_be_journalled_is_not_done():
    station, gate = made()
    station.journal_broken = True
    for asked in (wish(), wish(value=999), wish(tag="a.nothing")):
        result = await gate.write(asked)
        assert (result.outcome, result.code) == ("refused", "journal")
        assert "nothing was sent" in result.text
    assert station.driver.written == []


async def test_an_unknown_outcome_stays_unknown_and_is_not_repeated():
    station, gate = made()
    station.driver.answer = WriteResult("unknown", "check the plant")
    assert (await gate.write(wish())).outcome == "unknown"
    assert len(station.driver.written) == 1
    assert station.records[-1].event == "unknown"


async def test_a_controller_that_refuses_is_told_from_a_rule_that_does():
    station, gate = made()
    station.driver.answer = WriteResult("refused", "refused by the device (BadUserAccessDenied)")
    assert (await gate.write(wish())).code == "device"
    assert [r.event for r in station.records] == ["requested", "refused"]


@pytest.mark.expect_log("our fault while writing a.speed")
async def test_a_fault_of_our_own_is_unknown_and_journalled():
    station, gate = made()
    station.driver.written = None  # a driver that breaks
    result = await gate.write(wish())
    assert result.outcome == "unknown" and "check at the machine" in result.text
    assert station.records[-1].event == "unknown"


class Slow:
    """A controller, or a journal, that answers when the test lets it."""

    def __init__(self, station, gate):
        self.gone = asyncio.Event()
        self.station, self.gate = station, gate
        self.answer = station.driver.write
        station.driver.write = self.write

    async def write(self, tag, value):
        answer = await self.answer(tag, value)
        await self.gone.wait()
        return answer


async def test_of_two_writes_to_one_tag_at_once_the_second_is_refused_not_queued():
    station, gate = made()
    slow = Slow(station, gate)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(gate.write(wish(value=20)))
        while not station.driver.written:
            await asyncio.sleep(0)
        second = await gate.write(wish(value=30))
        other = group.create_task(gate.write(wish(tag="a.run", value=0)))
        slow.gone.set()
    assert second.code == "busy" and "under way" in second.text
    assert (first.result().outcome, other.result().outcome) == ("confirmed", "confirmed")
    assert [tag for tag, _ in station.driver.written] == ["a.speed", "a.run"]
    assert (await gate.write(wish(value=30))).outcome == "confirmed"


async def test_the_plant_is_judged_again_once_the_journal_has_the_request():
    station, gate = guarded(interlocks=(STOPPED,))
    station.values(RUN, 0.0)
    record = station.record

    def meanwhile(made):
        if made.event == "requested":
            station.values(RUN, 1.0)
        return record(made)

    gate._record = meanwhile
    while gate._quota.words("") is not None:  # others are refused too fast: what was requested has its end
        pass
    assert (await gate.write(wish())).code == "interlock"
    assert station.driver.written == []
    assert [r.event for r in station.records] == ["requested", "refused"]


async def test_an_engine_that_stops_meanwhile_leaves_an_unknown_in_the_journal():
    station, gate = made()
    Slow(station, gate)
    task = asyncio.get_running_loop().create_task(gate.write(wish()))
    while not station.driver.written:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [r.event for r in station.records] == ["requested", "unknown"]
    assert "check at the machine" in station.records[-1].result


# ------------------------------------------------------------------------------------------ who and where


async def test_what_everybody_may_do_is_in_the_plants_files():
    _, gate = made(everyone="view")
    assert (await gate.write(wish())).code == "role"
    stations = (Station("office", everyone="view"), Station("tab", kind="tablet"), Station("desk"))
    _, gate = made(stations=stations, policies={RUN: (Policy(remote_ok=True),)})

    async def code(station, tag="a.speed", value="1"):
        asked = Wish(tag, value, "x", "eve", station, "window", session=Sitting(station))
        return (await gate.write(asked)).code

    assert [await code(station) for station in ("office", "tab", "desk", "unknown")] == ["role", "station", "", ""]
    assert await code("tab", tag="a.run") == ""


async def test_roles_come_through_one_seam():
    asked = []

    def role_of(session, tag):
        asked.append((session, tag))
        return "engineer"

    _, gate = made(role_of=role_of, policies={SPEED: (Policy(role="engineer"),)})
    session = Sitting()
    assert (await gate.write(wish(session=session))).outcome == "confirmed"
    assert set(asked) == {(session, "a.speed")}


# --------------------------------------------------------------------------------------------- exact numbers


@pytest.mark.parametrize(
    ("kind", "text"),
    [("int64", "9007199254740993"), ("uint64", "18446744073709551615"), ("int64", "-9007199254740993")],
)
async def test_whole_numbers_of_64_bits_reach_the_driver_and_the_journal_exactly(kind, text):
    tags = (*TAGS, Tag(6, "a.serial", "plc", "ns=2;s=S", kind, access="rw"))
    station, gate = made(tags=tags)
    batch = Batch.of([6], [float(text)], station.clock.now_ns(), station.clock.now_ns())
    batch.rows["raw"] = (int(text) - 1) if int(text) < 2**63 else int(text) - 1 - 2**64
    station.tick.deliver(batch)
    assert (await gate.write(wish(tag="a.serial", value=text))).outcome == "confirmed"
    ((_, sent),) = station.driver.written
    assert (sent, type(sent)) == (int(text), int)
    assert [(r.value, int(r.old)) for r in station.records] == [(text, int(text) - 1)] * 2


async def test_a_client_cannot_fill_the_journal():
    station, gate = made()
    await gate.write(wish(tag="x" * 100_000, value="y" * 100_000, why="z" * 100_000))
    await gate.write(wish(value="y" * 100_000, why="z" * 100_000))
    for record in station.records:
        assert len(msgspec.json.encode(record)) < 5000
    assert len(station.records) == 2
