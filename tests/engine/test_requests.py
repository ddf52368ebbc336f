import msgspec
import pytest

from hmi.core.errors import StoreError
from hmi.core.policy import Policy
from hmi.engine.gate import Gate
from hmi.engine.publish import Publisher
from hmi.engine.requests import Requests
from hmi.link.messages import Health, PropertyRow, Request, Values, Welcome
from tests.engine.test_publish import Listener
from tests.engine.toy import RULE, ToyStation


class Shelf:
    """Stored history that cannot be read."""

    def window(self, names, start, stop, points):
        raise StoreError("the history of today is damaged: see hmi journal")


@pytest.fixture
def made():
    station = ToyStation(RULE)
    tick = station.tick
    publisher = Publisher(tick.table, tick.alarms, station.clock, lambda: Welcome(1, {}, {}, "", 0), lambda: Health(0))
    gate = Gate(station.plant, tick.table, station.poller, station.clock, station.record)
    requests = Requests(station.plant, tick, gate, publisher, Shelf(), station.clock)
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
