"""One decision, in words, by somebody who may; the whole way is tried in tests/commands/test_inbox.py."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hmi.core.incoming import Item
from hmi.engine.inbox_verbs import InboxVerbs
from hmi.store.inbox import Inbox
from tests.engine.hall import Hall, at

ORDERS = b'plant = "toy"\n[[order]]\nid = "1"\n[[order]]\nid = "2"\n'


class Room:
    """The verbs of a station where ada administers."""

    def __init__(self, hall: Hall, pool: ThreadPoolExecutor) -> None:
        self.hall, self.inbox, self.told = hall, Inbox(hall.folder), list[int]()
        made = InboxVerbs(hall.folder, self.inbox, None, hall.people, hall.clock, pool, self.told.append)
        self.verbs = made.verbs

    def put(self, number: int, kind: str = "orders", file: bytes = ORDERS) -> None:
        item = Item(id=number, kind=kind, name="week.toml", said="2 orders: 1, 2")
        self.inbox.bring(item, file, "")
        self.inbox.keep(item)


@pytest.fixture
def room(hall: Hall) -> Iterator[Room]:
    with ThreadPoolExecutor(1) as pool:
        yield Room(hall, pool)


async def test_who_may_decides_and_the_journal_has_it(room: Room):
    office = await room.hall.staffed()
    room.put(1)
    room.put(2)
    guest = await room.verbs["inbox_decide"](at(), {"id": 1, "accept": True})
    assert not guest.ok and "needs the role operate" in guest.text
    asked = await room.verbs["inbox_decide"](office, {"id": 1, "accept": True, "only_ask": True})
    assert asked.ok and asked.body["kind"] == "orders" and room.told == []
    done = await room.verbs["inbox_decide"](office, {"id": 1, "accept": True, "why": "planned"})
    assert done.ok and done.text.startswith("1 accepted by ada: orders, week.toml")
    assert room.told == [1]
    record = room.hall.records[-1]
    assert (record.event, record.subject, record.user, record.why) == ("accepted", "plant server", "ada", "planned")
    listed = await room.verbs["inbox"](office, {})
    assert [row["state"] for row in listed.body] == ["accepted", "waiting"]


async def test_orders_that_were_accepted_are_listed(room: Room):
    office = await room.hall.staffed()
    room.put(1)
    await room.verbs["inbox_decide"](office, {"id": 1, "accept": True})
    found = await room.verbs["orders"](office, {})
    assert [(row["id"], row["came"], row["jobs"]) for row in found.body] == [("1", 1, []), ("2", 1, [])]


async def test_a_pack_that_is_no_good_any_more_changes_nothing(room: Room):
    office = await room.hall.staffed()
    room.put(3, "plant", b"nonsense")
    with pytest.raises(Exception, match="no plant pack"):
        await room.verbs["inbox_decide"](office, {"id": 3, "accept": True})
    assert room.inbox.items()[0].state == "waiting"
