from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary

from hmi.core.plant.model import Connection
from hmi.drivers import opcua_publish
from hmi.drivers.opcua_layout import Declined
from hmi.drivers.opcua_publish import can_be_placed, one_item, place
from tests.drivers.devices import Device, Running, running, tags_of

LEVEL = "ns=2;s=Filler.Level"
EXACT = "ns=2;s=Filler.Exact"  # changed by nobody but those who write it


def connection(device: Device) -> Connection:
    return Connection("device", "opcua", device.address)


def level():
    return tags_of([(LEVEL, "float64")])


def library_session(run: Running) -> Any:
    """The library's own session under the driver."""
    return run.driver._session._client.uaclient.session


def tamper(run: Running, change: Callable[[ua.PublishRequest, Buffer], Buffer | ua.PublishRequest]) -> None:
    """Let every publish response pass `change`, which may swallow it, as if lost, by asking another in its place."""
    session = library_session(run)
    send = session._send_request

    async def altered(request: Any, *args: Any, **named: Any) -> Buffer:
        while True:
            data = await send(request, *args, **named)
            if not isinstance(request, ua.PublishRequest):
                return data
            kept = change(request, data)
            if isinstance(kept, Buffer):
                return kept
            request = kept

    session._send_request = altered


def result_of(data: Buffer) -> ua.PublishResult:
    return struct_from_binary(ua.PublishResponse, data.copy()).Parameters


def is_whole(run: Running, count: int) -> bool:
    """Whether so many values came, one after another as the server counts them."""
    values = [float(row["value"]) for row in run.rows(LEVEL)]
    return len(values) >= count and values == [values[0] + step for step in range(len(values))]


def test_the_library_still_has_what_the_loop_stands_on():
    """When this fails the library has moved: values still come, but 20 times slower. Mend opcua_publish."""
    assert can_be_placed(Client("opc.tcp://127.0.0.1:1").uaclient.session)


@pytest.mark.parametrize("lacking", ["_publish_loop", "_send_request", "republish", "ensure_publish_loop"])
def test_a_library_that_has_moved_is_left_alone(lacking: str, monkeypatch: pytest.MonkeyPatch):
    session = Client("opc.tcp://127.0.0.1:1").uaclient.session
    monkeypatch.delattr(type(session), lacking)
    assert not place(session, None)
    assert "_publish_loop" not in vars(session)


async def test_without_the_loop_values_come_the_plain_way(shared_opcua: Device, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opcua_publish, "can_be_placed", lambda _: False)
    async with running(connection(shared_opcua), level()) as run:
        await run.until(lambda: is_whole(run, 5))
        assert not run.driver.undecoded
        assert run.driver.columns.fast == 0
        assert run.driver.columns.slow >= 4


async def test_several_requests_are_out_and_every_notification_is_acknowledged(shared_opcua: Device):
    received: list[int] = []
    acknowledged: list[int] = []
    async with running(connection(shared_opcua), level()) as run:
        await run.until_live()
        names = [task.get_name() for task in asyncio.all_tasks()]
        assert len([name for name in names if name.startswith("OPC UA publish request")]) == 3

        def note(request: ua.PublishRequest, data: Buffer) -> Buffer:
            acknowledged.extend(a.SequenceNumber for a in request.Parameters.SubscriptionAcknowledgements)
            result = result_of(data)
            assert all(status.is_good() for status in result.Results)
            assert len(result.AvailableSequenceNumbers) <= 4
            if result.NotificationMessage.NotificationData:
                received.append(result.NotificationMessage.SequenceNumber)
            return data

        tamper(run, note)
        await run.until(lambda: len(acknowledged) >= 12)
    assert received == sorted(set(received))
    first = acknowledged.index(received[0])
    assert acknowledged[first:] == received[: len(acknowledged) - first]


async def test_a_notification_that_did_not_come_is_had_again(shared_opcua: Device):
    swallowed: list[int] = []

    def swallow(_request: ua.PublishRequest, data: Buffer) -> Buffer | ua.PublishRequest:
        message = result_of(data).NotificationMessage
        if len(swallowed) >= 2 or not message.NotificationData:
            return data
        swallowed.append(message.SequenceNumber)
        return ua.PublishRequest()

    async with running(connection(shared_opcua), level()) as run:
        await run.until_live()
        tamper(run, swallow)
        count = len(run.rows(LEVEL))
        await run.until(lambda: len(swallowed) == 2 and len(run.rows(LEVEL)) > count + 8)
        assert is_whole(run, count + 8)
        assert run.driver.health.gaps == run.driver.health.reconnects == 0


@pytest.mark.expect_log("history has a gap: 1 notifications never came")
async def test_a_notification_that_is_gone_for_good_is_a_declared_gap(shared_opcua: Device):
    gaps: list[tuple[int, int, str]] = []
    lost: list[ua.SubscriptionAcknowledgement] = []

    def lose(_request: ua.PublishRequest, data: Buffer) -> Buffer | ua.PublishRequest:
        result = result_of(data)
        if lost or not result.NotificationMessage.NotificationData:
            return data
        lost.append(ua.SubscriptionAcknowledgement(result.SubscriptionId, result.NotificationMessage.SequenceNumber))
        another = ua.PublishRequest()
        another.Parameters.SubscriptionAcknowledgements = lost  # so that the server throws it away
        return another

    async with running(connection(shared_opcua), level()) as run:
        await run.until_live()
        run.driver.on_gap = lambda *gap: gaps.append(gap)
        tamper(run, lose)
        await run.until(lambda: bool(gaps))
        count = len(run.rows(LEVEL))
        await run.until(lambda: len(run.rows(LEVEL)) > count + 2)
        assert run.driver.health.gaps == len(gaps) == 1
        assert run.driver.health.reconnects == 0
    since_ns, until_ns, reason = gaps[0]
    times = [int(row["time"]) for row in run.rows(LEVEL)]
    missing = [(a, b) for a, b in pairwise(times) if a <= until_ns and b > since_ns]
    assert missing
    assert 0 < until_ns - since_ns < 5_000_000_000
    assert "never came" in reason


