"""The orders that were agreed to, with the jobs that were started for them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hmi.core.errors import StoreError
from hmi.core.incoming import Item
from hmi.engine.orders import Orders
from hmi.store.inbox import Inbox
from tests.store.test_jobs import jobs

FILE = b'plant = "toy"\n[[order]]\nid = "4711"\nlot = "L7"\n[[order]]\nid = "4712"\ninstruction = "other"\n'


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    made = Inbox(tmp_path)
    for number, state in ((1, "accepted"), (2, "waiting")):
        item = Item(id=number, kind="orders", name=f"{number}.toml", state=state)
        made.bring(item, FILE.replace(b"47", b"47" if number == 1 else b"88"), "")
        made.keep(item)
    return made


def told(orders: Orders, to_do: bool = False) -> dict[str, list[str]]:
    return {row["id"]: [job["state"] for job in row["jobs"]] for row in orders.rows(to_do)}


def test_only_what_was_accepted_with_its_jobs(tmp_path: Path, inbox: Inbox):
    jobs(tmp_path, ("1-1", {"order": "4711"}, 3), ("1-2", {"order": "4711"}, 1), ("1-3", {"order": "4712"}, 3))
    orders = Orders(tmp_path, inbox)
    assert told(orders) == {"4711": ["open", "finished"], "4712": ["finished"]}
    assert told(orders, to_do=True) == {"4712": ["finished"]}, "it was carried out by another instruction than its own"
    assert orders.rows()[0]["came"] == 1 and orders.rows()[0]["lot"] == "L7"


def test_of_one_that_came_again_the_newest_counts(tmp_path: Path, inbox: Inbox):
    item = Item(id=5, kind="orders", name="5.toml", state="accepted")
    inbox.bring(item, b'plant = "toy"\n[[order]]\nid = "4711"\nlot = "L9"\n', "")
    inbox.keep(item)
    row = next(row for row in Orders(tmp_path, inbox).rows() if row["id"] == "4711")
    assert (row["lot"], row["came"]) == ("L9", 5)


def test_files_that_are_kept_no_longer_are_left_out_and_damaged_ones_are_told(tmp_path: Path, inbox: Inbox):
    path = inbox.path(inbox.items()[0])
    path.write_text("nonsense")
    with pytest.raises(StoreError, match="orders 1 cannot be read any more"):
        Orders(tmp_path, inbox).rows()
    path.unlink()
    assert Orders(tmp_path, inbox).rows() == []


def test_what_is_accepted_later_is_seen(tmp_path: Path, inbox: Inbox):
    orders = Orders(tmp_path, inbox)
    assert set(told(orders)) == {"4711", "4712"}
    waiting = inbox.items()[1]
    assert inbox.change(2, "waiting", msgspec.structs.replace(waiting, state="accepted"))
    assert set(told(orders)) == {"4711", "4712", "8811", "8812"}
