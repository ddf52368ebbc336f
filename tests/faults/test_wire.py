"""Devices that are slow to say anything, or say nonsense: each costs its own connection, and no other."""

from __future__ import annotations

import time

import pytest

from tests.drivers.devices import Device
from tests.faults.ledger import balance
from tests.faults.parts import COUNT, Garbage, Wire
from tests.faults.station import Load, Station, connection, live_rows, tag
from tests.faults.yard import BACK_S, STALE_S, WHOLE, Yard

pytestmark = pytest.mark.faults

PHASES = {"hello": 0, "channel": 28, "session": 200}  # bytes that come at once, before the rest trickles
NONSENSE = ("random", "huge", "zero", "text", "mute", "close")
HOSTILE = (
    *("silent", "close", "wrong-number", "no-number", "wrong-unit", "wrong-function"),
    *("short", "empty", "too-few", "too-many", "half", "garbage", "huge", "unknown-function", "late"),
    *("code-2", "code-5", "code-6", "code-255"),
)
REGISTERS = (10, 11, 20, 30)
FLOODED_MIB = 250  # what one endless message may cost at its worst moment


def load_of(station: Station, loads: list[Load]) -> Load:
    loads.append(Load.of(station.pid))
    return loads[-1]


def expect_bounded(before: Load, loads: list[Load], mib: float, measured) -> None:
    """No pile of threads or files, and no more memory than so much."""
    most = Load(max(load.threads for load in loads), max(load.files for load in loads), max(load.mib for load in loads))
    grown = (most.threads - before.threads, most.files - before.files, round(most.mib - before.mib, 1))
    measured("threads, files and MiB more than before, at most", grown)
    assert grown[0] <= 0
    assert grown[1] <= 12
    assert grown[2] <= mib


@pytest.mark.fault(rows=[8])
def test_one_byte_a_second_in_every_phase(yard: Yard, measured):
    """Each phase has its end; who is slow is down with a reason, and live soon after it is quick again."""
    server = yard.counting(history=str(yard.folder / "history.db"))
    wires = {name: yard.add(Wire(server.port)) for name in (*PHASES, "publish")}
    for name, wire in wires.items():
        wire.start()
        if name in PHASES:
            wire.ask(trickle=1.0, after=PHASES[name])
    connections = [connection(name, wire.address, publish_ms=100) for name, wire in wires.items()]
    rows = [tag(f"{name}.count", name, COUNT, "uint32") for name in wires]
    connections.append(connection("plc", server.address, publish_ms=100))
    station = yard.station(connections, [*rows, tag("line.count", "plc", COUNT, "uint32")])
    with station.window() as window:
        window.until_moving()
        window.until_moving("publish.count")
        before, loads = Load.of(station.pid), [Load.of(station.pid)]
        wires["publish"].ask(trickle=1.0)
        begun = time.monotonic()
        window.until(lambda: window.now["publish.count"].word != "good")
        measured("stale when publishing trickles", time.monotonic() - window.last_good("publish.count"), STALE_S)
        while time.monotonic() - begun < (60 if WHOLE else 10):
            window.listen(1.0)
            load_of(station, loads)
        status = {row["id"]: row for row in station.json("status")["connections"]}
        for name, wire in wires.items():
            calls = wire.ask()["calls"]
            measured(f"{name}: attempts, and what is said", (calls, status[name]["reason"]))
            assert status[name]["state"] != "live", name
            assert calls >= 2, f"{name}: it waits for ever"
            assert window.now[f"{name}.count"].word in ("bad", "stale"), name
            wire.ask(trickle=0.0)
        begun = time.monotonic()
        for name in wires:
            window.until_moving(f"{name}.count")
        # An attempt that began slowly must end by its own limit first, and its back-off comes after that.
        measured("all live after they are quick again", time.monotonic() - begun, 2 * BACK_S)
    expect_bounded(before, loads, 30, measured)
    account = balance(station, server.counts)
    measured("account of the one beside them", str(account))
    assert (account.declared, account.flagged, account.gap_s) == (0, 0, 0)