@pytest.mark.expect_log("history has a gap: 1 notifications never came")
async def test_the_last_change_of_a_tag_is_known_although_its_notification_is_lost(shared_opcua: Device):
    """It changes once, and then not for hours: the value of before would be shown as live all the time."""
    lost: list[ua.SubscriptionAcknowledgement] = []

    def lose(_request: ua.PublishRequest, data: Buffer) -> Buffer | ua.PublishRequest:
        message = result_of(data).NotificationMessage
        changes = [part for part in message.NotificationData if isinstance(part, ua.DataChangeNotification)]
        values = [item.Value.Value.Value for part in changes for item in part.MonitoredItems]
        if lost or wanted not in values:
            return data
        lost.append(ua.SubscriptionAcknowledgement(result_of(data).SubscriptionId, message.SequenceNumber))
        another = ua.PublishRequest()
        another.Parameters.SubscriptionAcknowledgements = lost
        return another

    async with running(connection(shared_opcua), tags_of([(LEVEL, "float64"), (EXACT, "float64")])) as run:
        await run.until(lambda: run.last(EXACT) is not None)
        await run.until_live()
        wanted = float(run.last(EXACT)["value"]) + 17.25
        tamper(run, lose)
        count = len(run.rows(LEVEL))
        await run.until(lambda: len(run.rows(LEVEL)) > count + 10)  # answers to requests that were out already pass
        async with Client(shared_opcua.address) as other:
            await other.get_node(EXACT).write_value(ua.DataValue(ua.Variant(wanted, ua.VariantType.Double)))
        await run.until(lambda: bool(lost))
        await run.until(lambda: float(run.last(EXACT)["value"]) == wanted)
        assert run.driver.health.reconnects == 0
    times = [int(row["time"]) for row in run.rows(LEVEL)]
    assert times == sorted(times), "what was read beside the subscription is not older than what that told"


@pytest.mark.expect_log(r"hmi\.drivers: device: .*no OPC UA")
async def test_what_nobody_can_decode_ends_the_session_and_is_told(shared_opcua: Device):
    async with running(connection(shared_opcua), level()) as run:
        await run.until_live()
        tamper(run, lambda _request, data: Buffer(bytes(data)[:40]))
        await run.until(lambda: run.driver.health.reconnects == 1)
        assert "sends values that are no OPC UA" in run.driver.health.reason
        await run.until_live()


@pytest.mark.expect_log("the server ended the subscription")
async def test_a_subscription_that_the_server_ends_is_made_anew(shared_opcua: Device):
    def end(_request: ua.PublishRequest, data: Buffer) -> Buffer:
        response = struct_from_binary(ua.PublishResponse, data.copy())
        change = ua.StatusChangeNotification(Status=ua.StatusCode(ua.StatusCodes.BadTimeout))
        response.Parameters.NotificationMessage.NotificationData = [change]
        return Buffer(struct_to_binary(response))

    async with running(connection(shared_opcua), level()) as run:
        await run.until_live()
        tamper(run, end)
        await run.until(lambda: run.driver.health.reconnects == 1)
        assert "BadTimeout" in run.driver.health.reason
        await run.until_live()


@pytest.mark.expect_log("the server ended the subscription")
async def test_a_server_that_knows_of_no_subscription_is_believed(shared_opcua: Device):
    def deny(_request: ua.PublishRequest, _data: Buffer) -> Buffer:
        raise ua.uaerrors.BadNoSubscription

    async with running(connection(shared_opcua), level()) as run:
        await run.until_live()
        tamper(run, deny)
        await run.until(lambda: run.driver.health.reconnects == 1)
        await run.until_live()


async def test_a_server_that_takes_one_request_only_gets_one(shared_opcua: Device):
    refusals = 0

    def refuse(_request: ua.PublishRequest, data: Buffer) -> Buffer:
        nonlocal refusals
        loop = library_session(run)._publish_loop.__self__
        if loop._requests > 1:
            refusals += 1
            raise ua.uaerrors.BadTooManyPublishRequests
        return data

    async with running(connection(shared_opcua), level()) as run:
        await run.until_live()
        tamper(run, refuse)
        await run.until(lambda: refusals >= 2)
        count = len(run.rows(LEVEL))
        await run.until(lambda: len(run.rows(LEVEL)) > count + 5)
        assert library_session(run)._publish_loop.__self__._requests == 1
        assert run.driver.health.reconnects == 0
        assert is_whole(run, count + 5)  # what came with those that were refused was had again


def test_an_item_that_the_library_cannot_decode_is_declined():
    with pytest.raises(Declined):
        one_item(b"\x01\x00\x00\x00\x01\x8b\xff\xff\xff\x7f", 0, 10)
