"""The station's own troubles are alarms like others: raised, acknowledged, shelved, restored, cleared by themselves."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.core.alarms import station
from hmi.core.alarms.rules import Matrix
from hmi.core.journal import Record
from hmi.core.plant import Connection, Plant
from hmi.engine.alarms import AlarmRoom, Who
from hmi.engine.engine import Engine
from hmi.engine.publish import Publisher
from hmi.engine.station_alarms import ANEW_S, LOOK_S, Reading, StationAlarms
from hmi.link.local import LocalConnection, pair
from hmi.link.messages import Hello, Reply
from tests.engine.toy import RULE, ToyStation, plant

EVE = Who("eve", "station 1", "window")
ABSENT = "opc.tcp://127.0.0.1:1"


class Station:
    """A room of alarms with the station's own alone, on a clock that the test turns; the test says what is known."""

    def __init__(self, before: Station | None = None, of: Plant | None = None) -> None:
        self.toy = ToyStation()
        self.clock, self.records = self.toy.clock, []
        self.plant = replace(of or plant(), station_rules=station.rules_of(Matrix(), {}))
        self.room = AlarmRoom(self.plant, self.toy.tick.table, self.clock, self.records.append)
        if before is not None:
            last: Mapping[str, Record] = {record.subject: record for record in before.records}
            kept = {one.subject: [one] for one in before.records if one.event == "shelved"}
            self.room.restore(last, kept)
        self.known: dict[str, Reading] = {}
        self.own = StationAlarms(self.room, self.clock, lambda: self.known)

    def know(self, name: str, holds: bool | None, words: str = "") -> None:
        self.known[name] = Reading(holds, words)
        self.wait(LOOK_S)

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.own.look()
        self.room.wake()

    def state(self, name: str) -> str:
        return self.room.columns.shown(next(one.index for one in self.plant.all_rules if one.id == name))

    def events(self) -> list[tuple[str, str]]:
        return [(one.event, one.subject) for one in self.records]


def test_a_trouble_is_raised_acknowledged_and_clears_by_itself():
    here = Station()
    here.know(station.JOURNAL, True, "record 7 was changed")
    assert here.state(station.JOURNAL) == "unacknowledged"
    raised = here.records[-1]
    assert (raised.event, raised.value, raised.priority) == ("raised", "record 7 was changed", 3)
    assert here.room.acknowledge(station.JOURNAL, EVE, "seen")[0]
    assert here.state(station.JOURNAL) == "acknowledged"
    here.know(station.JOURNAL, False)
    here.wait(10.0)  # its off-delay
    assert here.state(station.JOURNAL) == "normal"
    assert here.records[-1].event == "returned"


def test_the_same_that_is_told_at_every_look_is_one_alarm():
    here = Station()
    for _ in range(5):
        here.know(station.SERVER_BACKLOG, True, "30 h wait")
    assert here.events() == [("raised", station.SERVER_BACKLOG)]


def test_what_lasts_no_longer_than_its_delay_is_none():
    here = Station()
    here.know(station.SERVER_REFUSED, True, "no password")
    here.wait(200.0)
    here.know(station.SERVER_REFUSED, False)
    here.wait(200.0)
    assert here.events() == []


def test_it_goes_on_over_a_restart_until_it_is_known_that_it_is_over():
    before = Station()
    before.know(station.SERVER_BACKLOG, True, "what was recorded 30 h ago waits")
    before.room.acknowledge(station.SERVER_BACKLOG, EVE, "")
    after = Station(before)
    after.know(station.SERVER_BACKLOG, None)
    assert after.state(station.SERVER_BACKLOG) == "acknowledged" and after.records == []
    row = Publisher(after.toy.tick.table, after.room.columns, after.clock, lambda: None, lambda: None).standing()[0]
    assert (row.note, row.cannot_evaluate) == ("what was recorded 30 h ago waits", True)
    assert any("the station cannot tell yet" in line for line in after.room.explain(station.SERVER_BACKLOG))
    after.know(station.SERVER_BACKLOG, False)
    after.wait(10.0)
    assert after.state(station.SERVER_BACKLOG) == "normal"


def test_it_is_shelved_like_any_other_also_over_a_restart():
    before = Station()
    before.know(station.ROOM, True, "history fills 85 %")
    assert before.room.shelve(station.ROOM, EVE, 1.0, "known cause")[0]
    after = Station(before)
    after.know(station.ROOM, True, "history fills 85 %")
    assert after.state(station.ROOM) == "shelved"
    after.wait(3600.0)
    assert after.state(station.ROOM) == "unacknowledged"


