"""Tests against servers that others wrote: a short form wherever they are installed, all of it by `make interop`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.interop.peers import HAS_LIBMODBUS, HAS_NODE_OPCUA, LibModbus, NodeOpcua

WHOLE = os.environ.get("HMI_INTEROP") == "whole"
PEERS = {"nodeopcua": ("node-opcua", HAS_NODE_OPCUA), "libmodbus": ("libmodbus", HAS_LIBMODBUS)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what has no server here, and the long ones unless they were asked for."""
    for item in items:
        if "tests/interop/" not in item.path.as_posix():
            continue
        item.add_marker(pytest.mark.xdist_group("interop"))
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(180))  # many connections, each with keys of its own
        for word, (name, is_there) in PEERS.items():
            if word in item.path.name and not is_there:
                item.add_marker(
                    pytest.mark.skip(f"{name} is not installed, or older than its test: `make interop` gets it")
                )
        if not WHOLE and item.get_closest_marker("interop"):
            item.add_marker(pytest.mark.skip("the long tests against others' servers: `make interop` runs them"))


@pytest.fixture(scope="session")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeOpcua]:
    """A node-opcua server for all tests that leave it running."""
    server = NodeOpcua(tmp_path_factory.mktemp("cell"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def device() -> Iterator[LibModbus]:
    """A device over libmodbus."""
    server = LibModbus()
    server.start()
    yield server
    server.kill()
