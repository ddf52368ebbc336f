"""A server with a million nodes: only what the plant's files name is looked at, and that costs what it always costs."""

from __future__ import annotations

import time

import pytest

from tests.faults.parts import COUNT
from tests.faults.station import Load, connection, tag
from tests.faults.yard import STALE_S, WHOLE, Yard

MANY = 1_000_000 if WHOLE else 100_000
HAS_PROPERTY = "i=46"  # the reference type
MOST_MIB = 60  # more than with a server of a dozen nodes


@pytest.mark.fault(rows=[29])
def test_a_million_nodes_are_never_browsed(yard: Yard, measured):
    """A tag given by its path is found among them; nobody asks for the others."""
    rows = [
        tag("line.count", "plc", COUNT, "uint32"),
        tag("line.last", "plc", "/2:Crowd/2:Last", "float64"),
        tag("line.folder", "plc", "/2:Crowd", "float64"),
    ]
    loads = []
    for many in (1, MANY):
        server = yard.counting(crowd=many)
        station = yard.station([connection("plc", server.address, publish_ms=100)], rows)
        with station.window() as window:
            begun = time.monotonic()
            window.until_moving()
            window.until_word("good", "line.last")
            measured(f"values among {many} nodes", time.monotonic() - begun, 4 * STALE_S)
            assert window.now["line.last"].value == 7.0
            assert window.now["line.folder"].word == "bad"  # no variable; and what is in it is not looked at
            window.listen(1.0)
        loads.append(Load.of(station.pid))
        browsed = server.ask(do="browsed")["nodes"]
        own = [f"ns=2;{name} {HAS_PROPERTY}" for name in ("i=1001", "s=Crowd.Last")]
        assert sorted(browsed) == sorted(own)  # what is said of the tags themselves, once; nothing of a folder
        assert station.connection()["reconnects"] == 0
        station.stop()
        server.kill()
    measured("MiB more", round(loads[1].mib - loads[0].mib))
    assert loads[1].mib - loads[0].mib < MOST_MIB
