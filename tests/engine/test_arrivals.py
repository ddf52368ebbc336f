"""What comes from a real plant server is judged before anybody sees it, and answered for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from hmi.clock import HandClock
from hmi.core import minisign
from hmi.core.incoming import Item
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.engine.arrivals import Arrivals
from hmi.plantfiles.bundle_pack import pack
from hmi.plantfiles.folder import load_folder
from hmi.plantfiles.signing import FOLDER, signed
from hmi.uplink.down import Offer, Publishing
from hmi.uplink.server import PlantServer
from tests.update.standin import KEY, STRANGER, make_plant

ORDERS = 'plant = "mill"\n[[order]]\nid = "4711"\n'


class Desk:
    """A station that runs version 2 of the mill, and an office that publishes."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.records = folder, list[Record]()
        self.plant: Plant = load_folder(make_plant(folder / "mill", version=2))
        self.data = folder / "data"
        self.data.mkdir()
        self.office, self.server = Publishing(url), PlantServer(url)
        self.server.introduce("k", "desk 1", "Mill", "1")
        self.arrivals = Arrivals(self.data, lambda: self.plant, HandClock(), self.records.append, "desk 1")

    def trust(self) -> None:
        (self.data / FOLDER).mkdir()
        (self.data / FOLDER / "own.pub").write_text(minisign.write_public(KEY.public_key))

    def pack(self, version: int, **more: object) -> bytes:
        made = make_plant(self.folder / f"v{version}{os.urandom(3).hex()}", version, **more)  # type: ignore[arg-type]
        pack(made, made.with_suffix(".hmiplant"))
        return made.with_suffix(".hmiplant").read_bytes()

    def publish(self, kind: str, file: bytes, signature: str = "", plant: str = "mill") -> int:
        name = "mill.hmiplant" if kind == "plant" else "week.toml"
        return self.office.publish([Offer(kind, plant, "", name, "", "", file, signature)])[0]

    def look(self) -> dict[int, Item]:
        self.waiting = self.arrivals.look(self.server.down)
        return {item.id: item for item in self.arrivals.inbox.items()}


@pytest.fixture
def desk(tmp_path: Path, url: str) -> Iterator[Desk]:
    made = Desk(tmp_path, url)
    with closing(made.office), closing(made.server):
        yield made


def test_good_ones_wait_for_a_person_and_the_server_hears_of_it(desk: Desk):
    desk.trust()
    plant = desk.publish("plant", desk.pack(3))
    orders = desk.publish("orders", ORDERS.encode(), signed(minisign.digest(ORDERS.encode()), KEY, "orders"))
    items = desk.look()
    assert desk.waiting == 2
    assert (items[plant].state, items[plant].version, items[plant].signed_by) == ("waiting", 3, KEY.public_key.name)
    assert items[plant].said == "version 2 is in force" and items[orders].said == "1 orders: 4711"
    assert [(row["id"], row["state"], row["station"]) for row in desk.office.listed()] == [
        (plant, "waiting", "desk 1"),
        (orders, "waiting", "desk 1"),
    ]
    assert [record.event for record in desk.records] == ["arrived", "arrived"]
    desk.look()
    assert len(desk.records) == 2, "once"


BAD: list[tuple[str, Callable[[Desk], int], str]] = [
    ("stranger", lambda d: d.publish("plant", d.pack(3, key=STRANGER)), "does not trust"),
    ("other plant", lambda d: d.publish("plant", d.pack(3, plant="other")), "of the plant 'other'"),
    ("same", lambda d: d.publish("plant", d.pack(2)), "in force here already"),
    ("older", lambda d: d.publish("plant", d.pack(1)), "older than version 2"),
    ("no pack", lambda d: d.publish("plant", b"nonsense"), "no plant pack"),
    ("cut", lambda d: d.publish("plant", d.pack(3)[:-100]), "no plant pack, or was cut short"),
    ("unsigned orders", lambda d: d.publish("orders", ORDERS.encode()), "no signature"),
    (
        "changed orders",
        lambda d: d.publish("orders", ORDERS.encode() + b"\n", signed(minisign.digest(ORDERS.encode()), KEY, "o")),
        "changed or damaged",
    ),
]


@pytest.mark.parametrize(("put", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_ones_are_refused_in_words_and_never_offered(desk: Desk, put: Callable[[Desk], int], says: str):
    desk.trust()
    number = put(desk)
    item = desk.look()[number]
    assert item.state == "refused" and says in item.said and "\n" not in item.said
    assert desk.waiting == 0
    (row,) = desk.office.listed()
    assert row["state"] == "refused" and says in row["said"]
    assert [record.event for record in desk.records] == ["refused"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "not TOML"),
        (ORDERS.replace("mill", "other"), "for the plant 'other'"),
        (ORDERS + 'instruction = "none"\n', "there is no instruction none"),
        (ORDERS + 'equipment = "none"\n', "there is no equipment none"),
    ],
)
def test_orders_that_do_not_fit_are_refused(desk: Desk, text: str, says: str):
    number = desk.publish("orders", text.encode())
    item = desk.look()[number]
    assert item.state == "refused" and says in item.said


def test_where_no_key_is_trusted_it_says_so(desk: Desk):
    number = desk.publish("plant", desk.pack(3, key=STRANGER))
    item = desk.look()[number]
    assert item.state == "waiting" and "signed by nobody whom this station trusts" in item.words


def test_the_newest_version_supersedes_those_that_wait(desk: Desk):
    first = desk.publish("plant", desk.pack(3))
    desk.look()
    second = desk.publish("plant", desk.pack(4))
    items = desk.look()
    assert items[first].state == "superseded" and items[first].said == f"by {second}, version 4"
    assert items[second].state == "waiting" and desk.waiting == 1


def test_a_version_that_came_another_way_waits_for_nobody(desk: Desk):
    number = desk.publish("plant", desk.pack(3))
    assert desk.look()[number].state == "waiting"
    desk.plant = load_folder(make_plant(desk.folder / "mill", version=3))
    item = desk.look()[number]
    assert (item.state, item.said) == ("superseded", "version 3 is in force") and desk.waiting == 0


def test_what_is_taken_back_is_not_offered_any_more(desk: Desk):
    number = desk.publish("plant", desk.pack(3))
    assert desk.look()[number].state == "waiting"
    desk.office.withdraw(number)
    assert desk.look()[number].state == "withdrawn" and desk.waiting == 0


def test_many_come_in_several_looks(desk: Desk):
    numbers = [desk.publish("orders", ORDERS.encode()) for _ in range(7)]
    assert list(desk.look()) == numbers[:5]
    assert list(desk.look()) == numbers


@pytest.mark.expect_log("came damaged: it is fetched again")
def test_what_came_damaged_is_fetched_again(desk: Desk, url: str):
    number = desk.publish("plant", desk.pack(3))
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("ALTER TABLE hmi.published RENAME COLUMN file TO whole")
        db.execute("ALTER TABLE hmi.published ADD COLUMN file bytea NOT NULL DEFAULT 'half'")
        assert desk.look() == {}
        db.execute("ALTER TABLE hmi.published DROP COLUMN file")
        db.execute("ALTER TABLE hmi.published RENAME COLUMN whole TO file")
    assert desk.look()[number].state == "waiting"
