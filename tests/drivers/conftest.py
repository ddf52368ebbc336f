"""Devices that the drivers' tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.devices import Device


@pytest.fixture(scope="session")
def shared_opcua() -> Iterator[Device]:
    """An OPC UA server for all tests that leave it running: it takes seconds to start."""
    yield from _started("opcua")


@pytest.fixture(scope="session")
def typed_opcua() -> Iterator[Device]:
    """An OPC UA server of all types, arrays, states, ranges and methods."""
    yield from _started("typed_opcua")


@pytest.fixture(scope="session")
def shared_modbus() -> Iterator[Device]:
    """A Modbus server for all tests that leave it running."""
    yield from _started("modbus")


def _started(kind: str) -> Iterator[Device]:
    device = Device(kind)
    device.start()
    yield device
    device.kill()
