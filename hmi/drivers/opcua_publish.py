"""The publish loop of an OPC UA session, in place of the library's: several requests out, none of them lost.

Private API of asyncua 2.1, all of it named in `can_be_placed`: its session asks its own attribute `_publish_loop`
for the coroutine that fetches notifications, and sends through `_send_request`. Nothing is patched but the one
session that we made. Where the library has moved on, its own loop stays, and only speed is lost.
"""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from hmi.core.errors import DeviceError
from hmi.drivers.opcua_envelope import Envelope, read_envelope
from hmi.drivers.opcua_layout import Declined
from hmi.drivers.opcua_wire import Ration

SPARE_REQUESTS: Final = 2  # out beyond one for each subscription: the server is never without one while we decode
MOST_REQUESTS: Final = 8
PAUSE_S: Final = 0.1  # after a refusal: a server that always refuses is not to be flooded
MOST_REPEATED: Final = 20  # notifications asked for again in one gap: a server keeps few
ENDED: Final = (
    "the server ended the subscription ({}), so nothing more comes; a new one is made by itself. "
    "If that repeats, raise the server's limits of subscriptions, or ask for fewer tags or less often"
)
FORGOTTEN: Final = (
    "it has forgotten every subscription, so nothing more comes; new ones are made by itself. Was it restarted?"
)
_SEQUENCE: Final = (1 << 32) - 1  # sequence numbers run from 1 to this, then from 1 again (Part 4, 7.26)
_COROUTINES: Final = ("_publish_loop", "_send_request", "republish")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told what of a session's notifications; every call comes on the session's event loop."""

    body: Callable[[Envelope, bytes], None]  # data changes, undecoded; raises Declined to have them decoded
    result: Callable[[ua.PublishResult], None]  # anything, decoded by the library
    gap: Callable[[int, int], None]  # subscription, and how many of its notifications are lost for good
    ended: Callable[[Exception], None]  # nothing more will come


class PublishLoop:
    """Fetches a session's notifications in their order; belongs to the session's event loop."""

    def __init__(self, session: Any, receiver: Receiver) -> None:
        self._session = session
        self._receiver = receiver
        self._next: dict[int, int] = {}  # subscription -> the sequence number that comes next
        self._acknowledge: deque[ua.SubscriptionAcknowledgement] = deque()
        self._order = asyncio.Lock()  # waiters are served in the order in which their responses came
        self._requests = 0
        self._most = MOST_REQUESTS

    async def run(self) -> None:
        """Until cancelled, or until the session fails, which is told and not raised."""
        try:
            async with asyncio.TaskGroup() as group:
                self._ask_more(group)
        except* Exception as failed:  # noqa: BLE001 - whatever it was, the session is thrown away for it
            self._receiver.ended(_first(failed))

    def _ask_more(self, group: asyncio.TaskGroup) -> None:
        subscriptions = len(self._session._subscription_callbacks)
        wanted = min(self._most, subscriptions + SPARE_REQUESTS)
        while self._requests < wanted:
            self._requests += 1
            group.create_task(self._ask(group), name=f"OPC UA publish request {self._requests}")

    async def _ask(self, group: asyncio.TaskGroup) -> None:
        """Keep one request with the server until there is nothing more to ask for."""
        try:
            while await self._one_request():
                self._ask_more(group)
        finally:
            self._requests -= 1

    async def _one_request(self) -> bool:
        request = ua.PublishRequest()
        carried = request.Parameters.SubscriptionAcknowledgements = list(self._acknowledge)
        self._acknowledge.clear()
        try:
            data = await self._session._send_request(request, timeout=0)
        except (ua.uaerrors.BadTimeout, ua.uaerrors.BadTooManyPublishRequests) as error:
            self._acknowledge.extendleft(reversed(carried))
            if isinstance(error, ua.uaerrors.BadTooManyPublishRequests):
                self._most = max(1, self._requests - 1)
            await asyncio.sleep(PAUSE_S)
            return self._requests <= self._most
        async with self._order:
            await self._take(data)
        return True

    async def _take(self, data: Buffer) -> None:
        body = bytes(data._data[data._cur_pos : data._cur_pos + data._size])
        envelope = read_envelope(body)
        if envelope is None:
            await self._take_decoded(_decoded(body))
            return
        await self._fill_gap(envelope.subscription, envelope.sequence, bool(envelope.parts))
        try:
            self._receiver.body(envelope, body)
        except Declined:
            self._receiver.result(_decoded(body).Parameters)

    async def _take_decoded(self, response: ua.PublishResponse) -> None:
        response.ResponseHeader.ServiceResult.check()
        message = response.Parameters.NotificationMessage
        await self._fill_gap(response.Parameters.SubscriptionId, message.SequenceNumber, bool(message.NotificationData))
        self._receiver.result(response.Parameters)

    async def _fill_gap(self, subscription: int, sequence: int, carries: bool) -> None:
        """Fetch what did not come before this number, and note what came; a keep-alive only tells the next number."""
        if not subscription:
            raise DeviceError(FORGOTTEN)  # Part 4, 5.14.5: this is how it says so
        expected = self._next.get(subscription, sequence)
        missing = (sequence - expected) % _SEQUENCE
        if 0 < missing < _SEQUENCE // 2:
            await self._fetch_again(subscription, expected, missing)
        if carries:
            self._next[subscription] = sequence % _SEQUENCE + 1
            self._acknowledge.append(ua.SubscriptionAcknowledgement(subscription, sequence))
        elif missing < _SEQUENCE // 2:  # else a server's keep-alives count otherwise, and say nothing of what comes
            self._next[subscription] = sequence

    async def _fetch_again(self, subscription: int, first: int, missing: int) -> None:
        """Have missing notifications sent again, oldest first, and tell how many cannot be had."""
        found = []
        for number in range(max(0, missing - MOST_REPEATED), missing):
            message = await self._repeated(subscription, (first - 1 + number) % _SEQUENCE + 1)
            if message is not None:
                found.append(message)
        if len(found) < missing:
            self._receiver.gap(subscription, missing - len(found))
        for message in found:
            self._acknowledge.append(ua.SubscriptionAcknowledgement(subscription, message.SequenceNumber))
            self._receiver.result(ua.PublishResult(subscription, NotificationMessage=message))

    async def _repeated(self, subscription: int, sequence: int) -> ua.NotificationMessage | None:
        try:
            message = await self._session.republish(subscription, sequence)
        except ua.UaStatusCodeError:
            return None
        # Some servers send an empty message where they should say that they do not have it any more.
        return message if message.SequenceNumber == sequence and message.NotificationData else None


def carried(result: ua.PublishResult) -> tuple[list[ua.MonitoredItemNotification], int]:
    """The data changes of a response that the library has decoded, and the status that ends its subscription, or 0."""
    items: list[ua.MonitoredItemNotification] = []
    ended = 0
    for part in result.NotificationMessage.NotificationData or ():
        if isinstance(part, ua.DataChangeNotification):
            items += part.MonitoredItems
        elif isinstance(part, ua.StatusChangeNotification) and not part.Status.is_good():
            ended = part.Status.value
    return items, ended


def place(session: Any, receiver: Receiver) -> bool:
    """Let this session fetch its notifications our way; False, and nothing changed, where that cannot be."""
    if not can_be_placed(session):
        return False
    session._publish_loop = PublishLoop(session, receiver).run
    return True


def can_be_placed(session: Any) -> bool:
    """Whether everything of the library's own that is used here is there, in the form in which it is used."""
    buffer = Buffer(b"0123", 1, 2)
    ensure = getattr(getattr(type(session), "ensure_publish_loop", None), "__code__", None)
    return (
        all(inspect.iscoroutinefunction(getattr(session, name, None)) for name in _COROUTINES)
        and isinstance(getattr(session, "_subscription_callbacks", None), dict)
        and ensure is not None
        and "_publish_loop" in ensure.co_names
        and [getattr(buffer, name, None) for name in ("_data", "_cur_pos", "_size")] == [b"0123", 1, 2]
    )


def _decoded(body: bytes) -> ua.PublishResponse:
    try:
        return struct_from_binary(ua.PublishResponse, Ration(body))
    except Exception as error:
        raise DeviceError(f"it sends values that are no OPC UA ({error}): is its software in order?") from error


def one_item(body: bytes, offset: int, stop: int) -> tuple[int, ua.DataValue]:
    """Where the item at an offset ends, and its value, by the library's own decoder; raises Declined."""
    buffer = Ration(body, offset, stop - offset)
    try:
        item = struct_from_binary(ua.MonitoredItemNotification, buffer)
    except Exception as error:
        # Whatever hostile bytes do to the library, they do it again when it decodes the whole.
        raise Declined from error
    return buffer.cur_pos, item.Value


def _first(failed: BaseExceptionGroup) -> Exception:
    error = failed.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error  # type: ignore[return-value]