def test_it_stands_behind_the_plants_own_alarms_and_is_explained():
    here = Station(of=plant(RULE))
    here.know(station.STORE, True, "the disk is full")
    here.wait(5.0)
    assert [row.rule for row in _rows(here)] == [1]
    assert here.room.explain(station.STORE) == [f"{station.STORE} is unacknowledged", "condition: the disk is full"]
    assert here.room.explain("a.level.h")[0] == "a.level.h is normal"


def test_other_figures_are_told_now_and_then_and_another_trouble_at_once():
    here = Station()
    here.know(station.SERVER_BACKLOG, True, "30 h wait")
    here.know(station.SERVER_BACKLOG, True, "31 h wait")
    assert _rows(here)[0].note == "30 h wait"
    here.wait(ANEW_S)
    assert _rows(here)[0].note == "31 h wait"
    here.know(station.SERVER_BACKLOG, True, "something else")
    assert _rows(here)[0].note == "something else"
    assert here.events() == [("raised", station.SERVER_BACKLOG)]


def test_figures_that_were_held_back_are_told_though_nothing_more_happens():
    here = Station()
    here.know(station.LOST, True, "10 values were lost")
    here.know(station.LOST, True, "9000 values were lost")
    here.know(station.LOST, False)
    assert _rows(here)[0].note == "10 values were lost"
    here.wait(ANEW_S)
    assert _rows(here)[0].note == "9000 values were lost"


def test_a_trouble_that_begins_anew_has_its_own_figures_at_once():
    here = Station()
    here.know(station.JOURNAL, True, "record 7 was changed")
    here.know(station.JOURNAL, False)
    here.wait(10.0)
    told = here.room.explain(station.JOURNAL)
    assert told[1] == "condition: it does not hold now; when it did last: record 7 was changed"
    here.know(station.JOURNAL, True, "record 8 was changed")
    assert here.records[-1].value == "record 8 was changed" and here.records[-1].event == "raised"
    assert Station().room.explain(station.JOURNAL)[1] == "condition: it does not hold now"


def test_a_plant_that_was_made_without_them_has_none():
    here = Station()
    bare = StationAlarms(AlarmRoom(plant(), here.toy.tick.table, here.clock, here.records.append), here.clock, dict)
    here.clock.advance(LOOK_S)
    bare.look()
    assert here.records == []


def _rows(here: Station):
    return Publisher(here.toy.tick.table, here.room.columns, here.clock, lambda: None, lambda: None).standing()


@pytest.mark.expect_log("tampered with or damaged")
@pytest.mark.expect_log("connection refused")  # its controller is away on purpose
async def test_a_whole_engine_tells_of_its_journal_and_remembers_who_has_seen_it(tmp_path):
    async with running(tmp_path) as (_, client):
        assert (await ask(client, "alarms")).body == []
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as file:
        file.execute("DROP TRIGGER record_changed")
        file.execute("UPDATE record SET subject = 'nobody' WHERE id = 1")
    async with running(tmp_path) as (engine, client):
        place = engine.tick.room.columns
        await until(lambda: len(place.standing()) == 1)
        [row] = (await ask(client, "alarms")).body
        assert row["state"] == "unacknowledged" and "record 1 was changed" in row["note"]
        assert (await ask(client, "ack", alarms=[station.JOURNAL], comment="seen")).ok
        assert (await ask(client, "explain", alarm=station.JOURNAL)).ok
    async with running(tmp_path) as (engine, client):
        await until(lambda: engine._checkpoints.finding is not None)
        [row] = (await ask(client, "alarms")).body
        assert row["state"] == "acknowledged" and row["acked_by"] == "eve"


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Engine, LocalConnection]]:
    """An engine of the toy plant with the station's own alarms alone, and somebody who is linked to it."""
    made = replace(plant(), station_rules=station.rules_of(Matrix(), {}), everyone="operate")
    engine = Engine(replace(made, connections=(Connection("plc", "opcua", ABSENT),)), {}, folder, MachineClock())
    said: asyncio.Queue[str] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(engine.run(said.put_nowait))
        await until(lambda: engine._checkpoints.finding is not None)
        client = pair(engine, Hello("token", program="test", user="eve"))
        yield engine, client
        client.close()
        task.cancel()


async def ask(client: LocalConnection, verb: str, **args: object) -> Reply:
    client.request(verb, **args)
    replies: list[Reply] = []
    await until(lambda: replies.extend(one for one in client.receive() if isinstance(one, Reply)) or replies)
    return replies[0]


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not what():
            await asyncio.sleep(0.01)
