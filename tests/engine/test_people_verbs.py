"""The verbs about people, as a client asks them."""

from __future__ import annotations

import asyncio

import pytest

from hmi.engine.people import Denied
from tests.engine.hall import GOOD, OTHER, Hall, at


@pytest.mark.cr("1.1", "1.5")
async def test_nobody_is_there_at_first_and_no_password_opens_anything(hall: Hall):
    facts = {"person": None, "role": "view", "accounts": 0, "locked": False, "fault": "", "notice": ""}
    assert (await hall.ask(at(), "whoami")).body == facts
    for name, secret in (("", ""), ("admin", "admin"), ("root", ""), ("operator", "1234")):
        with pytest.raises(Denied, match="Name or password is wrong"):
            await hall.people.check("desk 1", name, secret)


async def test_secrets_are_told_to_nobody(hall: Hall):
    office = await hall.staffed()
    for session in (office, at()):
        told = str((await hall.ask(session, "people")).body) + str((await hall.ask(session, "whoami")).body)
        assert "argon2" not in told and hall.people.book.key not in told
    assert (await hall.ask(at(), "people")).body[0] == {"name": "ada", "full_name": "Ada Lund"}
    assert GOOD not in str(hall.records) and OTHER not in str(hall.records)


@pytest.mark.cr("2.12")
async def test_a_signature_is_bound_to_what_was_signed_and_to_who_did(hall: Hall):
    office = await hall.staffed()
    digest = "ab" * 16
    reply = await hall.ask(office, "sign", meaning="verified", subject="job 7", digest=digest, secret=GOOD)
    assert (reply.ok, reply.text) == (True, "verified by Ada Lund")
    record = hall.records[reply.body["record"] - 1]
    assert (record.category, record.event, record.subject) == ("signature", "verified", "job 7")
    assert (record.value, record.user) == (digest, "ada")
    with pytest.raises(Denied, match="is wrong"):
        await hall.ask(office, "sign", meaning="verified", subject="job 7", digest=digest, secret="x")
    with pytest.raises(Denied, match="Nobody is signed in"):
        await hall.ask(at(), "sign", meaning="verified", subject="job 7", digest=digest, secret=GOOD)
    other = await hall.ask(office, "sign", meaning="checked", subject="7", digest=digest, name="kim", secret=GOOD + "!")
    assert other.body["name"] == "kim"


async def test_signing_in_and_out_over_the_link(hall: Hall):
    await hall.staffed()
    desk = at()
    reply = await hall.ask(desk, "sign_in", name="kim", secret=GOOD + "!")
    assert (reply.ok, reply.text) == (True, "kim is signed in")
    assert reply.body["person"]["roles"] == {"a": "operate", "a.speed": "maintain"}
    assert (await hall.ask(desk, "sign_out")).text == "kim is signed out"
    assert (await hall.ask(desk, "sign_out")).text == "Nobody was signed in"
    with pytest.raises(Denied, match="no way to sign in by 'face'"):
        await hall.ask(desk, "sign_in", name="kim", secret="x", kind="face")


async def test_accounts_are_changed_over_the_link(hall: Hall):
    office = await hall.staffed()
    reply = await hall.ask(office, "person", act="change", name="kim", skills=["welding"])
    assert (reply.ok, reply.text) == (True, "Account kim changed: skills welding")


async def test_a_locked_station_is_told_so_and_to_whom_it_is_of_use(hall: Hall):
    desk = at()
    with pytest.raises(Denied, match="nobody could unlock"):
        await hall.ask(desk, "lock")
    await hall.staffed()
    await hall.ask(desk, "sign_in", name="kim", secret=GOOD + "!")
    reply = await hall.ask(desk, "lock", why="coffee")
    assert (reply.ok, reply.body["locked"], reply.body["person"], reply.body["role"]) == (True, True, None, "view")
    assert hall.events()[-2:] == [("signed out", "kim", "root"), ("locked", "desk 1", "root")]
    assert hall.records[-1].result == "coffee"
    await hall.ask(desk, "sign_in", name="kim", secret=GOOD + "!")
    assert (await hall.ask(desk, "whoami")).body["locked"] is False


@pytest.mark.cr("7.2")
async def test_a_client_has_one_password_judged_at_a_time(hall: Hall):
    """A flood of guesses by one client waits for itself, not everybody else for it."""
    await hall.staffed()
    flood, kim = at("desk 7"), at("desk 8")
    told = await asyncio.gather(
        *(hall.ask(flood, "sign_in", name=f"nobody {number}", secret="x") for number in range(20)),
        hall.ask(kim, "sign_in", name="kim", secret=GOOD + "!"),
        return_exceptions=True,
    )
    assert sum("is being judged" in str(one) for one in told) == 19
    assert told[-1].ok
    with pytest.raises(Denied, match="is wrong"):
        await hall.ask(flood, "sign_in", name="nobody", secret="x")
