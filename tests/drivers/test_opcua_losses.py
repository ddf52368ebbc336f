from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from asyncua import ua

from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.batch import ROW, Batch
from hmi.core.tags import Tag
from hmi.drivers.driver import Health
from hmi.drivers.opcua_columns import Columns
from hmi.drivers.opcua_history import Stretch
from hmi.drivers.opcua_losses import EVERY_S, Losses
from hmi.drivers.opcua_losses import FULL as FULL_QUEUE
from hmi.drivers.opcua_publish import one_item
from hmi.drivers.opcua_rates import Rates
from hmi.drivers.opcua_values import decode
from tests.drivers.opcua_bytes import note_of

FULL = 0x0480


S = 10**9
TAGS = {index: Tag(index, f"a.t{index}", "filler", "x", "float64") for index in range(3)}


class Lossy:
    """What a connection declares, and what it looks for in the server's history."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.health = Health()
        self.gaps: list[tuple[int, int, str]] = []
        self.newest = np.zeros(3, np.int64)
        self.losses = Losses(
            "filler",
            self.health,
            Rates(self.clock),
            self.clock,
            lambda *gap: self.gaps.append(gap),
            TAGS,
            lambda: self.newest,
        )

    def values(self, *qualities: int, tag: int = 0, times: tuple[int, ...] = ()) -> None:
        rows = np.zeros(len(qualities), ROW)
        rows["quality"], rows["tag"], rows["received"] = qualities, tag, self.clock.now_ns()
        rows["time"] = times or 0
        self.losses.values(Batch(rows))
        self.losses.look()

    @property
    def wanted(self) -> list[tuple[int, int, int]]:
        return [(one.tag, one.after_ns, one.before_ns) for one in self.losses.missing._stretches]


def test_what_a_full_queue_cost_is_looked_for_between_the_values_around_it():
    lossy = Lossy()
    lossy.newest[1] = 10 * S
    lossy.values(0, FULL, 0, FULL, tag=1, times=(11 * S, 12 * S, 13 * S, 14 * S))
    lossy.newest[1] = 14 * S
    lossy.values(FULL, tag=1, times=(15 * S,))
    assert lossy.wanted == [(1, 11 * S, 12 * S), (1, 13 * S, 14 * S), (1, 14 * S, 15 * S)]
    assert (lossy.gaps, lossy.health.gaps) == ([], 0)  # as long as it may be had


@pytest.mark.expect_log("queue was full")
def test_what_the_history_does_not_have_either_is_a_gap_of_that_time():
    lossy = Lossy()
    stretches = [Stretch(1, 11 * S, 12 * S, FULL_QUEUE), Stretch(2, 13 * S, 14 * S, FULL_QUEUE)]
    lossy.losses.missing._given_up(stretches)
    lossy.losses.look()
    ((since, until, reason),) = lossy.gaps
    assert (since, until) == (12 * S, 14 * S)  # no subscription, so no interval before the first
    assert reason == "the server's queue was full 2 times: ask for these tags less often"


@pytest.mark.expect_log("filler: history has a gap: 3 notifications")
def test_notifications_that_never_came_are_a_gap_and_logged_once():
    lossy = Lossy()
    lossy.losses.notifications(1, 3)
    lossy.losses.notifications(1, 1)
    assert lossy.health.gaps == 2
    assert [reason for _, _, reason in lossy.gaps] == [
        "3 notifications never came and the server does not have them any more: is the network overloaded?",
        "1 notifications never came and the server does not have them any more: is the network overloaded?",
    ]


@pytest.mark.expect_log("queue was full")
def test_a_queue_that_was_full_is_a_gap_one_in_ten_seconds():
    lossy = Lossy()
    lossy.values(0, FULL, 0)
    for _ in range(20):
        lossy.clock.advance(EVERY_S / 21)
        lossy.values(FULL, FULL | q.UNCERTAIN_SENSOR)
    assert [reason.split(":")[0] for _, _, reason in lossy.gaps] == ["the server's queue was full 1 times"]
    lossy.clock.advance(EVERY_S / 10)
    lossy.values()
    assert [reason.split(":")[0] for _, _, reason in lossy.gaps][1:] == ["the server's queue was full 40 times"]
    (_, first, _), (start, end, _) = lossy.gaps
    assert first <= start < end


def test_other_bits_of_a_status_are_none_of_it():
    lossy = Lossy()
    lossy.values(0, 0x0400, 0x0080, q.BAD_SENSOR_FAILURE, q.UNCERTAIN_SENSOR)
    assert lossy.gaps == []


def test_the_bit_comes_through_the_decoder_and_the_value_is_good_all_the_same():
    columns = Columns([Tag(0, "level", "plc", "ns=2;s=L", "float64")], one_item, decode)
    stamp = datetime(2026, 3, 1, tzinfo=UTC)
    value = ua.DataValue(ua.Variant(1.5, ua.VariantType.Double), ua.StatusCode(FULL), stamp, stamp)
    body = note_of([(0, value)])
    batch = columns.decode(body, 0, len(body), 0).batch
    assert batch.rows["quality"].tolist() == [FULL]
    assert q.word(FULL) == "good"
