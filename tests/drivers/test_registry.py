from __future__ import annotations

import pytest

from hmi.clock import HandClock
from hmi.core.errors import DeviceError
from hmi.core.plant.model import Connection
from hmi.drivers.registry import DRIVERS, create


@pytest.mark.parametrize("kind", DRIVERS)
async def test_each_protocol_has_its_driver(kind: str):
    driver = create(Connection("plc", kind, "tcp://127.0.0.1:1"), [], print, HandClock())
    assert driver.health.state == "connecting"


def test_an_unknown_protocol_is_named_with_those_that_exist():
    with pytest.raises(DeviceError, match=r"plc: there is no driver 'profibus'.*modbus, opcua"):
        create(Connection("plc", "profibus", ""), [], print, HandClock())
