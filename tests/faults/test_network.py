"""A network that swallows, resets, goes dead or crawls: bounded in time and in what it costs, and nothing lost."""

from __future__ import annotations

import itertools
import re
import subprocess
import time

import pytest

from tests.faults.ledger import balance
from tests.faults.parts import COUNT, Counting, Networks, Wire
from tests.faults.station import Load, Station, connection, tag
from tests.faults.yard import BACK_S, STALE_S, WHOLE, Yard

pytestmark = pytest.mark.faults

SIGN_OF_LIFE_S = 1.5  # the engine's comes twice a second
ATTEMPTS_PER_MIN = 30  # back-off 0.5, 1, 2, then 5 s, shortened by jitter to half of it at the most


def away(networks: Networks, yard: Yard, **options) -> Counting:
    """A counting server at the other end of the cable."""
    return yard.counting(host=networks.host, within=networks.within(networks.plant), **options)


def trial(networks: Networks, yard: Yard, address: str, beside: str = "") -> Station:
    """A station at this end; `beside` is a second server, on another connection."""
    connections = [connection("plc", address, publish_ms=100)]
    rows = [tag("line.count", "plc", COUNT, "uint32")]
    if beside:
        connections.append(connection("beside", beside, publish_ms=100))
        rows.append(tag("beside.count", "beside", COUNT, "uint32"))
    return yard.station(connections, rows, within=networks.within(networks.station))


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def lines_about(station: Station, name: str = "plc") -> list[str]:
    """What the engine logged of a connection."""
    return [line for line in station.log() if re.search(rf"hmi\.drivers: {name}: ", line)]


@pytest.mark.fault(rows=[4])
def test_everything_is_swallowed(networks: Networks, yard: Yard, measured):
    """A firewall that drops without a word: time-outs hold, nothing piles up, the neighbour does not notice."""
    server, beside = (
        away(networks, yard, history=str(yard.folder / "a.db")),
        away(networks, yard, history=str(yard.folder / "b.db")),
    )
    station = trial(networks, yard, server.address, beside.address)
    with station.window() as window:
        window.until_moving()
        window.until_moving("beside.count")
        before, told = Load.of(station.pid), len(lines_about(station))
        drop = ("OUTPUT", "-p", "tcp", "--dport", str(server.port), "-j", "DROP")
        networks.station_firewall("-A", *drop)
        begun = time.monotonic()
        window.until(lambda: window.now["line.count"].word != "good")
        measured("stale after the last good value", time.monotonic() - window.last_good(), STALE_S)
        window.longest_s = 0.0
        loads, most = [before], 0
        while time.monotonic() - begun < (60 if WHOLE else 8):
            window.listen(1.0)
            loads.append(Load.of(station.pid))
            most = max(most, len([row for row in networks.sockets(server.port) if "TIME-WAIT" not in row]))
        measured("longest silence of the engine meanwhile", window.longest_s, SIGN_OF_LIFE_S)
        networks.station_firewall("-D", *drop)
        measured("live after the firewall opens", window.until_moving(), BACK_S)
        window.listen(2.0)
    threads, files = max(load.threads for load in loads), max(load.files for load in loads)
    grown = max(load.mib for load in loads) - before.mib
    measured(
        "threads, files and MiB more than before", (threads - before.threads, files - before.files, round(grown, 1))
    )
    measured("sockets to the dead server at once, at most", most)
    assert threads <= before.threads
    assert files <= before.files + 3
    assert grown < 20
    assert len(lines_about(station)) - told <= 2  # when it began, and when it ended
    measured("account", str(balance(station, server.counts)))
    account = balance(station, beside.counts, "beside.count", "beside")
    assert (account.declared, account.backfilled, account.gap_s) == (0, 0, 0), account


@pytest.mark.fault(rows=[5])
def test_every_connection_is_reset(networks: Networks, yard: Yard, measured):
    """A storm of resets is answered with patience: few attempts, few lines in the log."""
    server = away(networks, yard, history=str(yard.folder / "history.db"))
    station = trial(networks, yard, server.address)
    reset = ("INPUT", "-p", "tcp", "--dport", str(server.port), "-j", "REJECT", "--reject-with", "tcp-reset")
    syns = ("OUTPUT", "-p", "tcp", "--syn", "--dport", str(server.port), "-j", "ACCEPT")
    with station.window() as window:
        window.until_moving()
        told = len(lines_about(station))
        networks.station_firewall("-A", *syns)
        networks.plant_firewall("-A", *reset)
        begun = time.monotonic()
        window.until(lambda: window.now["line.count"].word != "good")
        measured("stale after the last good value", time.monotonic() - window.last_good(), STALE_S)
        moments: list[float] = []
        while time.monotonic() - begun < (60 if WHOLE else 10):
            window.listen(0.3)
            attempts = attempts_of(networks)
            moments += [time.monotonic()] * (attempts > len(moments))
        passed, attempts = time.monotonic() - begun, attempts_of(networks)
        networks.plant_firewall("-D", *reset)
        measured("live after the storm", window.until_moving(), BACK_S)
        window.listen(2.0)
    measured("SYNs in a minute of storm", round(attempts / passed * 60, 1))
    assert 2 <= attempts / passed * 60 <= 2 * ATTEMPTS_PER_MIN  # two for each: why it failed is asked once more
    waits = [round(b - a, 1) for a, b in itertools.pairwise(moments)]
    measured("seconds between them", waits)
    assert max(waits) <= 5.5
    if WHOLE:
        assert len(set(waits[-6:])) > 1, "without jitter stations knock together"
    assert len(lines_about(station)) - told <= 2
    measured("account", str(balance(station, server.counts)))


