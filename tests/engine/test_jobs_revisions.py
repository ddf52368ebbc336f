"""Texts of instructions at the engine: signed by two people, withdrawn, compared, with the pictures that they had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hmi.core.steps.model import Picture, Procedure, Read, Release
from hmi.plantfiles.photographs import mark_of
from hmi.store.query import Reader
from hmi.store.records import JournalReader
from tests.engine.hall import GOOD, OTHER
from tests.engine.workshop import Workshop, at, instruction

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
DRAFT = instruction(Read(id="a", title="A"), equipment=("a",), release=Release(), digest="aa")


@pytest.fixture
def shop(tmp_path: Path, quick: None) -> Iterator[list[Workshop]]:
    made: list[Workshop] = []
    yield made
    for one in made:
        one.close()


@pytest.fixture
async def made(shop: list[Workshop], tmp_path: Path) -> Workshop:
    """A station with a draft and three people; ada administers, kim and lee maintain."""
    shop.append(Workshop(tmp_path, DRAFT))
    await shop[0].staff("ada", "kim", "lee")
    return shop[0]


async def sign(made: Workshop, act: str, name: str, digest: str = "aa", **more):
    secret = OTHER if name == "ada" else GOOD
    told = {"instruction": "i", "act": act, "digest": digest, "name": name, "secret": secret}
    return await made.ask("instruction_sign", **told, **more)


async def stand(made: Workshop) -> dict[str, str]:
    [row] = (await made.ask("instructions")).body
    return row


async def test_a_draft_starts_only_when_two_people_have_signed_it(made, tmp_path):
    refused = await made.ask("job_start", instruction="i")
    assert refused.text == "The instruction is draft: only released ones can be started"
    assert (await sign(made, "review", "kim")).text == "Change over, revision 1: reviewed by Kim Lund"
    assert (await made.ask("job_start", instruction="i")).body["code"] == "release"
    again = await sign(made, "release", "kim")
    assert (again.ok, again.body["code"]) == (False, "role")
    assert (await sign(made, "release", "ada")).ok
    assert await made.start()
    row = await stand(made)
    told = (row["release"], row["reviewed_by"], row["released_by"], row["digest"])
    assert told == ("released", "Kim Lund", "Ada Lund", "aa")
    journal = Reader(tmp_path).journal(0, 2**62, category="release")
    assert [(one.event, one.subject, one.user) for _, one in reversed(list(journal))] == [
        ("reviewed", "i", "kim"),
        ("released", "i", "ada"),
    ]
    assert JournalReader(tmp_path).verify_journal()[0]


async def test_it_holds_after_a_restart_and_ends_with_another_text(made, shop):
    await sign(made, "review", "kim")
    await sign(made, "release", "ada")
    job = await made.start()
    shop[0] = again = made.again(DRAFT)
    assert (await stand(again))["release"] == "released"
    again.replaced(msgspec.structs.replace(DRAFT, digest="bb", revision="2"))
    assert (await stand(again))["release"] == "draft"
    assert again.room.find(job).job.is_open  # the older revision goes on as it began
    assert again.room.find(job).procedure.revision == "1"
    assert not (await again.ask("job_start", instruction="i")).ok


async def test_a_text_that_changed_while_it_was_read_is_not_signed(made):
    reply = await sign(made, "review", "kim", digest="older")
    assert not reply.ok and "changed since you read it" in reply.text
    assert (await stand(made))["release"] == "draft"


async def test_withdrawing_stops_what_is_open_and_says_why(made):
    await sign(made, "review", "kim")
    await sign(made, "release", "ada")
    job, changed = await made.start(), made.room.changed
    assert (await sign(made, "withdraw", "lee")).body["needs"] == ["why"]
    assert (await sign(made, "withdraw", "lee", why="wrong torque")).ok
    assert made.room.changed > changed
    stopped = made.room.find(job).job
    assert (stopped.state, stopped.events[-1].why) == ("stopped", "Change over was withdrawn: wrong torque")
    assert (await made.ask("job_start", instruction="i")).body["code"] == "withdrawn"
    row = await stand(made)
    assert (row["release"], row["why"]) == ("withdrawn", "wrong torque")


async def test_a_wrong_password_signs_nothing_and_without_accounts_nobody_can(made, shop, tmp_path):
    with pytest.raises(Exception, match="wrong"):
        await made.ask("instruction_sign", instruction="i", act="review", digest="aa", name="kim", secret="no")
    assert (await stand(made))["release"] == "draft"
    shop.append(Workshop(tmp_path / "new", DRAFT))
    assert "Nobody has an account here yet" in (await sign(shop[-1], "review", "kim")).text


async def test_what_is_not_there_is_said(made):
    reply = await made.ask("instruction_sign", instruction="x", act="review", digest="", name="kim", secret="x")
    assert "is not in the plant's files" in reply.text
    assert not (await made.ask("instruction_now", instruction="x")).ok


async def test_revisions_are_those_that_were_signed_or_carried_out_each_once(made):
    await sign(made, "review", "kim")
    await sign(made, "release", "ada")
    await made.start()
    newer = msgspec.structs.replace(DRAFT, digest="bb", revision="2", steps=(Read(id="a", title="B"),))
    made.replaced(newer)
    await sign(made, "review", "lee", digest="bb")
    found = (await made.ask("instruction_revisions", instruction="i")).body
    told = [(row["revision"], [one["state"] for one in row["signed"]]) for row in found]
    assert told == [("2", ["reviewed"]), ("1", ["reviewed", "released"])]
    older = msgspec.convert((await made.ask("procedure", key=found[1]["key"])).body, Procedure)
    now = msgspec.convert((await made.ask("instruction_now", instruction="i")).body, Procedure)
    assert (older.steps[0].title, now.steps[0].title) == ("A", "B")


async def test_a_job_keeps_its_photograph_when_the_file_is_another(shop, tmp_path):
    files = tmp_path / "plant"
    (files / "instructions").mkdir(parents=True)
    (files / "instructions" / "a.png").write_bytes(PNG)
    step = Read(id="a", title="A", pictures=(Picture("a.png"),))
    texts = {"instructions/a.png": mark_of(PNG)}
    shop.append(made := Workshop(tmp_path, instruction(step), files=files, texts=texts))
    job = await made.start()
    kept = made.room.find(job).procedure.drawings["a.png"]
    assert (await made.ask("instruction_picture", file="a.png")).body["data"] == PNG
    (files / "instructions" / "a.png").write_bytes(PNG + b"other")
    with pytest.raises(Exception, match="was changed after the plant was read"):
        await made.ask("instruction_picture", file="a.png")
    assert (await made.ask("job_attachment", attachment=kept)).body["data"] == PNG
    other = await made.start()  # work does not wait for a picture
    assert made.room.find(other).procedure.drawings == {}


@pytest.mark.parametrize("file", ["../plant.toml", "/etc/passwd", "b.png", "instructions/a.png"])
async def test_no_file_but_those_that_are_shown_is_given_out(made, file):
    with pytest.raises(Exception, match="no instruction of this plant shows"):
        await made.ask("instruction_picture", file=file)


async def test_somebody_who_may_nothing_here_signs_nothing(made):
    kim = at("office")
    reply = await made.ask(
        "instruction_sign", kim, instruction="i", act="publish", digest="aa", name="kim", secret=GOOD
    )
    assert reply.body["code"] == "act"
