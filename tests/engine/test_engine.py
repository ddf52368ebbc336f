import asyncio
from dataclasses import replace

import pytest

from hmi.clock import HandClock, MachineClock
from hmi.core.batch import Batch
from hmi.core.plant import Connection, History, Plant
from hmi.engine.engine import Engine
from hmi.link.local import pair
from hmi.link.messages import Hello, Reply, Values, Welcome
from hmi.link.socket import connect
from hmi.store.query import Reader
from tests.engine.toy import RULE, TAGS

pytestmark = pytest.mark.expect_log("connection refused")  # its controller is away on purpose

ABSENT = "opc.tcp://127.0.0.1:1"


@pytest.fixture
def engine(tmp_path):
    plant = Plant("toy", "Toy plant", "UTC", (Connection("plc", "opcua", ABSENT),), TAGS, (RULE,), {}, {})
    return Engine(plant, {}, tmp_path, MachineClock(), ready_s=0.2)


async def started(engine, group):
    """The engine's task and its ready line."""
    said = asyncio.Queue()
    task = group.create_task(engine.run(said.put_nowait))
    return task, await said.get()


async def test_it_is_ready_without_its_controller_and_says_what_is_missing(engine):
    async with asyncio.TaskGroup() as group:
        task, line = await started(engine, group)
        assert line == "ready live=0 missing=6 connections=0/1"
        task.cancel()


@pytest.mark.parametrize(("away_days", "back_days"), [(3, 3), (30, 7)])
def test_what_was_missed_is_asked_for_as_far_back_as_history_is_kept(tmp_path, away_days, back_days):
    clock = HandClock()
    plc = Connection("plc", "opcua", ABSENT)
    plant = Plant("toy", "Toy plant", "UTC", (plc,), TAGS, (), {}, {}, history=History(keep_days=7))
    first = Engine(plant, {}, tmp_path, clock)
    assert first._earlier() is None  # nobody ran before
    first.store.append(Batch.of([0], [50.0], clock.now_ns(), clock.now_ns()))
    made = clock.now_ns()
    first.store.close()
    clock.advance(away_days * 86_400)
    second = Engine(plant, {}, tmp_path, clock)
    earlier = second._earlier()
    second.store.close()
    assert earlier.until_ns == clock.now_ns() - back_days * 86_400 * 10**9
    assert earlier.newest_ns[0] == made


async def test_a_client_in_the_same_process_is_welcomed_and_answered(engine):
    async with asyncio.TaskGroup() as group:
        task, _ = await started(engine, group)
        client = pair(engine, Hello("token", program="test"))
        assert [type(message) for message in client.receive()[:2]] == [Welcome, Values]
        client.request("write", tag="a.speed", value=5, why="x")
        replies = []
        while not replies:
            await asyncio.sleep(0)
            replies = [message for message in client.receive() if isinstance(message, Reply)]
        assert not replies[0].ok and "nothing was sent" in replies[0].text
        client.close()
        task.cancel()


async def test_start_and_stop_are_in_the_journal_and_the_door_is_closed(engine, tmp_path):
    async with asyncio.TaskGroup() as group:
        task, _ = await started(engine, group)
        task.cancel()
    records = [record for _, record in Reader(tmp_path).journal()]
    events = [(record.category, record.event) for record in records]
    assert [one for one in events if one != ("system", "checkpoint")] == [("system", "stopped"), ("system", "started")]
    with pytest.raises(Exception, match="not running"):
        connect(tmp_path, program="test", clock=MachineClock())


async def test_other_screens_are_told_to_clients_and_every_record_after_it_names_them(engine, tmp_path):
    async with asyncio.TaskGroup() as group:
        task, _ = await started(engine, group)
        client = pair(engine, Hello("token", program="test"))
        client.receive()
        engine._adopt(replace(engine.plant, texts={"plant.toml": "new"}, digest="after"))
        engine._system_event("plant files reloaded", "screens")
        heard = []
        while not any(isinstance(message, Welcome) for message in heard):
            await asyncio.sleep(0)
            heard = client.receive()
        (welcome,) = [message for message in heard if isinstance(message, Welcome)]
        assert (welcome.digest, welcome.plant) == ("after", {"plant.toml": "new"})
        client.request("status")
        client.request("write", tag="a.speed", value=5, why="x")
        replies = []
        while len(replies) < 2:
            await asyncio.sleep(0)
            replies += [message for message in client.receive() if isinstance(message, Reply)]
        assert replies[0].body["digest"] == "after"
        assert replies[0].body["plant_files"] == {
            "state": "current", "waits_for_restart": [], "mistakes": [], "mistakes_in_all": 0, "folder": ""
        }  # fmt: skip
        client.close()
        task.cancel()
    records = {(record.event, record.config) for _, record in Reader(tmp_path).journal()}
    assert {("started", ""), ("plant files reloaded", "after"), ("refused", "after"), ("stopped", "after")} <= records


async def test_after_a_sleep_a_window_is_told_nothing_that_was_not_judged_anew(engine, monkeypatch):
    """A window that wakes up with us has connected before our next beat."""
    told = []
    async with asyncio.TaskGroup() as group:
        task, _ = await started(engine, group)
        monkeypatch.setattr(engine.survival, "slept_s", lambda: 0.0 if told else 600.0)
        monkeypatch.setattr(engine.poller, "renew", told.append)
        monkeypatch.setattr(engine.poller, "judge", lambda: told.append("judged"))
        monkeypatch.setattr(engine.publisher, "opened", lambda session: told.append("welcome"))
        client = pair(engine, Hello("token", program="test"))
        assert told == [600.0, "judged", "welcome"]
        client.close()
        task.cancel()
