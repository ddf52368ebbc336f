"""This computer's clock is set while the plant runs, and the station's own certificate ends: nothing stops.

The engine's wall clock is moved by libfaketime, and nothing else: its monotonic clock and the servers' go on.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest

from hmi.drivers.pki import VALID_DAYS, Pki
from tests.drivers import secured
from tests.faults.clocks import Hands, hands_of
from tests.faults.ledger import before_overflows, inside
from tests.faults.parts import COUNT, Wire
from tests.faults.station import Station, connection, live_rows, tag
from tests.faults.yard import BACK_S, STALE_S, WHOLE, Yard

DAY_NS = 86_400 * 10**9
RETRY_S = 5.0  # a person may be renewing the certificate just now


@pytest.fixture
def hands(yard: Yard) -> Hands:
    """The station's clock; skip where there is nothing to move it with."""
    return hands_of(yard.folder)


@pytest.mark.fault(rows=[15])
@pytest.mark.parametrize(
    "offsets",
    [
        pytest.param(("+1h", "-1h"), id="an hour"),
        pytest.param(("+40d", "+40d +1h", "-2d"), id="days", marks=pytest.mark.faults),
        pytest.param(("+0 x1.05", "+0 x0.95"), id="slewed", marks=pytest.mark.faults),
    ],
)
def test_the_clock_is_set(yard: Yard, measured: Callable[..., None], hands: Hands, offsets: tuple[str, ...]):
    """Timeouts go by the monotonic clock: values stay live, none is lost or twice, and the journal knows each step."""
    server = yard.counting()
    connections = [connection("plc", server.address, publish_ms=100)]
    station = yard.station(connections, [tag("line.count", "plc", COUNT, "uint32")], within=hands.within)
    with station.window() as window:
        window.until_moving()
        window.longest_s = 0.0
        for offset in (*offsets, "+0"):
            hands.set(offset)
            begun = time.monotonic()
            while time.monotonic() - begun < (10 if WHOLE else 1.5):
                window.listen(0.5)
                assert window.now["line.count"].word == "good", offset
            window.until_moving()
        measured("longest silence of the engine", window.longest_s, STALE_S)
    assert station.connection()["reconnects"] == 0
    station.stop()
    expect_whole(station, server.counts())
    told = [record["result"] for record in station.journal("system") if record["event"] == "clock set"]
    measured("told", told)
    if "x" not in offsets[0]:
        assert len(told) == len(offsets) + 1
        assert "set forward by" in told[0]


def expect_whole(station: Station, truth: dict[int, int]) -> None:
    """Every count is stored once, with the device's own time, but for what its queue could not hold, which is told."""
    samples = station.samples("line.count")
    mine = live_rows(samples) & (samples.quality < 0x8000_0000)
    values, times = samples.raw[mine].tolist(), samples.time[mine].tolist()
    assert [value for value, count in Counter(values).items() if count > 1] == []
    qualities = dict(zip(values, samples.quality[mine].tolist(), strict=True))
    told, gaps = before_overflows(sorted(values), [qualities[value] for value in sorted(values)]), station.gaps()
    missing = set(range(min(values), max(values) + 1)) - set(values) - told
    assert [value for value in missing if not inside(truth[value], gaps)] == []
    assert len(values) > 50
    assert [pair for pair in zip(values, times, strict=True) if truth[pair[0]] != pair[1]] == []


@pytest.mark.fault(rows=[27])
def test_the_station_s_own_certificate_ends(yard: Yard, measured: Callable[..., None], hands: Hands):
    """Told while there is time; what is open goes on; then refused by name, renewed, and live without a restart."""
    with secured.serving(yard.folder) as server:
        wire = yard.add(Wire(server.ports["good"]))
        wire.start()
        wire.ask(tap=str(yard.folder / "tap"))
        connections = [connection("plc", wire.address, security=secured.BEST, publish_ms=100)]
        rows = [tag("line.level", "plc", secured.LEVEL, "float64")]
        station = yard.add(Station(yard.folder / "station", connections, rows, within=hands.within))
        Pki(station.data).own(time.time_ns() - (VALID_DAYS - 20) * DAY_NS)  # made long ago
        secured.trust(station.data, secured.GOOD)
        station.start()
        engine = station.pid
        with station.window() as window:
            window.until_moving("line.level")
            assert "of the station expires in" in station.connection()["note"]
            hands.set("+21d")
            window.until(lambda: "the certificate of the station has expired" in station.connection()["note"])
            window.until_moving("line.level")
            assert station.connection()["reconnects"] == 0
            wire.ask(cut=True)
            window.until(lambda: "hmi trust renew" in station.connection()["reason"])
            measured("told", station.connection()["reason"])
            window.until_word("bad", "line.level")
            assert station.hmi("trust", "renew", **hands.environment).returncode == 0
            assert station.hmi("trust", "renew", "--use", **hands.environment).returncode == 0
            measured("live after it was renewed", window.until_moving("line.level"), RETRY_S + BACK_S)
        renewed = (station.data / "pki" / "own" / "cert.der").read_bytes()
        assert renewed in (yard.folder / "tap").read_bytes()  # it was shown to the server
        assert station.pid == engine
        assert "expire" not in station.connection()["note"]
        told = [record for record in station.journal("connection") if record["event"] == "certificate"]
        assert len(told) >= 2 and "has expired" in told[-1]["result"]
        station.stop()