def attempts_of(networks: Networks) -> int:
    """How many connections the station has tried, as its packet filter counts them."""
    command = [*networks.within(networks.station), "iptables", "-L", "OUTPUT", "-v", "-x", "-n"]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return int(rows[2].split()[0])


@pytest.mark.fault(rows=[5])
@pytest.mark.faults
def test_a_connection_that_comes_and_goes(yard: Yard, measured):
    """Cut as soon as it lives, again and again: the log says so a few times a minute, not each time."""
    server = yard.counting(history=str(yard.folder / "history.db"))
    wire = yard.add(Wire(server.port))
    wire.start()
    station = yard.station(
        [connection("plc", wire.address, publish_ms=100)], [tag("line.count", "plc", COUNT, "uint32")]
    )
    cuts = 0
    with station.window() as window:
        begun = time.monotonic()
        while time.monotonic() - begun < 60:
            window.until_moving()
            wire.ask(cut=True)
            cuts += 1
        window.until_moving()
        window.listen(2.0)
    lines = lines_about(station)
    measured("lines in the log after so many cuts", (len(lines), cuts))
    assert len(lines) <= 12
    measured("account", str(balance(station, server.counts)))


@pytest.mark.fault(rows=[6])
def test_the_cable_is_out_while_the_server_forgets(networks: Networks, yard: Yard, measured):
    """A dead peer that never said goodbye is found by its silence, long before TCP would."""
    server = away(networks, yard, history=str(yard.folder / "history.db"))
    station = trial(networks, yard, server.address)
    with station.window() as window:
        window.until_moving()
        networks.cable("down")
        begun = time.monotonic()
        window.until(lambda: window.now["line.count"].word != "good")
        measured("stale after the last good value", time.monotonic() - window.last_good(), STALE_S)
        window.until(lambda: station.connection()["state"] == "down")
        measured("dead link given up", time.monotonic() - begun, 2 * STALE_S)
        server.kill()
        window.listen(begun + (120 if WHOLE else 6) - time.monotonic())
        server.start()
        window.listen(0.5)
        networks.cable("up")
        measured("live after the cable is in", window.until_moving(), BACK_S)
        window.listen(2.0)
    measured("account", str(balance(station, server.counts)))


@pytest.mark.fault(rows=[7])
@pytest.mark.parametrize(
    "delay_s", [pytest.param(0.0, id="loss", marks=pytest.mark.faults), pytest.param(0.3, id="loss and delay")]
)
def test_a_line_that_crawls(networks: Networks, yard: Yard, measured, delay_s: float):
    """A fifth of all packets lost each way, 64 kbit/s, and 300 ms: late, in order, none lost."""
    server = yard.counting(within=networks.within(networks.plant), history=str(yard.folder / "history.db"))
    wire = yard.add(Wire(server.port, host=networks.host, within=networks.within(networks.plant)))
    wire.start()
    station = trial(networks, yard, wire.address)
    loss = ("-p", "tcp", "-m", "statistic", "--mode", "random", "--probability", "0.2", "-j", "DROP")
    with station.window() as window:
        window.until_moving()
        wire.ask(delay=delay_s)
        networks.slow("64kbit")
        networks.station_firewall("-A", "OUTPUT", *loss)
        networks.plant_firewall("-A", "OUTPUT", *loss)
        window.listen(60 if WHOLE else 10)
        networks.station_firewall("-F")
        networks.plant_firewall("-F")
        wire.ask(delay=0.0)
        window.until_moving()
        window.listen(2.0)
    measured("account", str(balance(station, server.counts)))
    behind = time.time() - time.monotonic()  # what the station's clocks are apart
    late = sorted(seen.at + behind - seen.time / 1e9 for seen in window.rows("line.count") if seen.word == "good")
    measured("late: median", late[len(late) // 2])
    measured("late: worst", late[-1])
    measured("sessions built anew", station.connection()["reconnects"])
