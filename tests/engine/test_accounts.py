"""What administrators do to accounts, and everybody to his own password."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from hmi.core.people import Account
from hmi.core.plant.model import PeopleRules
from hmi.engine.people import Denied
from hmi.store.people import read_book
from tests.engine.hall import GOOD, OTHER, Hall, at


@pytest.mark.cr("1.3")
async def test_the_first_account_is_an_administrators_and_the_next_takes_one(hall: Hall):
    with pytest.raises(Denied, match="administrator's"):
        await hall.act(at(), "add", "kim", password=GOOD, roles={"": "operate"})
    await hall.act(at(), "add", "ada", password=GOOD, roles={"": "administer"})
    with pytest.raises(Denied, match="for administrators"):
        await hall.act(at(), "add", "eve", password=GOOD, roles={"": "administer"})
    assert [one.name for one in hall.people.accounts] == ["ada"]
    assert hall.events() == [("added", "ada", "root")]


async def test_the_last_administrator_stays(hall: Hall):
    office = await hall.staffed()
    for act, args in (("remove", {}), ("change", {"disabled": True}), ("change", {"roles": {"": "operate"}})):
        with pytest.raises(Denied, match="Nobody would be left"):
            await hall.act(office, act, "ada", **args)
    await hall.act(office, "change", "kim", roles={"": "administer"})
    await hall.act(office, "remove", "ada")
    assert [one.name for one in hall.people.accounts] == ["kim"]
    assert hall.people.person(office) is None, "who was removed is out at once"


@pytest.mark.cr("1.4")
async def test_a_number_is_never_given_again(hall: Hall):
    office = await hall.staffed()
    number = hall.people.find("kim").number
    await hall.act(office, "remove", "kim")
    await hall.act(office, "add", "kim", password=OTHER, roles={"": "view"})
    assert hall.people.find("kim").number > number
    assert read_book(hall.folder).next_number > hall.people.find("kim").number


async def test_a_password_from_somebody_else_gives_no_role_until_it_is_changed(hall: Hall):
    office = await hall.staffed()
    await hall.act(office, "password", "kim", new=OTHER)
    desk = at()
    reply = await hall.ask(desk, "sign_in", name="kim", secret=OTHER)
    assert "change the password" in reply.text
    assert hall.people.role(desk, "a.speed") == "view"
    with pytest.raises(Denied, match="for administrators"):
        await hall.act(desk, "password", "ada", new=OTHER)
    with pytest.raises(Denied, match="was kim's before"):
        await hall.act(desk, "password", "kim", old=OTHER, new=OTHER)
    await hall.act(desk, "password", "kim", old=OTHER, new=GOOD)
    assert hall.people.role(desk, "a.speed") == "maintain"


def test_an_account_is_stored_by_names_of_its_fields():
    assert msgspec.json.decode(msgspec.json.encode(Account(number=1, name="kim")))["name"] == "kim"


async def test_acts_and_names_that_do_not_exist_are_named(hall: Hall):
    office = await hall.staffed()
    with pytest.raises(Denied, match="no act 'promote'"):
        await hall.act(office, "promote", "kim")
    with pytest.raises(Denied, match="no account 'eve'"):
        await hall.act(office, "remove", "eve")
    with pytest.raises(Denied, match="already"):
        await hall.act(office, "add", "KIM", password=OTHER)
    with pytest.raises(Denied, match="no role 'king'"):
        await hall.act(office, "change", "kim", roles={"": "king"})
    with pytest.raises(Denied, match="Nothing to change"):
        await hall.act(office, "change", "kim")


@pytest.mark.cr("2.8")
async def test_every_change_is_on_record_with_who_did_it(hall: Hall):
    office = await hall.staffed()
    await hall.act(office, "change", "kim", roles={"b": "engineer"}, skills=["forklift"], full_name="Kim Ro")
    await hall.act(office, "badge", "kim", code="17")
    await hall.act(office, "badge", "kim")
    await hall.act(office, "remove", "kim")
    assert [event for event, subject, user in hall.events() if (subject, user) == ("kim", "ada")] == [
        "added", "changed", "badge", "badge", "removed",
    ]  # fmt: skip
    assert "engineer in b" in hall.records[-4].result


@pytest.mark.cr("1.7")
async def test_a_password_is_as_long_as_the_plant_asks_and_none_of_those_before(hall: Hall):
    rules = PeopleRules(accounts=True, password_length=16, passwords_before=2)
    hall.people._plant = replace(hall.people._plant, people=rules)
    words = [f"{number} quiet brown otters" for number in ("eleven", "twelve", "thirteen", "fourteen")]
    desk = at()
    with pytest.raises(Denied, match="has 16 to 256"):
        await hall.act(desk, "add", "ada", password="short otters", roles={"": "administer"})
    await hall.act(desk, "add", "ada", password=words[0], roles={"": "administer"})
    for old, new in pairwise(words[:3]):
        await hall.act(desk, "password", "ada", old=old, new=new)
    for taken in words[:3]:
        with pytest.raises(Denied, match="was ada's before"):
            await hall.act(desk, "password", "ada", old=words[2], new=taken)
    await hall.people.sign_in(desk, "ada", words[2])
    with pytest.raises(Denied, match="was ada's before"):
        await hall.act(desk, "password", "ada", new=words[1])
    await hall.act(desk, "password", "ada", old=words[2], new=words[3])
    hall = hall.again()
    hall.people._plant = replace(hall.people._plant, people=rules)
    assert len(hall.people.find("ada").before) == 2
    await hall.act(desk, "password", "ada", old=words[3], new=words[0])
    hall.people.close()


@pytest.mark.cr("1.5")
async def test_a_password_that_is_set_anew_takes_pin_and_badge_out_of_force(hall: Hall):
    """Somebody has seen kim's secrets: what the administrator does about it must hold for all of them."""
    office, desk = await hall.staffed(), at("desk 3")
    await hall.act(at(), "pin", "kim", new="2580", old=GOOD + "!")
    await hall.act(office, "badge", "kim", code="0471")
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    await hall.act(office, "password", "kim", new=OTHER)
    assert hall.people.find("kim").pin == ""
    with pytest.raises(Denied, match="is wrong"):
        await hall.people.sign_in(desk, "kim", "2580", "pin")
    with pytest.raises(Denied, match="password first"):
        await hall.people.sign_in(desk, "", "0471", "badge")
    assert hall.people.role(desk, "a.speed") == "view", "and who is signed in may do nothing more"


async def test_a_printed_name_has_no_sign_that_nobody_sees(hall: Hall):
    office = await hall.staffed()
    for change in ({"full_name": "Kim\u202e ada"}, {"full_name": "Kim\n"}, {"skills": ["weld\x1b[2J"]}):
        with pytest.raises(Denied, match="nobody can see"):
            await hall.act(office, "change", "kim", **change)
    assert hall.people.find("kim").full_name == ""
