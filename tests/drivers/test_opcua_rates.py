"""What a server makes of what is asked: nothing is lost by it, and it is told."""

from __future__ import annotations

import math

import pytest
from asyncua import ua

from hmi.clock import HandClock
from hmi.core.errors import DeviceError
from hmi.core.plant.model import Connection
from hmi.drivers.opcua_rates import BIGGEST_QUEUE, SMALLEST_QUEUE, Rate, Rates
from tests.drivers.devices import Device, running, tags_of

LEVEL = "ns=2;s=Filler.Level"


def rate(period_ms: int = 100, publishing_ms: float = 100.0, **what) -> Rate:
    return Rate(period_ms, 1, publishing_ms, 1.0, 0.0, 0, **{"asked_ms": 100.0, **what})


def result(sampling_ms: float, queue: int, status: int = 0) -> ua.MonitoredItemCreateResult:
    return ua.MonitoredItemCreateResult(ua.StatusCode(status), 1, sampling_ms, queue)


@pytest.mark.parametrize(
    ("period_ms", "publishing_ms", "queue"),
    [
        (100, 100, SMALLEST_QUEUE),
        (100, 2000, 40),
        (1000, 2000, SMALLEST_QUEUE),
        (10, 250, 50),
        (10, 60_000, BIGGEST_QUEUE),
    ],
)
def test_a_queue_holds_what_comes_between_two_responses(period_ms: int, publishing_ms: float, queue: int):
    assert rate(period_ms, publishing_ms).queue == queue


def test_what_is_as_asked_is_not_told():
    asked = rate()
    asked.settled([result(100, 10), result(50, 20), result(100, 0), result(0, 0, ua.StatusCodes.BadNodeIdUnknown)])
    assert asked.revisions() == []


def test_what_is_not_as_asked_is_told_with_how_many():
    asked = rate(publishing_ms=500, lifetime_s=5)
    asked.settled([result(250, 1), result(250, 10), result(1000, 10)])
    assert asked.revisions() == [
        "publishes every 500 ms instead of 100",
        "forgets the subscription after 5 s instead of 30",
        "samples 2 tags every 250 ms instead of 100",
        "samples 1 tag every 1000 ms instead of 100",
        "keeps 1 values of 1 tag instead of 10",
    ]


async def test_a_server_that_publishes_slowly_loses_no_value_by_it():
    device = Device("opcua", "255", "2000")
    device.start()
    try:
        connection = Connection("device", "opcua", device.address, publish_ms=100)
        async with running(connection, tags_of([(LEVEL, "float64")])) as run:
            await run.until(lambda: len(run.rows(LEVEL)) >= 45)
            values = [float(row["value"]) for row in run.rows(LEVEL)]
            assert values == [values[0] + step for step in range(len(values))]
            assert len(run.batches) < 10
            assert run.driver.health.revised == {"publishing": 1, "sampling": 1}
            assert run.driver.health.note == (
                "at 100 ms the server publishes every 2000 ms instead of 100, "
                "samples 1 tag every 2000 ms instead of 100"
            )
    finally:
        device.kill()


async def test_each_rate_is_settled_for_itself(shared_opcua: Device):
    tags = tags_of([(LEVEL, "float64"), ("ns=2;s=Filler.Total", "int64")])
    async with running(Connection("device", "opcua", shared_opcua.address), tags) as run:
        await run.until_live()
        assert (run.driver.health.revised, run.driver.health.note) == ({}, "")
        assert run.driver._rates.silence_s() == 0.0


@pytest.mark.parametrize("interval_ms", [math.nan, math.inf, -1.0, 1e300])
async def test_an_interval_that_cannot_be_is_refused_in_words(interval_ms: float):
    """Found by a fuzz of 10,000 seeds: the queue was calculated with it."""

    class Mad:
        where = "plc:4840"

        async def subscribe(self, *_: object) -> ua.CreateSubscriptionResult:
            return ua.CreateSubscriptionResult(1, interval_ms, 30, 10)

    rates = Rates(HandClock())
    with pytest.raises(DeviceError, match=r"plc:4840 wants to publish every .+ ms, which cannot be"):
        await rates.of(Mad(), 100, lambda _: None)  # type: ignore[arg-type]
    assert len(rates) == 0
