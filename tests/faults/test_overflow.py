"""A server makes more values than its queue holds: what it threw away is read back from its history, or declared."""

from __future__ import annotations

import time

import pytest

from tests.faults.ledger import balance
from tests.faults.parts import COUNT, Counting
from tests.faults.station import PATIENCE_S, Station, connection, tag
from tests.faults.yard import Yard


def flooded(yard: Yard, **options) -> tuple[Counting, Station]:
    """A server that made 25 values in each publishing interval for a while, where its queues hold 10."""
    server = yard.counting(count_ms=20, **options)
    station = yard.station(
        [connection("plc", server.address, publish_ms=500)], [tag("line.count", "plc", COUNT, "uint32")]
    )
    with station.window() as window:
        window.until_moving()
        window.listen(3.0)
    server.ask(do="pace", ms=250)
    return server, station


@pytest.mark.fault(rows=[7])
def test_what_overflowed_is_read_back(yard: Yard, measured):
    """Every value is stored once, at its own time; nothing is declared, because nothing is missing."""
    server, station = flooded(yard, history=str(yard.folder / "history.db"))
    begun = time.monotonic()
    with station.window() as window:
        while (account := balance(station, server.counts)).flagged and time.monotonic() < begun + PATIENCE_S:
            window.listen(0.3)
    measured("account", str(account))
    assert (account.flagged, account.declared) == (0, 0), account
    assert account.backfilled > 50
    assert [gap for gap in station.gaps() if "queue" in gap.reason] == []
    assert station.connection()["gaps"] == 0


@pytest.mark.fault(rows=[7])
def test_what_overflowed_for_good_is_declared(yard: Yard, measured):
    """Without a history of its own, nobody has what was thrown away: a gap says so, and the connection counts it."""
    server, station = flooded(yard)
    begun = time.monotonic()
    while not station.connection()["gaps"]:
        assert time.monotonic() < begun + PATIENCE_S
        time.sleep(0.2)
    account = balance(station, server.counts)
    measured("account", str(account))
    assert account.declared + account.flagged > 50
    assert account.backfilled == 0
    gaps = [gap for gap in station.gaps() if "queue was full" in gap.reason]
    assert gaps and all(0 < gap.to_ns - gap.from_ns < 30 * 10**9 for gap in gaps)
