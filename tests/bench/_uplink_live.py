"""How late live values are while a backlog goes to the plant server: the whole program, before and meanwhile.

Server, engine and listener are processes of their own. The engine has days of history that its plant server lacks;
that one is not there at first, and then it is, and everything goes there as rows, which is the most work there is.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np

from hmi.clock import MachineClock
from hmi.core.batch import FLAG_AGAIN, FLAG_BACKFILLED, FLAG_NOT_LIVE
from hmi.link.messages import Values
from hmi.link.socket import connect
from tests.faults.parts import COUNT, Counting
from tests.faults.station import HEAD, Station, connection, tag
from tests.uplink.cluster import Cluster

PUBLISH_MS: Final = 100
_OLD: Final = FLAG_AGAIN | FLAG_BACKFILLED | FLAG_NOT_LIVE
_PATIENCE_S: Final = 60.0


def measure(folder: Path, server: Cluster, seconds: float) -> dict[str, float]:
    """The p95 of the ages of live values (ms) as they come, with the server away and while it is sent to."""
    server.stop()
    device = Counting(folder / "device")
    device.start()
    station = Station(folder, [connection("plc", device.address, publish_ms=PUBLISH_MS)], [])
    text = (station.plant / "plant.toml").read_text()
    (station.plant / "plant.toml").write_text(f'{text}\n[server]\nurl = "{server.url()}"\nrows = ["*"]\n')
    (station.plant / "tags.csv").write_text(HEAD + tag("live.count", "plc", COUNT, "uint32"))
    try:
        station.start()
        with closing(connect(station.data, program="bench", clock=MachineClock())) as link:
            _ages(link, 3.0)  # until it is in its stride
            before = _ages(link, seconds)
            server.start()
            _until_sending(station)
            _ages(link, 1.0)  # what came while nobody listened here
            meanwhile = _ages(link, seconds)
        told = station.json("status")["server"]
        assert told["state"] == "sending", f"it was all sent before the time was over: {told['words']}"
    finally:
        station.stop()
        device.kill()
    figures = {"before": float(np.percentile(before, 95)), "meanwhile": float(np.percentile(meanwhile, 95))}
    return figures | {"values": float(len(meanwhile)), "rows meanwhile": float(told["sent_rows"])}


def _until_sending(station: Station) -> None:
    until = time.monotonic() + _PATIENCE_S
    while station.json("status")["server"]["sent_rows"] == 0:
        assert time.monotonic() < until, station.json("status")["server"]


def _ages(link: Any, seconds: float) -> list[float]:
    """How old each live value is when it comes here, in ms."""
    found: list[float] = []
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for message in link.wait(left):
            now = time.time_ns()
            if isinstance(message, Values):
                rows = message.batch().rows
                live = rows[(rows["flags"] & _OLD) == 0]
                found += ((now - live["time"]) / 1e6).tolist()
    return found
