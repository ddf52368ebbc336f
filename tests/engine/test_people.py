"""Signing in, as a session meets it: the same words for every wrong, waiting that outlives restarts, roles by area."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_hello

from hmi.core.errors import StoreError
from hmi.core.plant.model import PeopleRules
from hmi.engine import people as room_file
from hmi.engine.people import SESSION_S, Denied
from hmi.store.people import FILE
from tests.engine.hall import GOOD, OTHER, Hall, at


@pytest.mark.cr("2.1")
async def test_roles_are_by_area_and_never_less_than_everybodys(hall: Hall):
    await hall.staffed()
    desk = at()
    assert hall.people.role(desk, "a.speed") == "view"
    await hall.people.sign_in(desk, "KIM", GOOD + "!")
    assert hall.people.role(desk, "a.level") == "operate"
    assert hall.people.role(desk, "a.speed") == "maintain"
    assert hall.people.role(desk, "b.speed") == "view"
    assert hall.people.name(desk) == "kim"
    await hall.people.sign_out(desk)
    assert (hall.people.role(desk, "a.speed"), hall.people.name(desk)) == ("view", "root")
    assert hall.events()[-2:] == [("signed in", "kim", "root"), ("signed out", "kim", "root")]


@pytest.mark.cr("1.10")
async def test_every_wrong_has_the_same_words(hall: Hall):
    desk = await hall.staffed()
    await hall.act(desk, "add", "old", password=OTHER, roles={"": "operate"}, expires_ns=1)
    await hall.act(desk, "add", "off", password=OTHER, roles={"": "operate"})
    await hall.act(desk, "change", "off", disabled=True)
    said = set()
    for name, secret in (("kim", "wrong"), ("nobody", "wrong"), ("old", OTHER), ("off", OTHER), ("kim", "")):
        with pytest.raises(Denied) as denied:
            await hall.people.sign_in(at("desk 2"), name, secret)
        said.add(str(denied.value))
    assert said == {"Name or password is wrong"}
    refused = [one.subject for one in hall.records if one.event == "refused"]
    assert refused == ["kim", "nobody here", "old", "off", "kim"], "a password typed as a name is not written down"


@pytest.mark.fault(rows=[30])
async def test_a_thousand_guesses_take_ages_and_a_restart_does_not_help(hall: Hall):
    await hall.staffed()
    tried = 0
    for guess in range(1000):
        try:
            await hall.people.check(f"desk {guess % 40}", "kim", f"guess {guess}")
        except Denied as denied:
            tried += "is wrong" in str(denied)
        hall.clock.advance(0.01)
        if guess % 100 == 50:
            hall = hall.again()
    assert tried <= 7
    with pytest.raises(Denied, match=r"wait \d+ s. Alarms and screens go on"):
        await hall.people.check("desk 1", "kim", GOOD + "!")
    assert (await hall.people.check("desk 1", "ada", GOOD)).name == "ada", "others are not locked out"
    hall.clock.advance(1000)
    assert (await hall.people.check("desk 1", "kim", GOOD + "!")).name == "kim"
    assert not [key for key in hall.people.book.tries if key == "name:kim"]
    hall.people.close()


@pytest.mark.cr("1.11")
async def test_guessing_names_from_one_station_makes_that_station_wait(hall: Hall):
    await hall.staffed()
    tried = 0
    for guess in range(200):
        try:
            await hall.people.check("desk 9", f"name {guess}", "x")
        except Denied as denied:
            tried += "is wrong" in str(denied)
    assert tried == room_file.STATION_TRIES
    assert (await hall.people.check("desk 1", "ada", GOOD)).name == "ada"


@pytest.mark.fault(rows=[30])
@pytest.mark.expect_log("people.json cannot be written")
async def test_a_full_disk_does_not_make_guessing_free(hall: Hall, monkeypatch: pytest.MonkeyPatch):
    await hall.staffed()

    def full(*_: object) -> None:
        raise StoreError("people.json cannot be written: nothing was changed")

    monkeypatch.setattr(room_file, "write_book", full)
    for _ in range(3):
        with pytest.raises(Denied, match="is wrong"):
            await hall.people.check("desk 1", "kim", "guess")
    with pytest.raises(Denied, match="wait"):
        await hall.people.check("desk 1", "kim", "guess")


@pytest.mark.cr("2.10")
async def test_who_cannot_be_written_down_is_not_signed_in(hall: Hall):
    await hall.staffed()
    hall.disk_full, desk = True, at()
    with pytest.raises(StoreError):
        await hall.people.sign_in(desk, "ada", GOOD)
    assert hall.people.person(desk) is None


async def test_a_pin_does_at_the_station_where_the_password_was_given_for_a_shift(hall: Hall):
    await hall.staffed()
    await hall.act(at(), "pin", "kim", new="2580", old=GOOD + "!")
    desk = at("desk 3")
    with pytest.raises(Denied, match="password first"):
        await hall.people.sign_in(desk, "kim", "2580", "pin")
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    await hall.people.sign_out(desk)
    assert (await hall.people.sign_in(desk, "kim", "2580", "pin")).name == "kim"
    with pytest.raises(Denied, match="password first"):
        await hall.people.sign_in(at("desk 4"), "kim", "2580", "pin")
    with pytest.raises(Denied, match="is wrong"):
        await hall.people.sign_in(desk, "kim", "2581", "pin")
    hall.clock.advance(SESSION_S + 1)
    with pytest.raises(Denied, match="password first"):
        await hall.people.sign_in(desk, "kim", "2580", "pin")


async def test_a_badge_needs_no_name(hall: Hall):
    office = await hall.staffed()
    await hall.act(office, "badge", "kim", code="0017-33")
    with pytest.raises(Denied, match="is kim's"):
        await hall.act(office, "badge", "ada", code="0017-33")
    desk = at()
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    await hall.people.sign_in(desk, "ada", GOOD)
    assert (await hall.people.sign_in(desk, "", "0017-33", "badge")).name == "kim"
    assert "0017-33" not in (hall.folder / FILE).read_text()
    with pytest.raises(Denied, match="is wrong"):
        await hall.people.sign_in(desk, "", "0017-34", "badge")


@pytest.mark.cr("1.3", "2.6")
async def test_a_session_ends_by_itself_and_with_the_account(hall: Hall):
    office = await hall.staffed()
    desk, tablet = at(), at("tablet")
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    hall.clock.advance(SESSION_S / 2)
    await hall.people.sign_in(tablet, "kim", GOOD + "!")
    await hall.people.sign_in(office, "ada", GOOD)
    hall.clock.advance(SESSION_S / 2)
    assert hall.people.person(desk) is None
    assert hall.people.person(tablet) is not None
    await hall.act(office, "change", "kim", disabled=True)
    assert hall.people.role(tablet, "a.speed") == "view"


@pytest.mark.expect_log("people.json is damaged")
@pytest.mark.cr("1.1")
async def test_damage_lets_nobody_in_and_nothing_else_stops(hall: Hall, caplog: pytest.LogCaptureFixture):
    await hall.staffed()
    hall.people.close()
    (hall.folder / FILE).write_bytes(b"{")
    with caplog.at_level(logging.ERROR):
        hurt = hall.again()
    assert "Put it back from a backup" in (await hurt.ask(at(), "whoami")).body["fault"]
    with pytest.raises(Denied, match="damaged"):
        await hurt.people.sign_in(at(), "ada", GOOD)
    with pytest.raises(StoreError, match="damaged"):
        await hurt.act(at(), "add", "eve", password=GOOD, roles={"": "administer"})
    assert (hall.folder / FILE).read_bytes() == b"{", "what may be mended by hand is not written over"
    assert hurt.people.role(at(), "a.speed") == "view"
    hurt.people.close()


@pytest.mark.fault(rows=[30])
@pytest.mark.cr("7.2")
async def test_a_flood_of_guesses_is_judged_one_at_a_time(hall: Hall):
    await hall.staffed()
    outcomes = await asyncio.gather(
        *(hall.people.check("desk 5", "kim", f"{guess}") for guess in range(50)), return_exceptions=True
    )
    assert sum("is wrong" in str(one) for one in outcomes) == 3
    assert all(isinstance(one, Denied) for one in outcomes)


@pytest.mark.cr("2.5")
async def test_a_locked_station_takes_every_role_until_a_window_signs_in(hall: Hall):
    hall.people._plant = replace(hall.people._plant, everyone="operate")
    await hall.staffed()
    desk, other, script = at(), at("desk 2"), at()
    script.hello = replace_hello(script.hello, program="command line")
    await hall.people.lock(desk)
    assert (hall.people.role(desk), hall.people.role(script), hall.people.role(other)) == ("view", "view", "operate")
    await hall.people.sign_in(script, "kim", GOOD + "!")
    assert hall.people.role(script, "a.speed") == "maintain", "who proves himself may do what he may anywhere"
    assert hall.people.role(desk) == "view", "but a script does not open the window"
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    assert not hall.people.is_locked(desk)
    await hall.people.sign_out(desk)
    assert hall.people.role(desk) == "operate"


async def test_a_station_that_locks_itself_is_open_only_while_somebody_is_signed_in(hall: Hall):
    rules = PeopleRules(accounts=True, lock=True)
    hall.people._plant = replace(hall.people._plant, everyone="operate", people=rules)
    desk = at()
    assert not hall.people.is_locked(desk), "nobody could unlock it yet"
    await hall.staffed()
    assert hall.people.is_locked(desk)
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    assert hall.people.role(at()) == "operate", "whoever else works there now"
    hall.people.closed(desk)
    assert hall.people.is_locked(desk)
    again = hall.again()
    again.people._plant = hall.people._plant
    assert again.people.is_locked(desk), "after a restart, too"
    again.people.close()


async def test_a_badge_is_not_guessed_from_one_invented_station_after_the_other(hall: Hall):
    """A badge has no name and takes no time to try: what is tried is counted, wherever a client says that it sits."""
    office, desk = await hall.staffed(), at("desk 1")
    await hall.act(office, "badge", "kim", code="0471")
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    tried = 0
    for code in range(471):
        try:
            await hall.people.check(f"desk {code + 2}", "", f"{code:04}", "badge")
        except Denied as denied:
            tried += "is wrong" in str(denied)
    assert tried == room_file.STATION_TRIES
    with pytest.raises(Denied, match="Too many wrong tries"):
        await hall.people.check("desk 1", "", "0471", "badge")
    assert (await hall.people.check("desk 1", "kim", GOOD + "!")).name == "kim", "by password he gets in"


async def test_invented_names_do_not_have_the_guesses_at_a_real_one_forgotten(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room_file, "_MOST_TRIES", 10)
    await hall.staffed()
    for _ in range(3):
        with pytest.raises(Denied, match="is wrong"):
            await hall.people.check("desk 1", "kim", "guess")
    for guess in range(20):
        with pytest.raises(Denied, match="is wrong"):
            await hall.people.check(f"desk {guess + 2}", f"nobody {guess}", "guess")
    assert len(hall.people.book.tries) <= 11
    with pytest.raises(Denied, match="Too many wrong tries"):
        await hall.people.check("desk 99", "kim", GOOD + "!")


@pytest.mark.cr("2.7")
async def test_a_person_is_at_no_more_windows_than_the_plant_allows(hall: Hall):
    hall.people._plant = replace(hall.people._plant, people=PeopleRules(accounts=True, sessions=1))
    await hall.staffed()
    desk, other, script = at("desk 1"), at("desk 2"), at("desk 1")
    script.hello = replace_hello(script.hello, program="command line")
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    await hall.people.sign_in(script, "kim", GOOD + "!")
    with pytest.raises(Denied, match="is wrong"):
        await hall.people.sign_in(other, "kim", "wrong")
    with pytest.raises(Denied, match="kim is signed in at desk 1 already"):
        await hall.people.sign_in(other, "kim", GOOD + "!")
    assert hall.people.person(other) is None
    assert [one.result for one in hall.records if one.event == "refused"][-1] == "is signed in at desk 1 already"
    hall.people.closed(desk)
    assert (await hall.people.sign_in(other, "kim", GOOD + "!")).name == "kim"


@pytest.mark.cr("2.12")
async def test_a_client_that_says_an_accounts_name_is_not_taken_for_that_person(hall: Hall):
    await hall.staffed()
    desk = at()
    desk.hello = replace_hello(desk.hello, user="Kim")
    assert hall.people.name(desk) == "Kim (not signed in)"
    assert hall.people.record_of("note", "note", "a", desk, "").user == "Kim (not signed in)"
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    assert hall.people.name(desk) == "kim"
    assert hall.people.name(at()) == "root"
