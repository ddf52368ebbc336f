"""OPC UA: subscriptions, supervised by ourselves; one batch per publish response, never one call per value.

Live means data or keep-alives arriving, never a socket that is open. On any loss the session is thrown away
and built anew: limits, namespaces, one subscription per rate, every item's result checked, first values: live.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
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
from hmi.drivers.driver import ROAD_NS, Deliver, Earlier, Health, OnEvent, OnGap, WriteResult
from hmi.drivers.opcua_call import call
from hmi.drivers.opcua_client import OpcUaSession, reason_of
from hmi.drivers.opcua_columns import Columns
from hmi.drivers.opcua_ending import Ending
from hmi.drivers.opcua_envelope import Envelope
from hmi.drivers.opcua_history import History
from hmi.drivers.opcua_layout import Declined
from hmi.drivers.opcua_learn import Learner
from hmi.drivers.opcua_losses import Losses
from hmi.drivers.opcua_publish import Receiver, carried, one_item
from hmi.drivers.opcua_rates import Rates
from hmi.drivers.opcua_redundancy import LEVEL_HANDLE
from hmi.drivers.opcua_security import Protection
from hmi.drivers.opcua_servers import Servers, Switch
from hmi.drivers.opcua_source import Source
from hmi.drivers.opcua_write import write_and_read_back
from hmi.drivers.rows import Decoded, Echo, bad_rows
from hmi.drivers.supervise import Life, Misconfigured, RetryList, end_if_cancelled, keep_connected

log = logging.getLogger("hmi.drivers")

SET_UP_LIMIT_S: Final = 60.0
LOOK_S: Final = 0.25


class OpcUaDriver:
    """One OPC UA server (or its standby) and the tags it gives. Belongs to one event loop."""

    def __init__(
        self,
        connection: Connection,
        tags: Sequence[Tag],
        deliver: Deliver,
        clock: Clock,
        folder: Path | None = None,
        earlier: Earlier | None = None,
    ) -> None:
        """`folder`: the data folder, where certificates and passwords are; `earlier`: what is stored of runs before."""
        self.health = Health()
        self._learner = Learner(connection.id, self.health, self._send, self._found, clock)
        self.columns = Columns(tags, one_item, self._learner.decode)  # its counters say how many items went which way
        self.undecoded = False  # whether notifications come as bytes: else the library decodes them, 20 times slower
        self.on_gap: OnGap | None = None
        self.on_event: OnEvent | None = None
        self._connection = connection
        self._tags = {tag.index: tag for tag in tags}
        self._deliver = deliver
        self._clock = clock
        self._life = Life(connection.id, self.health, clock)
        self._protection = Protection(connection, folder, clock)
        self.health.certificates = {} if self._protection.secured else None
        self._retry = RetryList(clock)
        self._echo = Echo(tags)
        self._session: OpcUaSession | None = None
        self._nodes: dict[int, Source] = {}
        self._types: dict[int, ua.VariantType] = {}
        self._rates = Rates(clock)
        self._losses = Losses(
            connection.id, self.health, self._rates, clock, self._declare, self._tags, self._echo.newest, earlier
        )
        self._servers = Servers(connection, self._protection, clock, self._note)
        self._ending = Ending()

    async def run(self) -> None:
        """Deliver values until cancelled; never raises for a fault of the world."""
        try:
            self._servers.check()
        except Misconfigured as error:
            self._miss(dict.fromkeys(self._tags, q.BAD_CONFIGURATION), str(error))
        await keep_connected(self._sessions, self._life, self.health)

    async def _sessions(self) -> None:
        """One session after another, as long as each ends because a better server was found."""
        self._servers.check()
        session, why = await self._servers.open(), self.health.reason
        while True:
            try:
                await self._one_session(session, why)
            except Switch:
                better = self._servers.take()
                assert better is not None
                session, why = better, self._servers.why
            finally:
                if (spare := self._servers.take()) is not None:  # found as this session was lost
                    await spare.close()

    async def _one_session(self, session: OpcUaSession, why: str) -> None:
        """A session's life; `why` is what ended the one before."""
        self._session, last_life = session, self.health.last_life
        try:
            session.time_requests(self.health.asked)
            self._ending = Ending()
            receiver = Receiver(self._on_body, self._publish, self._losses.notifications, self._ending.error)
            self.undecoded = session.listen(receiver)
            async with asyncio.timeout(SET_UP_LIMIT_S):
                await self._set_up(session)
            self._begin(session, why, last_life)
            await self._watch_and_fill(session)
        except (OSError, ua.UaError) as error:
            raise self._servers.lost(session, DeviceError(reason_of(error, session.where))) from error
        except DeviceError as error:
            raise self._servers.lost(session, error) from error.__cause__
        finally:
            self._losses.lose()
            self._session = None
            await session.close()

    def _begin(self, session: OpcUaSession, why: str, last_life: float) -> None:
        """Everything that can be had has been asked for: the session is live. `last_life`: of the one before."""
        text = self._servers.use(session, why)
        self.health.address = session.address
        self.health.service_level = self._servers.standings.level(session.address)
        self._life.live()
        self._note()
        missed_s = self._clock.monotonic() - last_life
        if text:
            self._tell("switched", text)
        if last_life and (text or missed_s < self.health.silent_after_s + 2 * LOOK_S):  # else the engine has seen it
            now_ns, under_way_ns = self._clock.now_ns(), self._connection.period_ms * 1_000_000 + ROAD_NS
            since_ns = now_ns - round(missed_s * 1e9) - under_way_ns  # what was heard last may not have been the last
            self._declare(since_ns, now_ns, text or "the connection was lost for a moment")

    def _declare(self, from_ns: int, to_ns: int, reason: str) -> None:
        if self.on_gap is not None:
            self.on_gap(from_ns, to_ns, reason)

    def _tell(self, event: str, text: str) -> None:
        log.info("%s: %s", self._connection.id, text)
        if self.on_event is not None:
            self.on_event(event, text)

    def _note(self) -> None:
        """What an engineer should know although everything is live."""
        expiry = self._protection.expiry
        self.health.revised = self._rates.revised()
        if self._protection.secured:
            self.health.certificates = expiry.ends()
        parts = (self._servers.standings.words(), expiry.words(), self._rates.words())
        self.health.note = "; ".join(part for part in parts if part)
        for text in expiry.news():
            self._tell("certificate", text)

    async def _watch_and_fill(self, session: OpcUaSession) -> None:
        """Stay with a live session; meanwhile read back what the server recorded while it was not heard."""
        history = History(session.services, self._give, self._clock.now_ns, self._learner.learned)
        loop = asyncio.get_running_loop()
        filling = loop.create_task(self._losses.missing.fill(history, session.where, self._nodes), name="backfill")
        looking = loop.create_task(self._servers.look_for_better(), name="standby")
        learning = loop.create_task(self._learner.describe(session), name="properties")
        try:
            await self._watch(session, looking)
        finally:
            for task in (filling, looking, learning):
                task.cancel()
            await asyncio.gather(filling, looking, learning, return_exceptions=True)

    async def _set_up(self, session: OpcUaSession) -> None:
        self._nodes = {}
        self._rates.clear()
        self._types.clear()
        self._learner.begin(session)
        self._retry.clear()
        self._echo.forget()
        self.health.missing.clear()
        await self._ask_for(session, list(self._tags.values()))
        await self._servers.follow(session, self._on_publish)
        self.health.silent_after_s = max(1.0, 2 * self._rates.keep_alive_s)
        self.health.bad_after_s = max(2.5, 5 * self._rates.keep_alive_s)

    async def _ask_for(self, session: OpcUaSession, tags: Sequence[Tag]) -> None:
        """Subscribe to tags and read their first values; those that fail are Bad and asked for later."""
        nodes, failed = await self._learner.resolve(session, tags)
        by_period: dict[int, list[int]] = {}
        for index in nodes:
            by_period.setdefault(self._tags[index].period_ms or self._connection.publish_ms, []).append(index)
        if not len(self._rates) and not by_period:
            by_period[self._connection.publish_ms] = []  # with no item at all, keep-alives still say that it lives
        for period_ms, indexes in by_period.items():
            rate = await self._rates.of(session, period_ms, self._on_publish)
            wanted = [(index, nodes[index]) for index in indexes]
            before = dict(self.health.missing)
            results = await session.monitor(rate.subscription, wanted, period_ms, rate.queue)
            rate.settled(results)
            for index, result in zip(indexes, results, strict=True):
                if result.StatusCode.is_good():
                    self._nodes[index] = nodes[index]
                    self._found(index, before)
                else:
                    failed[index] = result.StatusCode.value
        self._miss(failed)
        await self._seed(session, [index for index in nodes if index in self._nodes])

    async def _seed(self, session: OpcUaSession, indexes: Sequence[int]) -> None:
        """Read the first values of tags, for those whose subscription tells none: of others it may be the older one."""
        values = await self._read(session, indexes)
        for index, data in values.items():
            if data.Value is not None and data.Value.Value is not None and not data.Value.is_array:
                self._types[index] = data.Value.VariantType
        await self._rates.first_values(lambda: self._echo.untold(indexes))
        self._take([(self._tags[index], values[index]) for index in self._echo.untold(indexes)])

    async def _read_anew(self, session: OpcUaSession) -> None:
        """What was lost may have been the last change of a tag for long: what all tags are now is asked for."""
        items = [(self._tags[index], data) for index, data in (await self._read(session, list(self._nodes))).items()]
        self._send(self._echo.newer(self._learner.decode(items, self._clock.now_ns()).batch))

    async def _read(self, session: OpcUaSession, indexes: Sequence[int]) -> dict[int, ua.DataValue]:
        return dict(zip(indexes, await session.read([self._nodes[index] for index in indexes]), strict=True))

    def _on_publish(self, result: ua.PublishResult) -> None:
        """One publish response, data or keep-alive; the library's publish loop would swallow what it raises."""
        try:
            self._publish(result)
        except Exception as error:  # noqa: BLE001 - raised where the session is watched
            self._ending.crash(error)

    def _on_body(self, envelope: Envelope, body: bytes) -> None:
        """Data changes as they came, or a keep-alive; raises Declined before anything is done with them."""
        now_ns = self._clock.now_ns()
        if envelope.subscription not in self._rates:
            raise Declined  # of the server's own level
        decoded = [self.columns.decode(body, start, stop, now_ns) for start, stop in envelope.parts]
        self._heard(envelope.subscription)
        for part in decoded:
            self._put(part)

    def _publish(self, result: ua.PublishResult) -> None:
        self._heard(result.SubscriptionId)
        notes, ended = carried(result)
        items = [(self._tags[note.ClientHandle], note.Value) for note in notes if note.ClientHandle in self._tags]
        self._level([note.Value for note in notes if note.ClientHandle == LEVEL_HANDLE])
        if ended:
            self._ending.status(ended)
        self.columns.slow += len(items)
        self._take(items)

    def _level(self, values: Sequence[ua.DataValue]) -> None:
        """The server in use says how well it serves."""
        for data in values:
            if self._session is not None:
                self.health.service_level = self._servers.told(self._session, data)

    def _heard(self, subscription: int) -> None:
        self._life.heard()
        self._rates.heard(subscription)

    def _take(self, items: Sequence[tuple[Tag, ua.DataValue]]) -> None:
        if items:
            self._put(self._learner.decode(items, self._clock.now_ns()))

    def _put(self, decoded: Decoded) -> None:
        missing = self.health.missing
        if missing:
            waited = np.fromiter(missing, np.uint32, len(missing))
            for index in waited[np.isin(waited, decoded.batch.rows["tag"])].tolist():
                if index not in decoded.mismatches and index in self._nodes:
                    del missing[index]
        missing.update(decoded.mismatches)
        self._losses.values(decoded.batch)
        self._send(self._echo.without(decoded.batch))

    def _send(self, batch: Batch) -> None:
        self._losses.missing.note(batch)
        self._give(batch)

    def _give(self, batch: Batch) -> None:
        if len(batch):
            self.health.values += len(batch)
            self._deliver(batch)

    def _miss(self, failed: dict[int, int], reason: str = "") -> None:
        """These tags cannot be had now: shown Bad with the reason, asked for again later."""
        news = {index: code for index, code in failed.items() if index not in self.health.missing}
        for index, code in failed.items():
            tag = self._tags[index]
            self.health.missing[index] = reason or self._learner.why(tag, code)
            self._retry.add(index)
        if news:
            self._send(bad_rows([self._tags[index] for index in news], news, self._clock.now_ns()))

    def _found(self, index: int, before: dict[int, str] | None = None) -> None:
        """A tag can be had; no longer missing, unless since `before` a value came that has something wrong with it."""
        missing = self.health.missing
        if before is None or missing.get(index) == before.get(index):
            missing.pop(index, None)
        self._retry.forget(index)

    async def _watch(self, session: OpcUaSession, looking: asyncio.Task[None]) -> None:
        """Stay while the server gives signs of life; raises DeviceError when it does not, Switch for a better one."""
        while True:
            end_if_cancelled()
            await asyncio.sleep(LOOK_S)
            if not session.alive:
                raise DeviceError(f"connection to {session.where} lost: is the PLC on and the cable in?")
            self._losses.look()
            if self._losses.is_unread():
                await self._read_anew(session)
            if self._protection.expiry.is_due():
                self._note()
            self._ending.check(session.where)
            if silence_s := self._rates.silence_s():
                raise DeviceError(f"{session.where} has been silent for {silence_s:.1f} s: is the PLC running?")
            if looking.done():
                looking.result()
                raise Switch
            if self._clock.monotonic() - self.health.last_life > self.health.silent_after_s:
                self._life.silent(f"nothing heard from {session.where}")
            if due := self._retry.due():
                await self._ask_for(session, [self._tags[index] for index in sorted(due)])

    async def write(self, tag: Tag, value: float | str) -> WriteResult:
        """Write one value in engineering units, once, and read it back; refused while not connected."""
        session = self._session
        if session is None or not session.alive or self.health.state != "live":
            return WriteResult("refused", f"not connected to {self._connection.id}: nothing was sent")
        if (method := self._learner.methods.get(tag.index)) is not None:
            return await call(session, method, tag, value)
        node = self._nodes.get(tag.index)
        if node is None:
            reason = self.health.missing.get(tag.index, "it does not belong to this connection")
            return WriteResult("refused", f"{tag.name} cannot be had ({reason}): nothing was sent")
        return await write_and_read_back(session, node, tag, value, self._types, self._learner.learned)
