"""A PLC gets another program while the station runs: by name and not by place, and never plausible but wrong."""

from __future__ import annotations

import pytest

from tests.faults.ledger import balance
from tests.faults.parts import COUNT, URI, node
from tests.faults.station import connection, live_rows, tag
from tests.faults.yard import Yard
from tests.interop.peers import LibModbus

SHIFTED, SIGNATURE = 300, 0x5A5A ^ 310  # libmodbus_server.c holds N ^ 0x5a5a in register N from 200 to 599


@pytest.mark.fault(rows=[38])
def test_namespaces_move_and_nodes_go(yard: Yard, measured):
    """What is named by namespace URI follows; what is gone is listed by name; the others live."""
    server = yard.counting(history=str(yard.folder / "history.db"))
    rows = [
        tag("line.count", "plc", COUNT, "uint32"),
        tag("line.speed", "plc", node("Speed"), "float32"),
        tag("line.index", "plc", "ns=2;s=Cell.Enable", "bool"),
        tag("line.path", "plc", f"nsu={URI};s=Cell.Batch", "string[20]"),
    ]
    station = yard.station([connection("plc", server.address, publish_ms=100)], rows)
    with station.window() as window:
        window.until_moving()
        window.until(lambda: all(window.now[name].word == "good" for name in station.names))
        server.kill()
        server.options |= {"before": ["urn:somebody:else", "urn:another:one"], "without": ["Speed"]}
        window.until(lambda: window.now["line.count"].word != "good")
        server.start()
        window.until_moving()
        window.until(lambda: window.now["line.path"].word == "good")
        assert {name: window.now[name].word for name in station.names} == {
            "line.count": "good",
            "line.speed": "bad",
            "line.index": "bad",
            "line.path": "good",
        }
        missing = station.json("status")["missing_tags"]
        measured("missing", missing)
        assert sorted(missing) == ["line.index", "line.speed"]
        assert "Cell.Speed" in missing["line.speed"] and "ns=2" in missing["line.index"]
        window.listen(1.5)
    measured("account", str(balance(station, server.counts)))


@pytest.mark.fault(rows=[39])
def test_the_register_map_shifts(yard: Yard, measured, needs_libmodbus):
    """Every register one further on: with a signature, no value rather than a wrong one, and nothing is written."""
    device = yard.add(LibModbus())
    device.start()
    registers = (300, 301, 310, 400)
    rows = [tag(f"line.r{n}", "plc", f"holding:{n}", "uint16", access="rw") for n in registers]
    signature = {"address": "holding:310", "type": "uint16", "value": SIGNATURE}
    keys = {"scan_ms": 100, "signature": signature}
    station = yard.station([connection("plc", device.address, "modbus", **keys)], rows)
    truth = {f"line.r{n}": n ^ 0x5A5A for n in registers}
    with station.window() as window:
        window.until(lambda: all(name in window.now and window.now[name].word == "good" for name in truth))
        device.tell("shift 1")
        window.until(lambda: all(window.now[name].word == "bad" for name in truth))
        note = station.connection()["note"] or station.json("status")["missing_tags"]["line.r300"]
        measured("told", note)
        window.listen(2.0)
        done = station.hmi("put", "line.r300", "7", "--why", "trial")
        assert done.returncode == 1
        device.tell("shift -1")
        window.until(lambda: all(window.now[name].word == "good" for name in truth))
        wrong = [(name, seen.value) for name, seen in window.seen if seen.word == "good" and seen.value != truth[name]]
    device.holding()
    assert device.writes == []
    assert wrong == []
    for name, value in truth.items():
        samples = station.samples(name)
        good = live_rows(samples) & (samples.quality < 0x8000_0000)
        assert set(samples.value[good].tolist()) <= {float(value)}, name
    measured("wrong values shown or stored as good", 0)
