"""OPC UA: subscriptions, supervised by ourselves; one batch per publish response, never one call per value.

Live means data or keep-alives arriving, never a socket that is open. On any loss the session is thrown away
and built anew: limits, namespaces, one subscription per rate, every item's result checked, first values: live.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from asyncua import ua

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.errors import DeviceError
from hmi.core.plant.model import Connection
from hmi.core.tags import Tag
from hmi.drivers.driver import Deliver, Health, OnGap, WriteResult
from hmi.drivers.opcua_client import OpcUaSession, check_address, reason_of, status_words
from hmi.drivers.opcua_columns import Columns
from hmi.drivers.opcua_envelope import Envelope
from hmi.drivers.opcua_history import Gap
from hmi.drivers.opcua_publish import Receiver, one_item
from hmi.drivers.opcua_security import Protection
from hmi.drivers.opcua_values import decode
from hmi.drivers.opcua_write import write_and_read_back
from hmi.drivers.rows import Decoded, Echo, bad_rows
from hmi.drivers.supervise import Life, Misconfigured, Refused, RetryList, end_if_cancelled, keep_connected

log = logging.getLogger("hmi.drivers")

KEEP_ALIVE_MS: Final = (
    750.0  # asked for: silence is then noticed well within the 3 s that an operator may be left unaware
)
SLOWEST_PUBLISH_MS: Final = 750.0  # slower tags are sampled slower, but their subscription still gives signs of life
SILENT_KEEP_ALIVES: Final = 2.5
SHORTEST_SILENCE_S: Final = 3.0  # a busy computer is not a dead one; its values are shown stale before
SET_UP_LIMIT_S: Final = 60.0
LOOK_S: Final = 0.25
QUEUE: Final = 10  # values a server keeps per item between two publish responses: history wants every one


@dataclass(slots=True)
class Rate:
    """One subscription: the tags of one rate class, and when it was last heard of."""

    period_ms: int
    subscription: int
    keep_alive_s: float
    heard: float
    heard_ns: int  # the same by the wall clock

    @property
    def patience_s(self) -> float:
        """For how long it may be silent."""
        return max(SHORTEST_SILENCE_S, SILENT_KEEP_ALIVES * self.keep_alive_s)


class OpcUaDriver:
    """One OPC UA server (or its standby) and the tags it gives. Belongs to one event loop."""

    def __init__(
        self,
        connection: Connection,
        tags: Sequence[Tag],
        deliver: Deliver,
        clock: Clock,
        folder: Path | None = None,
    ) -> None:
        """`folder`: the data folder, where certificates and passwords are."""
        self.health = Health()
        self.columns = Columns(tags, one_item, decode)  # its counters say how many items went which way
        self.undecoded = False  # whether notifications come as bytes: else the library decodes them, 20 times slower
        self.on_gap: OnGap | None = None
        self._connection = connection
        self._tags = {tag.index: tag for tag in tags}
        self._deliver = deliver
        self._clock = clock
        self._life = Life(connection.id, self.health, clock)
        self._protection = Protection(connection, folder, clock)
        self._retry = RetryList(clock)
        self._echo = Echo(tags)
        self._session: OpcUaSession | None = None
        self._nodes: dict[int, ua.NodeId] = {}
        self._types: dict[int, ua.VariantType] = {}
        self._rates: dict[int, Rate] = {}
        self._gap = Gap(clock)
        self._ended = ""
        self._crash: Exception | None = None

    async def run(self) -> None:
        """Deliver values until cancelled; never raises for a fault of the world."""
        try:
            self._check()
        except Misconfigured as error:
            self._miss(dict.fromkeys(self._tags, q.BAD_CONFIGURATION), str(error))
        await keep_connected(self._one_session, self._life, self.health)

    def _check(self) -> None:
        self._protection.check()
        for address in (self._connection.address, *self._connection.backup):
            check_address(address)

    async def _one_session(self) -> None:
        self._check()
        session = await self._open()
        self._session = session
        try:
            self.undecoded = session.listen(
                Receiver(self._on_body, self._publish, self._on_gap, self._on_end),
            )
            async with asyncio.timeout(SET_UP_LIMIT_S):
                await self._set_up(session)
            self._life.live()
            await self._watch_and_fill(session)
        except (OSError, ua.UaError) as error:
            raise DeviceError(reason_of(error, session.where)) from error
        finally:
            self._session = None
            await session.close()

    async def _watch_and_fill(self, session: OpcUaSession) -> None:
        """Stay with a live session; meanwhile read back what the server recorded while it was not heard."""
        nodes = [(self._tags[index], node) for index, node in self._nodes.items()]
        work = self._gap.fill(session.services, session.where, nodes, self._send)
        filling = asyncio.get_running_loop().create_task(work, name="backfill")
        try:
            await self._watch(session)
        finally:
            self._gap.lose(self.health.last_life, self._echo.newest())
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)

    async def _open(self) -> OpcUaSession:
        """The first of the connection's addresses that answers."""
        reasons, least_s = [], 0.0
        for address in (self._connection.address, *self._connection.backup):
            session = OpcUaSession(address, self._protection)
            try:
                await session.open()
            except DeviceError as error:
                reasons.append(str(error))
                least_s = max(least_s, error.retry_s if isinstance(error, Refused) else 0.0)
                await session.close()
            except BaseException:
                await session.close()
                raise
            else:
                return session
        raise Refused("; ".join(reasons), least_s)

    async def _set_up(self, session: OpcUaSession) -> None:
        self._nodes, self._rates, self._ended, self._crash = {}, {}, "", None
        self._types.clear()
        self._retry.clear()
        self._echo.forget()
        self._gap.begin(self._tags)
        self.health.missing.clear()
        await self._ask_for(session, list(self._tags.values()))
        slowest = max((rate.keep_alive_s for rate in self._rates.values()), default=KEEP_ALIVE_MS / 1000)
        self.health.silent_after_s = max(1.0, 2 * slowest)
        self.health.bad_after_s = max(2.5, 5 * slowest)

    async def _ask_for(self, session: OpcUaSession, tags: Sequence[Tag]) -> None:
        """Subscribe to tags and read their first values; those that fail are Bad and asked for later."""
        found = await session.resolve([tag.address for tag in tags])
        failed = {
            tag.index: node.value for tag, node in zip(tags, found, strict=True) if isinstance(node, ua.StatusCode)
        }
        nodes = {tag.index: node for tag, node in zip(tags, found, strict=True) if isinstance(node, ua.NodeId)}
        by_period: dict[int, list[int]] = {}
        for index in nodes:
            by_period.setdefault(self._tags[index].period_ms or self._connection.publish_ms, []).append(index)
        if not self._rates and not by_period:
            by_period[self._connection.publish_ms] = []  # with no item at all, keep-alives still say that it lives
        for period_ms, indexes in by_period.items():
            rate = await self._rate(session, period_ms)
            wanted = [(index, nodes[index]) for index in indexes]
            statuses = await session.monitor(rate.subscription, wanted, period_ms, QUEUE)
            for index, status in zip(indexes, statuses, strict=True):
                if status.is_good():
                    self._nodes[index] = nodes[index]
                    self._found(index)
                else:
                    failed[index] = status.value
        self._miss(failed)
        await self._seed(session, [index for index in nodes if index in self._nodes])

    async def _rate(self, session: OpcUaSession, period_ms: int) -> Rate:
        """The subscription of a rate class, made when first needed."""
        if period_ms not in self._rates:
            publishing_ms = min(float(period_ms), SLOWEST_PUBLISH_MS)
            count = max(1, round(KEEP_ALIVE_MS / publishing_ms))
            number, keep_alive_s = await session.subscribe(publishing_ms, count, self._on_publish)
            self._rates[period_ms] = Rate(
                period_ms, number, keep_alive_s, self._clock.monotonic(), self._clock.now_ns()
            )
        return self._rates[period_ms]

    async def _seed(self, session: OpcUaSession, indexes: Sequence[int]) -> None:
        values = await session.read([self._nodes[index] for index in indexes])
        for index, data in zip(indexes, values, strict=True):
            if data.Value is not None and data.Value.Value is not None and not data.Value.is_array:
                self._types[index] = data.Value.VariantType
        self._take([(self._tags[index], data) for index, data in zip(indexes, values, strict=True)])

    def _on_publish(self, result: ua.PublishResult) -> None:
        """One publish response, data or keep-alive; the library's publish loop would swallow what it raises."""
        try:
            self._publish(result)
        except Exception as error:  # noqa: BLE001 - raised where the session is watched
            self._crash = error

    def _on_body(self, envelope: Envelope, body: bytes) -> None:
        """Data changes as they came, or a keep-alive; raises Declined before anything is done with them."""
        now_ns = self._clock.now_ns()
        decoded = [self.columns.decode(body, start, stop, now_ns) for start, stop in envelope.parts]
        self._heard(envelope.subscription)
        for part in decoded:
            self._put(part)

    def _publish(self, result: ua.PublishResult) -> None:
        self._heard(result.SubscriptionId)
        items: list[tuple[Tag, ua.DataValue]] = []
        for part in result.NotificationMessage.NotificationData or ():
            if isinstance(part, ua.DataChangeNotification):
                items += [
                    (self._tags[item.ClientHandle], item.Value)
                    for item in part.MonitoredItems
                    if item.ClientHandle in self._tags
                ]
            elif isinstance(part, ua.StatusChangeNotification) and not part.Status.is_good():
                self._ended = f"the server ended the subscription ({status_words(part.Status.value)})"
        self.columns.slow += len(items)
        self._take(items)

    def _heard(self, subscription: int) -> None:
        self._life.heard()
        for rate in self._rates.values():
            if rate.subscription == subscription:
                rate.heard, rate.heard_ns = self._clock.monotonic(), self._clock.now_ns()

    def _on_gap(self, subscription: int, lost: int) -> None:
        """Notifications that never came and cannot be had again: history must not look whole."""
        now_ns = self._clock.now_ns()
        since_ns = next((r.heard_ns for r in self._rates.values() if r.subscription == subscription), now_ns)
        reason = f"{lost} notifications of the server never came and it does not have them any more"
        if not self.health.gaps:
            log.warning("%s: %s: history has a gap there", self._connection.id, reason)
        self.health.gaps += 1
        if self.on_gap is not None:
            self.on_gap(since_ns, now_ns, reason)

    def _on_end(self, error: Exception) -> None:
        """No notification will come any more; raised where the session is watched."""
        if isinstance(error, ua.UaStatusCodeError):
            self._ended = f"the server ended the subscription ({status_words(error.code)})"
        elif isinstance(error, DeviceError):
            self._ended = str(error)
        else:
            self._crash = error

    def _take(self, items: Sequence[tuple[Tag, ua.DataValue]]) -> None:
        if items:
            self._put(decode(items, self._clock.now_ns()))

    def _put(self, decoded: Decoded) -> None:
        missing = self.health.missing
        if missing:
            waited = np.fromiter(missing, np.uint32, len(missing))
            for index in waited[np.isin(waited, decoded.batch.rows["tag"])].tolist():
                if index not in decoded.mismatches and index in self._nodes:
                    del missing[index]
        missing.update(decoded.mismatches)
        self._send(self._echo.without(decoded.batch))

    def _send(self, batch: Batch) -> None:
        self._gap.note(batch)
        if len(batch):
            self.health.values += len(batch)
            self._deliver(batch)

    def _miss(self, failed: dict[int, int], reason: str = "") -> None:
        """These tags cannot be had now: shown Bad with the reason, asked for again later."""
        news = {index: code for index, code in failed.items() if index not in self.health.missing}
        for index, code in failed.items():
            tag = self._tags[index]
            self.health.missing[index] = reason or f"{q.reason(code)}: {tag.address}"
            self._retry.add(index)
        if news:
            self._send(bad_rows([self._tags[index] for index in news], news, self._clock.now_ns()))

    def _found(self, index: int) -> None:
        self.health.missing.pop(index, None)
        self._retry.forget(index)

    async def _watch(self, session: OpcUaSession) -> None:
        """Stay while the server gives signs of life; raises DeviceError when it does not."""
        while True:
            end_if_cancelled()
            await asyncio.sleep(LOOK_S)
            if not session.alive:
                raise DeviceError(f"connection to {session.where} lost: is the PLC on and the cable in?")
            if self._crash is not None:
                raise self._crash
            if self._ended:
                raise DeviceError(f"{session.where}: {self._ended}")
            now = self._clock.monotonic()
            for rate in self._rates.values():
                if now - rate.heard > rate.patience_s:
                    raise DeviceError(
                        f"{session.where} has been silent for {now - rate.heard:.1f} s: is the PLC running?"
                    )
            if now - self.health.last_life > self.health.silent_after_s:
                self._life.silent(f"nothing heard from {session.where}")
            due = self._retry.due()
            if due:
                await self._ask_for(session, [self._tags[index] for index in sorted(due)])

    async def write(self, tag: Tag, value: float | str) -> WriteResult:
        """Write one value in engineering units, once, and read it back; refused while not connected."""
        session = self._session
        if session is None or not session.alive or self.health.state != "live":
            return WriteResult("refused", f"not connected to {self._connection.id}: nothing was sent")
        node = self._nodes.get(tag.index)
        if node is None:
            reason = self.health.missing.get(tag.index, "it does not belong to this connection")
            return WriteResult("refused", f"{tag.name} cannot be had ({reason}): nothing was sent")
        return await write_and_read_back(session, node, tag, value, self._types)
