"""Publishers put things there, stations fetch what is meant for them, and answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from hmi.core.errors import HmiError
from hmi.uplink.down import Offer, Publishing
from hmi.uplink.faults import Poison
from hmi.uplink.server import PlantServer

OFFER = Offer("orders", "toy", "", "week.toml", "", "by Friday", b"text\0of it", "signed")


@pytest.fixture
def office(url: str) -> Iterator[Publishing]:
    with closing(Publishing(url)) as made:
        yield made


@pytest.fixture
def desk(url: str) -> Iterator[PlantServer]:
    with closing(PlantServer(url)) as made:
        made.introduce("k", "desk 1", "Toy", "1")
        yield made


def test_a_station_gets_what_is_meant_for_it_as_it_was_published(office: Publishing, desk: PlantServer):
    mine = office.publish([OFFER, OFFER._replace(plant="other"), OFFER._replace(station="desk 2")])[0]
    found = desk.down.new("toy", "desk 1", [])
    assert found is not None
    assert (found.id, found.kind, found.file, found.signature) == (mine, "orders", b"text\0of it", "signed")
    assert found.why == "by Friday" and found.at_ns > 10**18 and len(found.sha256) == 32
    assert desk.down.new("toy", "desk 1", [mine]) is None


def test_many_come_one_at_a_time_and_in_order(office: Publishing, desk: PlantServer):
    numbers = office.publish([OFFER] * 12)
    known: list[int] = []
    while found := desk.down.new("toy", "desk 1", known):
        known.append(found.id)
    assert known == numbers


def test_what_is_taken_back_is_not_fetched_and_those_who_have_it_are_told(office: Publishing, desk: PlantServer):
    one, other = office.publish([OFFER, OFFER])
    office.withdraw(one)
    found = desk.down.new("toy", "desk 1", [])
    assert found is not None and found.id == other
    assert desk.down.withdrawn([one, other]) == [one] and desk.down.withdrawn([]) == []
    with pytest.raises(HmiError, match="was withdrawn before"):
        office.withdraw(one)


def test_the_answer_of_each_station_is_listed(office: Publishing, desk: PlantServer):
    (number,) = office.publish([OFFER])
    desk.down.tell(number, "waiting", "3 orders")
    desk.down.tell(number, "accepted", "by kim")
    (row,) = office.listed()
    assert (row["station"], row["state"], row["said"], row["name"]) == ("desk 1", "accepted", "by kim", "week.toml")


def test_all_or_nothing_is_published(office: Publishing):
    with pytest.raises(Poison):
        office.publish([OFFER, OFFER._replace(kind="nonsense")])
    assert office.listed() == []
