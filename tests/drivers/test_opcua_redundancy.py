"""Which of several servers to use, on a clock that the test turns."""

from __future__ import annotations

import pytest
from asyncua import ua

from hmi.clock import HandClock
from hmi.drivers.opcua_redundancy import HOLD_S, MARGIN, STAY_S, ServerSet, level_of, sub_range

A, B, C = "opc.tcp://a:4840", "opc.tcp://b:4840", "opc.tcp://c:4840"


class Pair:
    """Servers that have told their levels; the first is in use."""

    def __init__(self, *levels: int | None) -> None:
        self.clock = HandClock()
        self.servers = ServerSet((A, B, C)[: len(levels)], self.clock)
        self.servers.use(A)
        self.say(*levels)
        self.clock.advance(STAY_S)

    def say(self, *levels: int | None) -> None:
        for address, level in zip((A, B, C), levels, strict=False):
            self.servers.told(address, level)

    def best(self) -> str:
        found = self.servers.best()
        return "" if found is None else found[0]


@pytest.mark.parametrize(
    ("level", "expected"), [(0, 0), (1, 1), (2, 2), (199, 2), (200, 3), (255, 3)]
)  # fmt: skip
def test_sub_ranges_are_those_of_the_standard(level: int, expected: int):
    assert sub_range(level) == expected


@pytest.mark.parametrize(
    ("here", "there", "at_once"),
    [
        (255, 255, False),
        (200, 255, False),  # both healthy: the difference may be load
        (199, 200, True),
        (100, 255, True),
        (100, 199, False),
        (1, 2, True),
        (0, 1, True),
        (0, 0, False),
        (255, 100, False),
        (None, 255, False),  # it tells nothing: no reason to leave it
        (100, None, False),
        (None, None, False),
    ],
)
def test_a_better_sub_range_is_reason_enough(here: int | None, there: int | None, at_once: bool):
    assert Pair(here, there).best() == (B if at_once else "")


def test_within_a_sub_range_it_takes_a_difference_that_lasts():
    pair = Pair(220, 220 + MARGIN)
    assert pair.best() == ""
    pair.clock.advance(HOLD_S - 1)
    assert pair.best() == ""
    pair.clock.advance(1)
    assert pair.best() == B
    small = Pair(220, 220 + MARGIN - 1)
    small.best()
    small.clock.advance(10 * HOLD_S)
    assert small.best() == ""


def test_a_difference_that_comes_and_goes_is_none():
    pair = Pair(220, 250)
    for _ in range(10):
        assert pair.best() == ""
        pair.clock.advance(HOLD_S / 2)
        pair.say(245)
        assert pair.best() == ""
        pair.say(220)


def test_two_that_fall_in_turn_are_not_followed_faster_than_they_can_be_used():
    pair = Pair(100, 255)
    assert pair.best() == B
    pair.servers.use(B)
    pair.say(255, 100)
    assert pair.best() == ""
    pair.clock.advance(STAY_S)
    assert pair.best() == A


def test_who_has_failed_is_not_gone_to_and_comes_last():
    pair = Pair(100, 255, 220)
    pair.servers.failed(B, "connection refused by b:4840")
    assert pair.best() == C
    assert pair.servers.order() == [C, A, B]
    assert pair.servers.words() == "no standby: connection refused by b:4840"
    pair.say(100, 255, 220)
    assert pair.servers.order() == [B, C, A]
    assert pair.servers.words() == ""
    assert pair.best() == B


def test_servers_that_tell_no_level_are_tried_as_the_plant_file_has_them():
    servers = ServerSet((A, B), HandClock())
    servers.use(A)
    servers.failed(A, "lost")
    assert servers.order() == [A, B]


def test_one_that_is_lost_comes_after_those_that_tell_a_level():
    pair = Pair(255, 200)
    pair.servers.failed(A, "lost")
    assert pair.servers.order() == [B, A]


def test_the_reason_says_whether_it_fell():
    pair = Pair(100, 255)
    assert pair.servers.best() == (B, "its service level is 100, the other's is 255")
    pair.servers.use(B)
    pair.say(255, 90)
    pair.clock.advance(STAY_S)
    assert pair.servers.best() == (A, "its service level fell to 90, the other's is 255")


@pytest.mark.parametrize(
    ("variant", "status", "level"),
    [
        (ua.Variant(200, ua.VariantType.Byte), 0, 200),
        (ua.Variant(0, ua.VariantType.Byte), 0, 0),
        (ua.Variant(200, ua.VariantType.Byte), ua.StatusCodes.BadNodeIdUnknown, None),
        (ua.Variant("255", ua.VariantType.String), 0, None),
        (ua.Variant(256, ua.VariantType.Int32), 0, None),
        (ua.Variant(True, ua.VariantType.Boolean), 0, None),
        (None, ua.StatusCodes.BadNodeIdUnknown, None),
    ],
)
def test_what_is_no_level_is_none(variant: ua.Variant | None, status: int, level: int | None):
    assert level_of(ua.DataValue(variant, ua.StatusCode(status))) == level
