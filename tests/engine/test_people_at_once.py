"""Several people, windows and guesses at the same moment: none slips past a rule, and none undoes another."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hmi.core.journal import Record
from hmi.core.people import Account
from hmi.core.plant.model import PeopleRules
from hmi.engine import people as room_file
from hmi.engine.people import Denied
from hmi.store.people import Book, read_book
from tests.engine.hall import GOOD, Hall, at


async def test_of_two_windows_at_the_same_moment_one_is_too_many(hall: Hall, monkeypatch: pytest.MonkeyPatch):
    hall.people._plant = replace(hall.people._plant, people=PeopleRules(accounts=True, sessions=1))
    await hall.staffed()
    check, write_down, judged, slow = hall.people.check, hall.people.write_down, list[str](), asyncio.Event()

    async def counted(*args: str) -> Account:
        account = await check(*args)
        judged.append(account.name)
        if len(judged) == 2:
            asyncio.get_running_loop().call_soon(slow.set)
        return account

    async def slowly(record: Record) -> int:
        await slow.wait()  # the disk is busy until the other one has proven who he is, too
        return await write_down(record)

    monkeypatch.setattr(hall.people, "check", counted)
    monkeypatch.setattr(hall.people, "write_down", slowly)
    both = [hall.people.sign_in(at(f"desk {number}"), "kim", GOOD + "!") for number in (1, 2)]
    told = await asyncio.gather(*both, return_exceptions=True)
    assert sum("is signed in at desk" in str(one) for one in told if isinstance(one, Denied)) == 1
    assert len([one for one in hall.people._signed if one.hello.station != "office"]) == 1


async def test_nobody_is_left_signed_in_at_a_window_that_has_gone_meanwhile(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
):
    await hall.staffed()
    desk, write_down = at(), hall.people.write_down

    async def slowly(record: Record) -> int:
        hall.people.closed(desk)
        return await write_down(record)

    monkeypatch.setattr(hall.people, "write_down", slowly)
    with pytest.raises(Denied, match="has gone"):
        await hall.people.sign_in(desk, "kim", GOOD + "!")
    assert desk not in hall.people._signed and not hall.people._coming
    assert [one.event for one in hall.records[-2:]] == ["signed in", "signed out"]


async def test_a_guess_and_a_change_at_the_same_moment_undo_neither(hall: Hall, monkeypatch: pytest.MonkeyPatch):
    """Whoever guesses on and on must not have it undone that his account was barred."""
    office = await hall.staffed()
    begun, go_on, write_book = threading.Event(), threading.Event(), room_file.write_book

    def slowly(folder: Path, book: Book) -> None:
        begun.set()
        assert go_on.wait(30)
        write_book(folder, book)

    monkeypatch.setattr(room_file, "write_book", slowly)
    guess = asyncio.ensure_future(hall.people.check("desk 1", "kim", "guess"))
    assert await asyncio.to_thread(begun.wait, 30)
    barred = asyncio.ensure_future(hall.act(office, "change", "kim", disabled=True))
    await asyncio.sleep(0)  # it has come as far as it can while the disk is busy
    go_on.set()
    await barred
    with pytest.raises(Denied):
        await guess
    assert hall.people.find("kim").disabled and hall.people.book.tries["name:kim"].count == 1
    assert read_book(hall.folder) == hall.people.book
