"""What administrators do to accounts, and everybody to his own password."""

from __future__ import annotations

import msgspec
import pytest

from hmi.core.people import Account
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
    with pytest.raises(Denied, match="password of before"):
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