@pytest.mark.fault(rows=[9])
@pytest.mark.cr("3.5", "7.1")
def test_nonsense(yard: Yard, measured):
    """Whatever comes instead of an answer, as OPC UA and as Modbus: down with a reason, and memory bounded."""
    server = yard.counting(history=str(yard.folder / "history.db"))
    connections, rows = [connection("plc", server.address, publish_ms=100)], [tag("line.count", "plc", COUNT, "uint32")]
    for kind in NONSENSE:
        device = yard.add(Garbage(kind))
        device.start()
        for driver, scheme, address in (("opcua", "opc.tcp", "ns=1;s=X"), ("modbus", "tcp", "holding:1")):
            connections.append(connection(f"{driver}-{kind}", f"{scheme}://127.0.0.1:{device.port}", driver))
            rows.append(tag(f"{driver}.{kind}", f"{driver}-{kind}", address, "uint16"))
    station = yard.station(connections, rows)
    with station.window() as window:
        window.until_moving()
        before, loads = Load.of(station.pid), [Load.of(station.pid)]
        begun, window.longest_s = time.monotonic(), 0.0
        while time.monotonic() - begun < (60 if WHOLE else 6):
            window.listen(1.0)
            load_of(station, loads)
        measured("longest silence of the engine meanwhile", window.longest_s, 1.5)
        for row in station.json("status")["connections"]:
            if row["id"] != "plc":
                assert row["state"] != "live", row
                assert row["reason"] and "\n" not in row["reason"] and "Traceback" not in row["reason"], row
                measured(row["id"], row["reason"])
        for name in station.names[1:]:
            assert window.now[name].word == "bad", name
    expect_bounded(before, loads, 40, measured)
    assert not [line for line in station.log() if "Traceback" in line or "bug in the driver" in line]
    account = balance(station, server.counts)
    assert (account.declared, account.flagged, account.gap_s) == (0, 0, 0)


@pytest.mark.fault(rows=[9])
def test_a_message_that_never_ends(yard: Yard, measured):
    """Chunk after chunk of one answer: given up, not gathered until the memory is full."""
    server, beside = yard.counting(), yard.counting()
    wire = yard.add(Wire(server.port))
    wire.start()
    connections = [connection("plc", beside.address, publish_ms=100), connection("flood", wire.address, publish_ms=100)]
    rows = [tag("line.count", "plc", COUNT, "uint32"), tag("flood.count", "flood", COUNT, "uint32")]
    station = yard.station(connections, rows)
    with station.window() as window:
        window.until_moving()
        window.until_moving("flood.count")
        before, loads = Load.of(station.pid), [Load.of(station.pid)]
        wire.ask(flood=True)
        begun, window.longest_s = time.monotonic(), 0.0
        while time.monotonic() - begun < (60 if WHOLE else 6):
            window.listen(0.5)
            load_of(station, loads)
        measured("longest silence of the engine meanwhile", window.longest_s, 1.5)
        measured("MiB of it that came", round(wire.ask()["flooded"] / 2**20))
        assert window.now["flood.count"].word != "good"
        wire.ask(flood=False)
        wire.ask(cut=True)
        measured("live after it", window.until_moving("flood.count"), BACK_S)
    expect_bounded(before, loads, FLOODED_MIB, measured)
    account = balance(station, beside.counts)
    assert (account.declared, account.gap_s) == (0, 0), account


@pytest.mark.fault(rows=[10])
def test_modbus_units_that_break_the_protocol(yard: Yard, measured):
    """Every second answer of each is wrong in its own way: all that is stored as good is right all the same."""
    device = yard.add(Device("modbus_hostile", "tcp", *HOSTILE))
    device.start()
    keys = {"driver": "modbus", "scan_ms": 50, "timeout_ms": 150, "max_gap": 2}
    connections = [connection(how, device.address, unit=unit, **keys) for unit, how in enumerate(HOSTILE, 1)]
    rows = [
        tag(f"{how}.r{number}".replace("-", "_"), how, f"holding:{number}", "uint16")
        for how in HOSTILE
        for number in REGISTERS
    ]
    station = yard.station(connections, rows)
    with station.window() as window:
        window.listen(60 if WHOLE else 4)
    shown = 0
    for name in station.names:
        samples = station.samples(name)
        good = live_rows(samples) & (samples.quality < 0x4000_0000)
        assert set(samples.value[good].tolist()) <= {int(name.rpartition("r")[2]) + 1000.0}, name
        shown += int(good.sum())
    measured("good values stored, all right", shown)
    assert shown >= len(HOSTILE)
    assert not [line for line in station.log() if "Traceback" in line]
