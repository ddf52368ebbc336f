"""How the links stand and since when, and the outages of the past, out of a real data folder."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from hmi.clock import HandClock
from hmi.engine.links import LOOK_S, Links, Outage, outages
from hmi.engine.runs import Runs
from hmi.link.messages import ConnectionRow, Health
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.engine.hall import at
from tests.engine.toy import TAGS

NS = 10**9


def row(state, reason="", note=""):
    return ConnectionRow("plc", "opcua", "opc.tcp://x", state, reason, 6, 0, 0.1, 10.0, 0, 1.0, note=note)


class Facts:
    """What the engine knows of itself."""

    def __init__(self):
        self.rows = (row("live"),)
        self.more = {}
        self.server = {"state": "off", "words": ""}

    def health(self):
        return Health(0, connections=self.rows, **self.more)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def facts():
    return Facts()


@pytest.fixture
def room(tmp_path, clock, facts):
    with closing(Reader(tmp_path)) as reader:
        runs = Runs(tmp_path, clock, "0.1.0")
        yield Links(facts.health, lambda: facts.server, runs, clock, reader, None)


def stands(room):
    return {one.id: (one.state, one.word) for one in room.now()}


def test_a_station_where_all_is_well(room):
    assert stands(room) == {
        "connection:plc": ("ok", "Live"),
        "engine": ("ok", "Running"),
        "history": ("ok", "Recording"),
        "journal": ("ok", "Recording"),
        "server": ("off", "None"),
        "certificates": ("ok", "Valid"),
        "clock": ("ok", "Steady"),
        "windows": ("ok", "None"),
    }


def test_what_stands_is_said_with_since_when(room, facts, clock):
    room.look()
    begun = clock.now_ns()
    for _ in range(5):
        clock.advance(LOOK_S)
        room.look()
    assert room.now()[0].since_ns == begun
    facts.rows = (row("down", "connection refused"),)
    clock.advance(LOOK_S)
    room.look()
    fell = clock.now_ns()
    clock.advance(60)
    now = room.now()[0]
    assert (now.state, now.word, now.reason, now.since_ns) == ("bad", "Down", "connection refused", fell)


def test_troubles_of_every_kind(room, facts):
    facts.more = {"store_fault": "history: disk full: x; journal: disk full: y", "samples_lost": 3, "clients": 2}
    facts.server = {"state": "away", "words": "no answer"}
    facts.rows = (row("live", note="the certificate of the station expires in 20 days: renew it"),)
    room.clock_set("the clock of this computer was set forward by 3600.0 s")
    now = {one.id: one for one in room.now()}
    assert now["history"].reason == "history: disk full: x"
    assert now["journal"].reason == "journal: disk full: y"
    assert "refused" in now["journal"].means
    assert (now["server"].state, now["certificates"].state, now["clock"].state) == ("note", "note", "note")
    assert "20 days" in now["certificates"].reason
    assert now["windows"].reason == "2"


async def test_outages_of_the_past_newest_first(tmp_path, clock, facts):
    start = clock.now_ns()
    store = Store(tmp_path, TAGS, clock)
    store.declare_gap(start - 7200 * NS, start - 7000 * NS, "plc", "the connection was silent")
    store.declare_gap(start - 50 * NS, start - 40 * NS, "", "the engine was not running (it was stopped)")
    store.declare_gap(start - 40 * NS, start - 39 * NS, "plc", "the engine had just started")
    store.declare_gap(start - 40 * 86_400 * NS, start - 39 * 86_400 * NS, "plc", "the connection was silent")
    store.flush().result()
    store.close()
    with closing(Reader(tmp_path)) as reader:
        found = outages(reader, start - 30 * 86_400 * NS, start)
        assert found == [
            Outage("", start - 50 * NS, start - 40 * NS, "the engine was not running (it was stopped)"),
            Outage("plc", start - 7200 * NS, start - 7000 * NS, "the connection was silent"),
        ]
        with ThreadPoolExecutor(1) as pool:
            room = Links(facts.health, dict, Runs(tmp_path, clock, "0"), clock, reader, pool)
            reply = await room.verbs["outages"](at(), {"days": 60})
        assert [one["of"] for one in reply.body] == ["", "plc", "plc"]
