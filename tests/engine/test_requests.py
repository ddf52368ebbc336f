import asyncio
import threading
from dataclasses import replace

import msgspec
import pytest

from hmi.core.aggregate import Aggregates
from hmi.core.alarms.rules import AlarmClass
from hmi.core.batch import Batch
from hmi.core.errors import StoreError
from hmi.core.history import Samples
from hmi.core.policy import Policy
from hmi.engine.gate import Gate
from hmi.engine.locked import LOCKED
from hmi.engine.notes import Notes
from hmi.engine.publish import Publisher
from hmi.engine.requests import Requests
from hmi.link.messages import Health, PropertyRow, Request, Values, Welcome
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.engine.hall import GOOD, at
from tests.engine.test_publish import Listener
from tests.engine.toy import RULE, TAGS, ToyStation


class Shelf:
    """Stored history that cannot be read."""

    def window(self, names, start, stop, points, is_wanted=lambda: True):
        raise StoreError("the history of today is damaged: see hmi journal")

    def journal(self, **asked):
        return []

    notes = journal


@pytest.fixture
def made():
    station = ToyStation(RULE)
    tick = station.tick
    publisher = Publisher(tick.table, tick.alarms, station.clock, lambda: Welcome(1, {}, {}, "", 0), lambda: Health(0))
    gate = Gate(station.plant, tick.table, station.poller, station.clock, station.record)
    requests = Requests(
        station.plant,
        tick,
        gate,
        publisher,
        Shelf(),
        station.clock,
        Notes(station.plant, station.clock, station.record),
    )
    yield station, requests
    requests.pool.shutdown()


async def ask(requests, verb, **args):
    return await requests.answer(Listener(), Request(9, verb, args))


async def test_write_and_ack_over_the_link(made):
    station, requests = made
    station.values(1, 10.0)
    reply = await ask(requests, "write", tag="a.speed", value=20, why="x")
    assert (reply.number, reply.ok, reply.body["outcome"]) == (9, True, "confirmed")
    station.values(2, 1.0)
    station.values(0, 95.0)
    reply = await ask(requests, "ack", alarms=["a.level.h", "nothing"])
    assert not reply.ok
    assert reply.body["acknowledged"] == ["a.level.h"]
    assert "no alarm" in reply.text


async def test_a_refused_write_says_which_rule_and_what_would_let_it_pass(made):
    station, requests = made
    station.plant.policies[1] = (Policy(confirm="Product is lost"),)
    station.values(1, 10.0)
    body = (await ask(requests, "write", tag="a.speed", value=20, why="x")).body
    assert (body["outcome"], body["code"], body["needs"], body["confirm"]) == (
        "refused",
        "confirmation",
        ["confirmation"],
        "Product is lost",
    )
    assert (await ask(requests, "write", tag="a.speed", value=20, why="x", confirmed="Product is lost")).ok
    assert (await ask(requests, "write", tag=["a"], value=20, why="x")).body["code"] == "unknown-tag"


async def test_what_devices_say_of_their_tags(made):
    _, requests = made
    rows = [PropertyRow("a.count", 0.0, 9.0, "l", {0: "empty"}, "the tag list says otherwise")]
    requests.properties = lambda: rows
    reply = msgspec.msgpack.decode(msgspec.msgpack.encode((await ask(requests, "properties")).body), strict=False)
    assert msgspec.convert(reply, list[PropertyRow]) == rows


async def test_values_now(made):
    station, requests = made
    station.values(0, 42.0)
    values = msgspec.convert((await ask(requests, "values", tags=["a.level"])).body, Values)
    assert values.batch().rows["value"].tolist() == [42.0]
    assert not (await ask(requests, "values", tags=["a.nothing"])).ok


@pytest.mark.parametrize(
    ("verb", "args", "says"),
    [
        ("fly", {}, "does not know"),
        ("write", {}, "arguments"),
        ("history", {"tags": ["a.nothing"], "from_ns": 0, "to_ns": 1}, "no tag"),
        ("history", {"tags": ["a.level"], "from_ns": "x", "to_ns": 1}, "arguments"),
        ("history", {"tags": ["a.level"] * 65, "from_ns": 0, "to_ns": 1}, "At most"),
        ("history", {"tags": ["a.level"], "from_ns": 0, "to_ns": 1}, "damaged"),
        ("values", {"tags": 5}, "arguments"),
        ("ack", {"alarms": None}, "arguments"),
    ],
)
async def test_wrong_questions_get_an_answer_in_words(made, verb, args, says):
    reply = await ask(made[1], verb, **args)
    assert not reply.ok
    assert says in reply.text


@pytest.fixture
def stored(made, tmp_path):
    """The same with ten values of a.level on a real disk, one a second."""
    station, requests = made
    store = Store(tmp_path, TAGS, station.clock)
    start = station.clock.now_ns()
    for second in range(10):
        now = start + second * 1_000_000_000
        store.append(Batch.of([0], [float(second)], now, now))
    store.flush().result(20)
    station.clock.advance(60)
    requests._reader = Reader(tmp_path)
    yield requests, start
    store.close()


