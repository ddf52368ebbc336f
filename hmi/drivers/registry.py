"""Which driver speaks which protocol; a protocol's library is loaded only when a plant uses it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hmi.clock import Clock
from hmi.core.errors import DeviceError
from hmi.core.plant.model import Connection
from hmi.core.plant.security import protection
from hmi.core.tags import Tag
from hmi.drivers.driver import Deliver, Driver, Earlier, OnEvent, OnGap

DRIVERS = ("modbus", "opcua")


def create(
    connection: Connection,
    tags: Sequence[Tag],
    deliver: Deliver,
    clock: Clock,
    folder: Path | None = None,
    on_gap: OnGap | None = None,
    on_event: OnEvent | None = None,
    earlier: Earlier | None = None,
) -> Driver:
    """The driver of one connection, not yet running; raises DeviceError for a protocol that is not built in.

    `deliver` is called on the event loop that runs the driver, once per publish response or scan.
    `folder` is the engine's data folder, with the station's certificates and passwords. `on_gap` is told of values
    that a device sent and that cannot be had any more, `on_event` of what belongs into the journal. What was made
    since `earlier` is read back where a device remembers it.
    """
    driver = _driver(connection, tags, deliver, clock, folder, on_gap, on_event, earlier)
    driver.health.security = protection(connection)
    return driver


def _driver(
    connection: Connection,
    tags: Sequence[Tag],
    deliver: Deliver,
    clock: Clock,
    folder: Path | None,
    on_gap: OnGap | None,
    on_event: OnEvent | None,
    earlier: Earlier | None,
) -> Driver:
    if connection.driver == "opcua":
        from hmi.drivers.opcua import OpcUaDriver
        from hmi.drivers.opcua_with_conditions import ConditionsDriver

        kind = ConditionsDriver if connection.conditions else OpcUaDriver
        driver = kind(connection, tags, deliver, clock, folder, earlier)
        driver.on_gap, driver.on_event = on_gap, on_event
        return driver
    if connection.driver == "modbus":
        from hmi.drivers.modbus import ModbusDriver

        return ModbusDriver(connection, tags, deliver, clock, folder)
    raise DeviceError(
        f"connection {connection.id}: there is no driver '{connection.driver}', so its values cannot be had; "
        f"use one of {', '.join(DRIVERS)}"
    )
