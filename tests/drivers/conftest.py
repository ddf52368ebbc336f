"""Devices that the drivers' tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.drivers import opcua_security
from tests.drivers import secured
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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[secured.Server]:
    """A server with a face for every trouble with certificates, policies and users."""
    with secured.serving(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.fixture
def station(server: secured.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a station that trusts the good server, and tries again soon."""
    monkeypatch.setattr(opcua_security, "UNTRUSTED_RETRY_S", 0.0)
    monkeypatch.setattr("hmi.drivers.passwords.MISSING_RETRY_S", 0.0)
    monkeypatch.delenv("HMI_PASSWORD_DEVICE", raising=False)
    shutil.copytree(server.own / "own", tmp_path / "pki" / "own")
    secured.trust(tmp_path, secured.GOOD)
    server.seen()
    return tmp_path


def _started(kind: str) -> Iterator[Device]:
    device = Device(kind)
    device.start()
    yield device
    device.kill()