async def test_values_come_in_pages_until_there_are_no_more(stored):
    requests, at = stored
    end, found, sizes = at + 60 * 10**9, [], []
    while at is not None:
        reply = await ask(requests, "samples", tag="a.level", from_ns=at, to_ns=end, most=4)
        assert reply.ok, reply.text
        samples, at = Samples.unpack(reply.body["samples"]), reply.body["next_ns"]
        found += samples.value.tolist()
        sizes.append(len(samples))
    assert found == [float(second) for second in range(10)]
    assert max(sizes) <= 4
    assert "no tag 'x'" in (await ask(requests, "samples", tag="x", from_ns=0, to_ns=1)).text


async def test_figures_are_those_of_a_report(stored):
    requests, start = stored
    edges = [start, start + 5 * 10**9, start + 10 * 10**9]
    reply = await ask(requests, "figures", tags=["a.level"], kinds=["average", "Count"], edges=edges)
    [found] = map(Aggregates.unpack, reply.body)
    assert (found.of("Average").tolist(), found.of("Count").tolist()) == ([2.0, 7.0], [5.0, 5.0])
    assert "text" in (await ask(requests, "figures", tags=["a.lot"], kinds=["Count"], edges=edges)).text
    assert not (await ask(requests, "figures", tags=["a.level"], kinds=["Nonsense"], edges=edges)).ok


async def test_a_note_is_kept_and_listed(stored, made):
    requests, start = stored
    assert (await ask(requests, "note", text="seal changed", from_ns=start, to_ns=start)).ok
    assert [record.why for record in made[0].records] == ["seal changed"]
    assert (await ask(requests, "notes", from_ns=start, to_ns=start)).body == []  # this station's journal is a list


async def test_a_window_that_is_taken_back_is_read_no_further(made, tmp_path):
    _, requests = made
    began, go_on, looks = threading.Event(), threading.Event(), []

    class Slow:
        def window(self, names, start, stop, points, is_wanted):
            began.set()
            go_on.wait(20)
            looks.append(is_wanted())
            raise StoreError("the question was taken back")

    requests._reader = Slow()
    session = Listener()
    args = {"tags": ["a.level"], "from_ns": 0, "to_ns": 10, "points": 5, "job": 7}
    reading = asyncio.ensure_future(requests.answer(session, Request(1, "history", args)))
    await asyncio.to_thread(began.wait, 20)
    await requests.answer(Listener(), Request(2, "forget", {"job": 7}))  # of another window: not its question
    assert requests._jobs == {(id(session), 7): True}
    assert (await requests.answer(session, Request(3, "forget", {"job": 7}))).ok
    go_on.set()
    reply = await reading
    assert looks == [False]
    assert (reply.ok, reply.text) == (False, "the question was taken back")
    assert requests._jobs == {}
    assert (await requests.answer(session, Request(4, "forget", {"job": 7}))).ok  # it has ended: nothing to do


@pytest.fixture
async def staffed(made, hall):
    """The toy station with its people: ada administers, kim operates."""
    station, requests = made
    requests.people = hall.people
    await hall.staffed()
    return station, requests, hall


async def test_a_locked_station_is_shown_everything_and_does_nothing(staffed):
    station, requests, hall = staffed
    hall.people._plant = replace(hall.people._plant, everyone="operate")
    desk = at()
    station.values(0, 95.0)
    await hall.people.lock(desk)
    for verb in requests._verbs:
        reply = await requests.answer(desk, Request(1, verb, {}))
        assert (reply.text == LOCKED) == (verb in STOPPED), verb
    assert station.driver.written == []
    alarms = await requests.answer(desk, Request(1, "alarms", {}))
    assert [row["state"] for row in alarms.body] == ["unacknowledged"]


STOPPED = {
    "write",
    "ack",
    "reset",
    "shelve",
    "unshelve",
    "take_out",
    "put_back",
    "confirm",
    "comment",
    "note",
    "exported",
}


async def test_whoever_may_only_look_acknowledges_nothing(staffed):
    station, requests, _ = staffed
    station.values(0, 95.0)
    for verb in ("ack", "reset", "unshelve", "put_back"):
        reply = await requests.answer(at(), Request(1, verb, {"alarms": ["a.level.h"]}))
        assert not reply.ok and "needs the role acknowledge" in reply.text
    assert len(station.tick.room.columns.standing()) == 1


async def test_the_second_person_of_a_shelf_proves_it(staffed):
    station, requests, hall = staffed
    station.tick.room.rules.classes = (AlarmClass("process", 1.0, second_person=True),)
    desk, alarms = at(), {"alarms": ["a.level.h"], "hours": 1.0, "why": "test"}
    given = {"name": "ada", "secret": GOOD}
    hall.people._plant = replace(hall.people._plant, everyone="operate")

    async def shelve(**second):
        return await requests.answer(desk, Request(1, "shelve", alarms | second))

    assert "both must be known" in (await shelve(second=given)).text
    await hall.act(await signed(hall, "office", "ada"), "change", "kim", roles={"": "operate"})
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    assert "need a second person" in (await shelve()).text
    assert "is wrong" in (await shelve(second={"name": "ada", "secret": "guess"})).text
    assert "arguments of shelve are wrong" in (await shelve(second="ada")).text, "a name proves nothing"
    assert "somebody else" in (await shelve(second={"name": "kim", "secret": GOOD + "!"})).text
    reply = await shelve(second=given)
    assert reply.ok, reply.text
    assert [(one.event, one.user) for one in station.records][-1] == ("shelved", "kim")
    assert "agreed by ada" in station.records[-1].old


async def signed(hall, station, name):
    desk = at(station)
    await hall.people.sign_in(desk, name, GOOD)
    return desk
