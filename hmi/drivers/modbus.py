"""Modbus: blocks polled in turn, each scan of a rate class one batch; writes go ahead of polling.

One connection and one request at a time. A device that stays silent for two requests is dropped and connected
anew: a frozen one would look connected for minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.errors import AddressError, DeviceError
from hmi.core.plant.modbus_addresses import places_of
from hmi.core.plant.modbus_toml import unreadable
from hmi.core.plant.model import Connection
from hmi.core.tags import Tag
from hmi.drivers.driver import Deliver, Health, WriteResult
from hmi.drivers.modbus_client import ModbusLine, endpoint_of
from hmi.drivers.modbus_plan import Order, Point, point_of
from hmi.drivers.modbus_poll import Poller
from hmi.drivers.modbus_signature import SignatureCheck
from hmi.drivers.modbus_write import write_and_read_back
from hmi.drivers.rows import bad_rows
from hmi.drivers.supervise import Life, Misconfigured, keep_connected

log = logging.getLogger("hmi.drivers")


class ModbusDriver:
    """One Modbus device (or its standby) and the tags it gives. Belongs to one event loop."""

    def __init__(
        self,
        connection: Connection,
        tags: Sequence[Tag],
        deliver: Deliver,
        clock: Clock,
        folder: Path | None = None,
    ) -> None:
        """`folder` is the engine's data folder, where the files of a tls:// address are looked for."""
        self.health = Health(security="encrypted" if connection.address.startswith("tls://") else "none")
        self._connection = connection
        self._tags = {tag.index: tag for tag in tags}
        self._deliver = deliver
        self._clock = clock
        self._folder = folder
        self._order = Order(connection.byte_order, connection.word_order)
        signature = connection.modbus.signature
        self._signature = SignatureCheck(signature, self._order) if signature else None
        self._life = Life(connection.id, self.health, clock)
        self._line: ModbusLine | None = None
        self._points: dict[int, Point] = {}
        self._unreadable: dict[int, str] = {}
        for tag in tags:
            try:
                self._points[tag.index] = self._readable(tag)
            except AddressError as error:
                self._unreadable[tag.index] = str(error)

    def _readable(self, tag: Tag) -> Point:
        """Where a tag lives, if this device may be asked there; raises AddressError."""
        if complaint := unreadable(places_of(tag.address, tag.type, tag.length), self._connection.modbus):
            raise AddressError(*complaint)
        return point_of(tag)

    async def run(self) -> None:
        """Deliver values until cancelled; never raises for a fault of the world."""
        modbus = self._connection.modbus
        fastest_s = min(map(self._period_ms, self._tags.values()), default=self._connection.scan_ms) / 1000
        fastest_s = max(fastest_s, 1 / modbus.max_requests_per_s if modbus.max_requests_per_s else 0.0)
        self.health.silent_after_s = max(1.0, 2 * fastest_s)
        self.health.bad_after_s = max(2.5, 5 * fastest_s)
        self.miss(self._unreadable, q.BAD_CONFIGURATION)
        try:
            self._check()
        except Misconfigured as error:
            self.miss(dict.fromkeys(self._points, str(error)), q.BAD_CONFIGURATION)
        await keep_connected(self._one_session, self._life, self.health)

    def _check(self) -> None:
        for address in (self._connection.address, *self._connection.backup):
            endpoint_of(address)

    def _period_ms(self, tag: Tag) -> int:
        return tag.period_ms or self._connection.scan_ms

    async def _one_session(self) -> None:
        self._check()
        self._line = line = await self._open()
        try:
            self.present(self._points)
            modbus = self._connection.modbus
            poller = Poller(line, self._points.values(), self._period_ms, self._order, self, self._clock, modbus)
            self.health.note = over_budget(poller.requests_per_s, modbus.max_requests_per_s)
            await poller.run()
        finally:
            self._line = None
            line.close()

    async def _open(self) -> ModbusLine:
        """The first of the connection's addresses that answers."""
        reasons = []
        for address in (self._connection.address, *self._connection.backup):
            try:
                line = self._line_to(address)
            except Misconfigured:
                raise
            except DeviceError as error:
                reasons.append(str(error))
                continue
            try:
                await line.open()
            except DeviceError as error:
                reasons.append(str(error))
                line.close()
            except BaseException:
                line.close()
                raise
            else:
                self.health.address = address
                return line
        raise DeviceError("; ".join(reasons))

    def _line_to(self, address: str) -> ModbusLine:
        connection = self._connection
        return ModbusLine(address, connection.unit, self._clock, self._answered, connection.modbus, self._folder)

    def _answered(self, seconds: float) -> None:
        self.health.asked(seconds)
        self._life.heard()

    def found(self, batch: Batch) -> None:
        """Values of one scan; called by the poller."""
        self.health.values += len(batch)
        self._deliver(batch)

    def scanned(self) -> None:
        """A scan came to its end; called by the poller."""
        if self.health.state not in ("live", "silent"):
            self._life.live()

    def unanswered(self, reason: str) -> None:
        """A request stayed without answer; called by the poller."""
        self._life.silent(reason)

    def miss(self, reasons: Mapping[int, str], quality: int) -> None:
        """These tags cannot be had: Bad, with the reason; called by the poller."""
        news = [index for index, reason in reasons.items() if self.health.missing.get(index) != reason]
        self.health.missing.update(reasons)
        if news:
            self.found(bad_rows([self._tags[index] for index in news], quality, self._clock.now_ns()))

    def present(self, tags: Iterable[int]) -> None:
        """These tags can be had again, or are asked for anew; called by the poller."""
        for index in tags:
            self.health.missing.pop(index, None)

    def program(self, complaint: str) -> None:
        """The device runs another program than the plant's files are for, or the right one again."""
        name = self._connection.id
        if complaint:
            log.warning("%s: %s", name, complaint)
        else:
            log.info("%s: its signature is right again, its values are live", name)
        self.health.note = complaint

    async def write(self, tag: Tag, value: float | str) -> WriteResult:
        """Write one value in engineering units, once, and read it back; refused while not connected."""
        line = self._line
        if line is None or self.health.state != "live":
            return WriteResult("refused", f"not connected to {self._connection.id}: nothing was sent")
        point = self._points.get(tag.index)
        if point is None or tag.index in self.health.missing:
            reason = self.health.missing.get(tag.index, "it does not belong to this connection")
            return WriteResult("refused", f"{tag.name} cannot be had ({reason}): nothing was sent")
        return await write_and_read_back(line, point, value, self._order, self._signature)


def over_budget(wanted_per_s: float, allowed_per_s: float) -> str:
    """What it means that the tags' periods ask for more than the device may be asked; "" if they do not."""
    if not allowed_per_s or wanted_per_s <= allowed_per_s:
        return ""
    return (
        f"its tags' periods ask for {wanted_per_s:.3g} requests a second where {allowed_per_s:g} are allowed: "
        f"values come {wanted_per_s / allowed_per_s:.2g} times slower than asked"
    )
