"""A server that means harm: its code is run by nobody, its names are text, its circles end, and others go on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.parts import COUNT
from tests.faults.station import Load, Station, connection, tag
from tests.faults.yard import Yard
from tests.interop.peers import CACHE, HAS_NODE_OPCUA, Peer
from tests.security.conftest import WHOLE

SERVERS = Path(__file__).parent / "servers"
MOST_MIB = 60  # more than before it was connected to
NAIVE = """
import asyncio, contextlib, sys
from asyncua import Client

async def main():
    async with Client(sys.argv[1]) as client:
        with contextlib.suppress(Exception):
            await client.load_type_definitions()

asyncio.run(main())
"""


class Hostile(Peer):
    """The server, in a process of its own; made with our own library, or with another maker's."""

    def __init__(self, sentinel: Path, maker: str) -> None:
        super().__init__()
        self.address = f"opc.tcp://127.0.0.1:{self.port}"
        self._sentinel, self._maker = sentinel, maker

    def _command(self) -> list[str]:
        words = [str(self.port), str(self._sentinel)]
        if self._maker == "asyncua":
            return [sys.executable, str(SERVERS / "hostile_opcua_server.py"), *words]
        return ["node", str(SERVERS / "hostile_nodeopcua_server.js"), *words, str(CACHE / "pki")]


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    made = Yard(tmp_path)
    yield made
    made.clear()


@pytest.fixture(params=["asyncua", "node-opcua"] if WHOLE else ["asyncua"])
def hostile(yard: Yard, request: pytest.FixtureRequest) -> tuple[Hostile, Path]:
    """The server, and the file that its code would make."""
    if request.param == "node-opcua" and not HAS_NODE_OPCUA:
        pytest.skip("node-opcua is not installed: `make interop` gets it")
    sentinel = yard.folder / "sentinel"
    server = yard.add(Hostile(sentinel, request.param))
    server.start()
    return server, sentinel


@pytest.mark.parametrize("hostile", ["asyncua"], indirect=True)
def test_who_loads_its_types_runs_its_code(hostile: tuple[Hostile, Path]) -> None:
    """Else nothing is tried here: this is what the library does for whoever asks it to."""
    server, sentinel = hostile
    subprocess.run([sys.executable, "-c", NAIVE, server.address], timeout=30, check=False, capture_output=True)
    assert sentinel.exists()


@pytest.mark.cr("SAR 2.4", "3.5", "7.1")
@pytest.mark.timeout(180)
def test_the_station_runs_nothing_of_it_and_others_go_on(yard: Yard, hostile: tuple[Hostile, Path]) -> None:
    server, sentinel = hostile
    good = yard.counting()
    rows = [
        tag("line.count", "good", COUNT, "uint32"),
        tag("line.level", "hostile", "/2:Plant/2:Level", "float64"),
        tag("line.mode", "hostile", "/2:Plant/2:Mode", "int32"),
        tag("line.text", "hostile", "/2:Plant/2:Text", "string[200]"),
        tag("line.recipe", "hostile", "/2:Plant/2:Recipe", "string[200]"),
        tag("line.circle", "hostile", "/2:Plant/2:One" + "/2:Other/2:One" * 100 + "/2:Level", "float64"),
    ]
    lines = [connection("good", good.address, publish_ms=100), connection("hostile", server.address, publish_ms=100)]
    station: Station = yard.station(lines, rows)
    with station.window() as window:
        window.until_moving("line.count")
        before = Load.of(station.pid)
        window.until_moving("line.level")
        window.until_word("good", "line.mode")
        window.until_word("good", "line.text")
        window.until_word("bad", "line.circle")
        window.until(lambda: "line.recipe" in window.now)
        text = window.now["line.text"].text
        assert text is not None and text.startswith("<img src=")
        window.until_moving("line.count")
        window.listen(1.0)
        assert Load.of(station.pid).mib - before.mib < MOST_MIB
    for words in (("status",), ("get",), ("get", "line.mode", "line.text"), ("journal",)):
        done = station.hmi(*words)
        assert done.returncode == 0, done.stderr
        assert not set(done.stdout) & {"\x1b", "\x00", "\u202e"}, "a server can steer the terminal"
    assert station.connection("good")["reconnects"] == 0
    assert not sentinel.exists()


@pytest.mark.cr("SAR 2.4", "3.5")
@pytest.mark.timeout(120)
def test_who_looks_what_it_offers_runs_nothing_of_it(yard: Yard, hostile: tuple[Hostile, Path]) -> None:
    """`hmi discover` goes through all its folders, circles among them, and writes plant files out of its names."""
    server, sentinel = hostile
    station = Station(yard.folder / "station", [connection("good", "opc.tcp://127.0.0.1:1")], [])
    made = yard.folder / "made"
    begun = subprocess.run(
        [sys.executable, "-m", "hmi", "new", str(made)], capture_output=True, text=True, timeout=60, check=False
    )
    assert begun.returncode == 0, begun.stderr
    done = subprocess.run(
        [sys.executable, "-m", "hmi", "discover", server.address, str(made)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "fault in the program" not in done.stderr and "Traceback" not in done.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "hmi", "check", str(made)], capture_output=True, text=True, timeout=60, check=False
    )
    assert "fault in the program" not in checked.stderr, checked.stderr
    assert "mistakes" not in checked.stderr, checked.stderr[:500]
    assert not sentinel.exists()
    assert station.data.parent.exists()
