"""Jobs as clients meet them: started, done, repeated after a lost answer, written through the gate, found again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hmi.core.policy import Policy
from hmi.core.steps.events import Event
from hmi.core.steps.job import folded
from hmi.core.steps.model import Check, Number, Photo, Procedure, Read, Release, Scan, Sign, Sub, Timer, Verify
from hmi.core.steps.model import Write as WriteStep
from hmi.drivers.driver import WriteResult
from hmi.engine.jobs import MOST_OPEN
from hmi.store.records import JournalReader
from tests.engine.hall import GOOD, OTHER
from tests.engine.workshop import Workshop, at, instruction

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@pytest.fixture
def shop(tmp_path: Path, quick: None) -> Iterator[list[Workshop]]:
    made: list[Workshop] = []
    yield made
    for one in made:
        one.close()


def open_shop(shop: list[Workshop], folder: Path, *steps, **more) -> Workshop:
    shop.append(Workshop(folder, instruction(*steps, **more)))
    return shop[-1]


async def test_a_job_from_its_start_to_its_record(shop, tmp_path):
    made = open_shop(
        shop, tmp_path, Read(id="a", title="Put on gloves"), Number(id="b", title="Pressure", high=5), equipment=("a",)
    )
    reply = await made.ask("job_start", instruction="i", context={"lot": "L7"}, key="k1")
    assert (reply.ok, reply.body["job"]["at"], reply.body["job"]["steps"]) == (True, "Put on gloves", 2)
    job = reply.body["job"]["id"]
    procedure = msgspec.convert((await made.ask("procedure", key=reply.body["procedure"])).body, Procedure)
    assert [step.id for step in procedure.steps] == ["a", "b"]
    assert (await made.act(job)).ok
    refused = await made.act(job, value=6)
    assert (refused.ok, refused.body["code"], refused.body["needs"]) == (False, "outside", ["why"])
    done = await made.act(job, value=6, why="gauge swings")
    assert (done.ok, done.body["job"]["state"], done.body["job"]["deviations"]) == (True, "finished", 1)
    [row] = (await made.ask("jobs", wanted={"lot": "l7"})).body
    assert (row["id"], row["context"], row["people"], row["equipment"]) == (job, {"lot": "L7"}, ("root",), ("a",))
    assert (await made.ask("jobs", wanted={"lot": "L8"})).body == []
    kept = (await made.ask("job", id=job)).body["events"]
    assert folded(job, msgspec.convert(kept, list[Event])) == made.reader.job(job)


async def test_an_answer_that_was_lost_on_the_way_is_given_again_and_nothing_is_done_twice(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"), Read(id="b", title="B"))
    first = await made.ask("job_start", instruction="i", key="s")
    again = await made.ask("job_start", instruction="i", key="s")
    job = first.body["job"]["id"]
    assert again.body["job"]["id"] == job
    await made.act(job, key="k1")
    late = await made.ask("job_act", job=job, act="do", step="a", turn=0, key="k1")
    assert (late.ok, late.body["job"]["at"]) == (True, "B")
    other = await made.ask("job_act", job=job, act="do", step="a", turn=0, key="k2")
    assert (other.ok, other.body["code"]) == (False, "past")
    assert len(made.room.find(job).job.events) == 2


async def test_a_step_that_was_done_before_a_crash_is_known_after_it(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"), Read(id="b", title="B"))
    job = await made.start()
    await made.act(job, key="k1")
    before = made.room.find(job).job
    shop[0] = made = made.again()  # the plant's files have lost the instruction meanwhile
    assert made.room.find(job).job == before
    late = await made.ask("job_act", job=job, act="do", step="a", turn=0, key="k1")
    assert late.ok
    assert (await made.act(job)).body["job"]["state"] == "finished"


async def test_a_job_stays_on_the_revision_that_it_began_with(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="Old words"), Read(id="b", title="B"))
    job = await made.start()
    new = instruction(Check(id="new", title="New words"), revision="2", digest="d2")
    made.replaced(new)
    other = await made.start()
    assert made.room.find(other).procedure.revision == "2"
    shop[0] = made = made.again(new)
    assert made.room.find(job).procedure.steps[0].title == "Old words"
    assert (await made.act(job)).body["job"]["at"] == "B"


async def test_a_withdrawn_instruction_stops_its_jobs_and_starts_none(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"))
    job = await made.start()
    made.replaced(instruction(Read(id="a", title="A"), release=Release("withdrawn", why="wrong torque")))
    stopped = made.room.find(job).job
    assert (stopped.state, stopped.events[-1].why) == ("stopped", "Change over was withdrawn: wrong torque")
    refused = await made.ask("job_start", instruction="i")
    assert (refused.ok, refused.body["code"]) == (False, "withdrawn")


async def test_what_is_not_there_is_said_in_words(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"))
    job = await made.start()
    await made.act(job)
    shop[0] = made = made.again()
    for verb, args in (
        ("job", dict(id="9-9")),
        ("job_start", dict(instruction="x")),
        ("procedure", dict(key="x")),
        ("job_act", dict(job="9-9", act="do")),
        ("job_act", dict(job=job, act="do")),
    ):
        reply = await made.ask(verb, **args)
        assert not reply.ok and reply.text, verb
    assert (await made.ask("job", id=job)).body["job"]["state"] == "finished"


async def test_a_text_without_steps_is_not_started(shop, tmp_path):
    made = open_shop(shop, tmp_path)
    assert "can only be read" in (await made.ask("job_start", instruction="i")).text


async def test_a_value_goes_through_the_gate_and_what_it_says_counts(shop, tmp_path):
    made = open_shop(
        shop, tmp_path, WriteStep(id="w", title="Slow down", tag="a.speed", value=20, confirm="Slows down")
    )
    made.station.plant.policies[1] = (Policy(confirm="Product is lost"),)
    made.station.values(1, 10.0)
    job = await made.start()
    first = await made.act(job)
    assert (first.body["code"], first.text, made.station.driver.written) == ("confirm", "Slows down", [])
    second = await made.act(job, value=True)
    assert (second.body["code"], second.text, second.body["needs"]) == ("policy", "Product is lost", ["confirm"])
    assert second.body["confirm"] == "Product is lost"
    made.station.driver.answer = WriteResult("refused", "The controller is in local mode")
    third = await made.act(job, value=True, confirmed="Product is lost")
    assert (third.ok, third.text) == (False, "Refused: The controller is in local mode")
    made.station.driver.answer = WriteResult("confirmed", "read back", 20.0)
    fourth = await made.act(job, value=True, confirmed="Product is lost")
    assert fourth.body["job"]["state"] == "finished"
    assert made.room.find(job).job.events[-2].tags["a.speed"].value == 20.0
    reasons = {record.why for _, record in JournalReader(tmp_path).journal(category="write")}
    assert reasons == {f"job {job}, Change over: Slow down"}


async def test_a_value_that_is_on_its_way_is_not_sent_again(shop, tmp_path):
    made = open_shop(shop, tmp_path, WriteStep(id="w", title="W", tag="a.speed", value=20))
    made.station.values(1, 10.0)
    job = await made.start()
    replies = await asyncio.gather(*(made.act(job, user=who) for who in ("ann", "bob")))
    assert sorted(reply.ok for reply in replies) == [False, True]
    assert made.station.driver.written == [("a.speed", 20.0)]


async def test_signatures_of_two_people(shop, tmp_path):
    steps = (Read(id="a", title="A"), Sign(id="s", title="Done"), Sign(id="t", title="Checked", second=True))
    made = open_shop(shop, tmp_path, *steps, equipment=("a",))
    await made.staff("ada", "kim")
    job = await made.start()
    kim = at("desk 1")
    await made.people.sign_in(kim, "kim", GOOD)
    await made.act(job, session=kim)
    for name, secret, why in (("", "", "name and your password"), ("kim", "", "password"), ("kim", "no", "is wrong")):
        with pytest.raises(Exception, match=why):
            await made.act(job, "sign", name=name, secret=secret)
    assert (await made.act(job, "sign", name="kim", secret=GOOD)).body["job"]["at"] == "Checked"
    again = await made.act(job, "sign", name="KIM", secret=GOOD)
    assert (again.ok, again.body["code"], again.text) == (
        False,
        "second",
        "Kim has done steps of this job: somebody else has to sign",
    )
    done = await made.act(job, "sign", session=kim, name="ada", secret=OTHER)
    assert done.body["job"]["state"] == "finished"
    assert [(e.user, e.signature.name) for e in made.room.find(job).job.events if e.signature] == [
        ("kim", "Kim Lund"),
        ("ada", "Ada Lund"),
    ]
    assert JournalReader(tmp_path).verify_journal()[0]


async def test_where_nobody_has_an_account_nothing_is_signed(shop, tmp_path):
    made = open_shop(shop, tmp_path, Sign(id="s", title="Done"))
    job = await made.start()
    with pytest.raises(Exception, match="Nobody can sign in here yet"):
        await made.act(job, "sign", name="kim", secret=GOOD)
    assert not (await made.act(job, "do")).ok
    assert (await made.act(job, "skip", why="no accounts yet")).body["job"]["deviations"] == 1


async def test_only_released_instructions_start_where_people_can_sign(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"), release=Release("reviewed"))
    job = await made.start()
    assert made.room.find(job).job.deviations[0].deviation == "carried out as a reviewed, not released"
    await made.staff("ada")
    assert (await made.ask("job_start", instruction="i")).body["code"] == "release"


async def test_roles_are_those_of_the_machine_that_the_job_is_about(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A", role="maintain"), equipment=("a",))
    await made.staff("ada", "kim")
    job = await made.start()
    assert (await made.act(job)).body["code"] == "role"
    kim = at("desk 1")
    await made.people.sign_in(kim, "kim", GOOD)
    assert (await made.act(job, session=kim)).ok


async def test_a_photo_must_be_there_before_it_counts(shop, tmp_path):
    made = open_shop(shop, tmp_path, Photo(id="p", title="Take a picture"))
    job = await made.start()
    assert (await made.act(job, value="f" * 40 + ".png")).body["code"] == "photo"
    name = (await made.ask("job_attach", job=job, name="seal.PNG", data=PNG)).body["attachment"]
    assert (await made.act(job, value=name)).body["job"]["state"] == "finished"
    assert (await made.ask("job_attachment", attachment=name)).body == {"data": PNG}


async def test_scans_and_parts_and_the_codes_of_machines(shop, tmp_path):
    part = instruction(Scan(id="plate", title="Plate", equipment="a"), id="part", title="Part", digest="d2")
    whole = instruction(Sub(id="s", title="Part", instruction="part"))
    shop.append(Workshop(tmp_path, whole, part))
    job = await shop[0].start()
    await shop[0].act(job)
    assert "not A-1" in (await shop[0].act(job, value="B-1")).text
    assert (await shop[0].act(job, value="a-1")).body["job"]["state"] == "finished"


async def test_the_list_of_open_jobs_and_of_instructions(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"))
    first, second = await made.start(), await made.start()
    assert [row["id"] for row in (await made.ask("jobs", state="open")).body] == [second, first]
    await made.act(first)
    assert [row["id"] for row in (await made.ask("jobs", state="open")).body] == [second]
    assert [row["id"] for row in (await made.ask("jobs")).body] == [second, first]
    [row] = (await made.ask("instructions")).body
    assert (row["id"], row["release"], row["last_ns"]) == ("i", "released", made.clock.now_ns())


async def test_numbers_are_never_given_twice(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"))
    replies = await asyncio.gather(*(made.ask("job_start", instruction="i") for _ in range(3)))
    assert sorted(reply.body["job"]["id"] for reply in replies) == ["260225-1", "260225-2", "260225-3"]
    shop[0] = made = made.again(instruction(Read(id="a", title="A")))
    assert await made.start() == "260225-4"
    made.turn(86_400)
    assert await made.start() == "260226-1"
    made.clock.step_wall(-86_400)  # somebody sets the clock back
    assert await made.start() == "260225-5"


async def test_too_many_open_jobs_are_refused(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"))
    job = made.room.find(await made.start())
    made.room.going |= {f"x-{number}": job for number in range(MOST_OPEN)}
    assert f"{MOST_OPEN} jobs are open" in (await made.ask("job_start", instruction="i")).text


async def test_what_the_disk_does_not_take_is_said(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"), Read(id="b", title="B"))
    job = await made.start()
    made.station.journal_broken = True
    made.room._record = made.station.__class__.record.__get__(made.station)
    reply = await made.act(job, key="k")
    assert reply.ok and "the journal cannot be written now (the disk is full)" in reply.text


async def test_wrong_arguments_raise_what_the_engine_turns_into_words(shop, tmp_path):
    made = open_shop(shop, tmp_path, Read(id="a", title="A"))
    job = await made.start()
    for verb, args in (("job", {}), ("job_act", dict(job=job)), ("job_act", dict(job=job, act="do", turn="x"))):
        with pytest.raises((KeyError, ValueError)):
            await made.ask(verb, **args)


async def test_timer_and_verify_tell_how_long(shop, tmp_path):
    steps = (Timer(id="t", title="Rinse", seconds=30), Verify(id="v", title="V", needs="a.level > 5", hold_s=2))
    made = open_shop(shop, tmp_path, *steps)
    job = await made.start()
    await made.act(job, "begin")
    made.turn(10)
    assert (await made.ask("job", id=job)).body["running_s"] == 10.0
    made.turn(20)
    made.station.values(0, 9.0)
    made.room.look()
    made.turn(1.5)
    assert (await made.ask("job", id=job)).body["held_s"] == 1.5
    failed = await made.act(job)
    assert (failed.ok, failed.body["code"], failed.text) == (False, "failed", "It has held for 2 s of 2 s")
    made.turn(1)
    assert (await made.act(job)).body["job"]["state"] == "finished"
