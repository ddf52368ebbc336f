"""Blocks that the plant server does not take: kept in mind, tried anew, forgotten when it has them or they are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.core.outgoing import NOWHERE, Place, Shipment
from hmi.engine.forward_left import MOST, LeftOut
from hmi.store.outbox import Outbox
from hmi.store.sent import Left
from hmi.uplink.faults import Poison
from tests.uplink.recorded import record_hours

pytestmark = pytest.mark.expect_log("does not take a block of")


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    record_hours(tmp_path, 1)
    return Outbox(tmp_path)


def single(outbox: Outbox) -> list[Shipment]:
    """Every block of the station as a shipment of its own."""
    return [
        whole._replace(blocks=(block,)) for whole in outbox.shipments({}, most_bytes=10**9) for block in whole.blocks
    ]


def test_it_is_named_with_what_the_server_said_and_known_to_the_next_run(outbox: Outbox):
    first = single(outbox)[0]
    left = LeftOut()
    left.add(first, Poison("bad value"))
    name = first.tags[first.blocks[0].tag].name
    assert left.words == (f"{name}: bad value",)
    assert left.known == (Left(first.day, first.place, f"{name}: bad value"),)
    assert LeftOut(left.known).words == left.words


def test_what_was_gone_past_is_tried_anew_and_forgotten_when_the_server_takes_it(outbox: Outbox):
    one, other = single(outbox)[:2]
    left, put = LeftOut(), list[Place]()
    left.add(one, Poison("x"))
    left.add(other, Poison("y"))

    def take(shipment: Shipment) -> None:
        if shipment.place == other.place:
            raise Poison("still not")
        put.append(shipment.place)

    left.anew(outbox, {one.day: max(one.place, other.place)}, take)
    assert put == [one.place] and [known.place for known in left.known] == [other.place]


def test_what_comes_with_the_sending_itself_is_not_sent_twice(outbox: Outbox):
    one = single(outbox)[0]
    left = LeftOut()
    left.add(one, Poison("x"))
    left.anew(outbox, {one.day: NOWHERE}, lambda shipment: pytest.fail("the sending brings it"))
    assert len(left.known) == 1
    left.taken(one)
    assert left.known == ()


def test_what_is_no_longer_here_is_forgotten(outbox: Outbox):
    gone = Left(1, (1, 1, 1), "a: x")
    for sent in ({1: (9, 9, 9)}, {}):  # gone past, or the last of a day that was dropped before anything came behind
        left = LeftOut((gone,))
        left.anew(outbox, sent, lambda shipment: pytest.fail("there is none"))
        assert left.known == ()


def test_no_more_are_kept_in_mind_than_anybody_could_look_at(outbox: Outbox):
    one = single(outbox)[0]
    left = LeftOut([Left(1, (place, 1, 1), "x") for place in range(MOST)])
    left.add(one, Poison("new"))
    assert len(left.known) == MOST and left.words[-1].endswith("new")
