"""One run of the engine, from its begin over its beats to its end or its crash."""

import asyncio
import json
import logging
from dataclasses import replace

import pytest

from hmi.clock import HandClock, MachineClock
from hmi.core.plant import Connection, Plant
from hmi.engine.engine import Engine
from hmi.engine.survival import ASLEEP_S, Survival
from hmi.store.query import Reader
from tests.engine.toy import RULE, TAGS

ABSENT = "opc.tcp://127.0.0.1:1"


def made(folder, clock, told, hall):
    return Survival(folder, clock, lambda event, text: told.append((event, text)), hall.record, hall.people)


def test_a_run_after_a_silent_end_reports_it_with_the_last_lines_of_its_log(tmp_path, hall):
    told, clock = [], HandClock()
    made(tmp_path, clock, told, hall).begin()  # and never ends
    (tmp_path / "engine.log").write_text("12:00 INFO the last words\n")
    second = made(tmp_path, clock, told, hall)
    second.begin()
    second.ended()
    [(event, text)] = told
    assert event == "crashed"
    [file] = (tmp_path / "crashes").iterdir()
    assert str(file) in text
    assert "the last words" in file.read_text()
    for handler in list(logging.getLogger().handlers):
        if type(handler).__name__ == "LastLines":
            logging.getLogger().removeHandler(handler)  # of the run that never ended


def test_sleep_is_noticed_once_and_told(tmp_path, hall):
    told, clock = [], HandClock()
    one = made(tmp_path, clock, told, hall)
    one.begin()
    for _ in range(100):
        clock.advance(ASLEEP_S - 0.1)
        assert one.slept_s() == 0.0
    clock.advance(600)
    assert one.slept_s() == pytest.approx(600)
    assert one.slept_s() == 0.0
    assert [event for event, _ in told] == ["asleep"]
    assert "600 s" in told[0][1]
    one.ended()


@pytest.mark.expect_log("a fault in the program", "safe mode, view only", "connection refused")
async def test_an_engine_that_falls_over_three_times_only_shows_the_plant(tmp_path):
    plant = Plant("toy", "Toy plant", "UTC", (Connection("plc", "opcua", ABSENT),), TAGS, (RULE,), {}, {})
    plant = replace(plant, everyone="operate")
    clock = MachineClock()
    for _ in range(3):
        engine = Engine(plant, {}, tmp_path, clock, ready_s=0.1)
        engine.poller.run = fall_over
        with pytest.raises(ExceptionGroup):
            await engine.run(lambda line: None)
    engine = Engine(plant, {}, tmp_path, clock, ready_s=0.1)
    said = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(engine.run(said.put_nowait))
        await said.get()
        assert "crashed 3 times" in engine._health().safe_mode
        assert "nothing was sent" in engine.gate.bar()
        row = next(row for row in engine.links.rows() if row["id"] == "engine")
        assert (row["state"], row["word"]) == ("bad", "Safe mode")
        task.cancel()
    records = [record for _, record in Reader(tmp_path).journal(category="system")]
    assert [record.event for record in records].count("crashed") == 3
    assert any(record.event == "safe mode" for record in records)
    assert len(list((tmp_path / "crashes").iterdir())) == 3
    assert json.loads((tmp_path / "runs.json").read_bytes())["run"]["ended"] == "in order"


async def fall_over() -> None:
    raise RuntimeError("a fault of ours, on purpose")
