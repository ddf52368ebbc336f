"""The room for jobs: what goes on by itself, at the engine's beat, and where jobs stand after a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.core import quality as q
from hmi.core.steps.model import Branch, Loop, Read, Schedule, Timer, Verify, Wait
from tests.engine.workshop import Workshop, instruction


@pytest.fixture
def shop(tmp_path: Path):
    made: list[Workshop] = []
    yield made
    for one in made:
        one.close()


async def test_a_wait_goes_on_when_the_plant_is_so_and_records_what_it_saw(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Wait(id="w", title="Stopped", until="a.speed < 1", hold_s=2))))
    made = shop[0]
    job = await made.start()
    made.station.values(1, 10.0)
    made.turn(5)
    made.station.values(1, 0.5)
    made.turn(1)
    assert made.room.find(job).job.is_open
    made.turn(1)
    assert made.room.find(job).job.is_open
    before = made.room.changed
    made.turn(1)
    done = made.room.find(job).job
    assert (done.state, done.events[1].tags["a.speed"].value, done.events[1].way) == ("finished", 0.5, "engine")
    assert made.room.changed == before + 2


async def test_a_condition_that_broke_off_holds_from_the_beginning_again(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Verify(id="v", title="V", needs="a.speed < 1", hold_s=3))))
    made = shop[0]
    job = await made.start()
    for speed, bad in ((0.0, 0), (5.0, 0), (0.0, q.BAD), (0.0, 0)):
        made.station.values(1, speed, quality=bad)
        made.turn(2)
    assert not (await made.act(job)).ok
    made.turn(3)
    assert (await made.act(job)).ok


async def test_a_timer_runs_on_through_a_restart(shop, tmp_path):
    what = instruction(Timer(id="t", title="Soak", seconds=600))
    shop.append(Workshop(tmp_path, what))
    job = await shop[0].start()
    await shop[0].act(job, "begin")
    shop[0].turn(100)
    shop[0] = made = shop[0].again(what)
    made.turn(499)
    assert made.room.find(job).job.is_open
    made.turn(1)
    assert made.room.find(job).job.state == "finished"


async def test_a_timer_does_not_end_early_when_somebody_sets_the_clock(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Timer(id="t", title="Soak", seconds=600))))
    made = shop[0]
    job = await made.start()
    await made.act(job, "begin")
    made.clock.step_wall(3600)
    made.turn(1)
    assert made.room.find(job).job.is_open


async def test_branches_and_loops_are_taken_at_once(shop, tmp_path):
    steps = (
        Read(id="a", title="A"),
        Loop(id="l", title="L", from_="a", times=2),
        Branch(id="b", title="B", when="a.level > 50", to="z"),
        Read(id="y", title="Y"),
        Read(id="z", title="Z"),
    )
    shop.append(Workshop(tmp_path, instruction(*steps)))
    made = shop[0]
    made.station.values(0, 60.0)
    job = await made.start()
    await made.act(job)
    assert made.room.find(job).job.at == "a"
    await made.act(job)
    assert made.room.find(job).job.at == "z"


@pytest.mark.expect_log("cannot look at the plant")
async def test_a_condition_whose_tag_is_gone_can_only_be_left_out(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Verify(id="v", title="V", needs="gone.tag < 1"))))
    made = shop[0]
    job = await made.start()
    assert "names a tag that the plant no longer has" in (await made.act(job)).text
    assert made.room.reading("gone.tag").quality == q.BAD_NODE_ID_UNKNOWN


async def test_values_are_recorded_with_quality_and_time(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Read(id="a", title="A", tags=("a.level", "a.lot")))))
    made = shop[0]
    made.station.values(0, 42.0, quality=q.UNCERTAIN)
    job = await made.start()
    await made.act(job)
    seen = made.reader.job(job).events[1].tags
    assert (seen["a.level"].value, seen["a.level"].quality, seen["a.level"].time_ns) == (
        42.0,
        q.UNCERTAIN,
        made.clock.now_ns(),
    )
    assert (seen["a.lot"].value, seen["a.lot"].quality) == ("", q.BAD_WAITING)


async def test_a_bad_value_is_recorded_as_none_and_read_again(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Verify(id="v", title="V", needs="a.level > 5"))))
    made = shop[0]
    job = await made.start()
    await made.act(job)
    assert made.reader.job(job).events[1].tags["a.level"].value is None
    assert made.reader.job(job) == made.room.find(job).job


async def test_the_counter_by_which_it_is_due_again_stands_in_the_end_of_the_job(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Read(id="a", title="A"), schedule=Schedule(counter="a.count", by=100))))
    made = shop[0]
    made.station.values(4, 250.0)
    await made.act(await made.start())
    [row] = (await made.ask("instructions")).body
    assert (row["left"], row["due"]) == (100.0, False)
    made.station.values(4, 360.0)
    [row] = (await made.ask("instructions")).body
    assert (row["left"], row["due"]) == (-10.0, True)


@pytest.mark.expect_log("cannot go on")
async def test_a_job_whose_procedure_is_not_in_the_journal_is_left_alone(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Read(id="a", title="A"))))
    made = shop[0]
    made.room._kept.add(made.room.find(await made.start()).job.procedure)
    job = made.room.find("260225-1").job
    made.room.going.clear()
    assert made.room.restore([job], {}) == 0


async def test_jobs_that_ended_are_at_hand_for_a_while(shop, tmp_path):
    shop.append(Workshop(tmp_path, instruction(Read(id="a", title="A"))))
    made = shop[0]
    names = [await made.start(key=f"k{number}") for number in range(105)]
    for name in names:
        await made.act(name)
    assert made.room.going == {}
    assert list(made.room.closed) == names[5:]
    assert made.room.of_key("k104").job.id == names[104]
    assert made.room.of_key("") is None
