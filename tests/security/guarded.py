"""A plant whose controllers keep account of every write: what they note and what the journal says must be one story.

One OPC UA server, reached over four wires (a good one, one on which nothing comes back any more, one that loses
the answers to writes, one that is slow), and a Modbus device over two. Each case of the trial is a tag.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from hmi.clock import MachineClock
from hmi.commands.children import Child, hmi_command
from hmi.link.socket import Connection, connect
from hmi.plantfiles.folder import load_folder
from tests.drivers.devices import free_port
from tests.faults.parts import COUNT, Process, Wire, node
from tests.faults.station import PATIENCE_S, Station, connection, tag
from tests.faults.yard import Yard
from tests.security.guarded_plant import (
    ALARM,
    EQUIPMENT,
    INSTRUCTION,
    OPERATE,
    OVERVIEW,
    PART,
    POLICIES,
    RELEASE,
    SCREEN,
    SETPOINT,
    STATIONS,
    TEMPLATE,
)

WRITE_REQUEST = "0100a102"  # the type id of an OPC UA WriteRequest in binary (Part 6)
WRITE_REGISTER_21 = "060015"  # Modbus function 6 on register 21
SLOW_S = 0.4  # each way, on the slow wire
SERVERS = Path(__file__).parent / "servers"


class Case(NamedTuple):
    """One way in which a write may be asked for, and what must come of it."""

    tag: str
    says: str = ""  # what the refusal in the journal says; "" it is carried out
    beyond: bool = False  # the value is outside the tag's range
    ending: str = "refused"


CASES = {
    "carried out": Case("door.speed", ending="confirmed"),
    "carried out by Modbus": Case("door.register", ending="confirmed"),
    "unauthorised": Case("door.engineers", "for those who may engineer"),
    "out of range": Case("door.speed", "out of range|outside what its policy allows", beyond=True),
    "out of range by Modbus": Case("door.register", "out of range|outside what its policy allows", beyond=True),
    "interlocked": Case("door.locked", "The machine turns: stop it first"),
    "interlocked by Modbus": Case("door.locked_register", "The machine turns: stop it first"),
    "stale": Case("door.stale", "stale|is bad|is down|is connecting"),  # by how long it has been silent
}
UNKNOWN = {
    "unknown": Case("door.lossy", ending="unknown"),
    "unknown by Modbus": Case("door.lossy_register", ending="unknown"),
}
SET = [
    "door.speed",
    "door.register",
    "door.engineers",
    "door.locked",
    "door.locked_register",
    "door.stale",
    "door.slow",
    "door.lossy",
    "door.lossy_register",
]


class Noting(Process):
    """The Modbus device that keeps account of what is written to it."""

    def __init__(self, folder: Path) -> None:
        super().__init__("")
        self._account = folder / f"registers{self.port}"

    def _command(self) -> list[str]:
        return [sys.executable, str(SERVERS / "noting_modbus_server.py"), str(self.port), str(self._account)]

    def writes(self) -> list[str]:
        """Every write of a client that reached it: register and value."""
        return self._account.read_text().splitlines() if self._account.exists() else []


class Guarded:
    """The plant of the trial, running, and both accounts of what was written to it."""

    def __init__(self, folder: Path) -> None:
        self.yard = Yard(folder)
        self._numbers = itertools.count(1)
        self._folder = folder

    def open(self) -> None:
        """Start the controllers, then the engine."""
        folder = self._folder
        self.plc = self.yard.counting()
        self.device = self.yard.add(Noting(folder))
        self.device.start()
        self.wires = {name: self._wire(self.plc.port) for name in ("stale", "lossy", "slow")}
        self.wires["lossy_device"] = self._wire(self.device.port)
        self.listens = free_port()
        self.station = self.yard.add(Station(folder / "station", self._connections(), self._tags(), ALARM))
        self._write_files(self.station.plant)
        self.start()

    def _wire(self, port: int) -> Wire:
        made = self.yard.add(Wire(port))
        made.start()
        return made

    def _connections(self) -> list[str]:
        lossy = f"tcp://127.0.0.1:{self.wires['lossy_device'].port}"
        return [
            STATIONS,
            connection("plc", self.plc.address, publish_ms=100),
            *(connection(name, self.wires[name].address, publish_ms=100) for name in ("stale", "lossy", "slow")),
            connection("device", f"tcp://127.0.0.1:{self.device.port}", "modbus", scan_ms=100),
            connection("lossy_device", lossy, "modbus", scan_ms=100),
        ]

    def _tags(self) -> list[str]:
        range_ = {"access": "rw", "low": 0, "high": 60}
        registers = {"access": "rw", "low": 0, "high": 60_000}
        return [
            tag("door.count", "plc", COUNT, "uint32"),
            tag("door.speed", "plc", node("Speed"), "float32", **range_),
            tag("door.engineers", "plc", node("Speed"), "float32", **range_),
            tag("door.locked", "plc", node("Speed"), "float32", **range_),
            tag("door.push", "plc", node("Enable"), "bool", access="rw"),
            tag("door.enable", "plc", node("Enable"), "bool", access="rw"),
            tag("door.lot", "plc", node("Batch"), "string[20]", access="rw"),
            tag("door.stale", "stale", node("Speed"), "float32", **range_),
            tag("door.lossy", "lossy", node("Speed"), "float32", **range_),
            tag("door.slow", "slow", node("Speed"), "float32", **range_),
            tag("door.scans", "device", "holding:100", "uint16"),
            tag("door.register", "device", "holding:20", "uint16", **registers),
            tag("door.locked_register", "device", "holding:22", "uint16", **registers),
            tag("door.lossy_register", "lossy_device", "holding:21", "uint16", **registers),
        ]

    def _write_files(self, plant: Path) -> None:
        files = {
            "policies.toml": POLICIES,
            "screens/overview.toml": OVERVIEW,
            "screens/doors.toml": SCREEN + "".join(SETPOINT.format(y=20 + 60 * n, name=t) for n, t in enumerate(SET)),
            "templates/cell.toml": template(),
            "equipment.toml": EQUIPMENT,
        }
        for name in SET:
            files[f"instructions/{instruction_of(name)}.md"] = INSTRUCTION.format(name=name)
        for name, text in files.items():
            (plant / name).parent.mkdir(exist_ok=True)
            (plant / name).write_text(text, encoding="utf-8")
        found = load_folder(plant).instructions.values()
        releases = "".join(RELEASE.format(name=one.id, digest=one.digest) for one in found)
        (plant / "instructions/releases.toml").write_text(releases, encoding="utf-8")

    def start(self) -> None:
        """Start the engine, listening on TCP besides, and wait until its values are there."""
        command = hmi_command("engine", str(self.station.plant), "--data", str(self.station.data))
        command += ["--listen", f"127.0.0.1:{self.listens}"]
        self.station.engine = Child("engine", command, self.station.data.parent / "engine.log")
        self.station.engine.ready(PATIENCE_S)
        with self.station.window() as window:
            for name in SET:
                window.until_word("good", name)
            self.wires["slow"].ask(delay=SLOW_S)
            self.wires["stale"].ask(deaf=True)
            window.until(lambda: window.now["door.stale"].word in ("stale", "bad"))

    def value(self, case: Case) -> float:
        """A value that nobody has written yet, within the range of its tag or beyond it."""
        number = next(self._numbers)
        if "register" in case.tag:
            return 60_000 + number if case.beyond else 1000 + number
        return 60 + number / 4 if case.beyond else number / 16

    def link(self, program: str = "trial", station: str = "desk") -> Connection:
        """A client of the engine; close it."""
        return connect(
            self.station.data, program=program, user="trial", station=station, stream=False, clock=MachineClock()
        )

    def records(self, *categories: str) -> list[dict[str, Any]]:
        """What the journal says so far, oldest first."""
        with_link = self.link()
        try:
            body = with_link.ask("journal", limit=10_000, oldest=True).body
        finally:
            with_link.close()
        return [row for row in body if not categories or row["category"] in categories]

    def arm(self, case: Case) -> None:
        """Let the next answer of a lossy wire be lost, once everything on it is well again."""
        modbus = "register" in case.tag
        wire = self.wires["lossy_device" if modbus else "lossy"]
        wire.ask(lose_answer=None)
        with self.station.window() as window:
            window.until_word("good", case.tag)
        wire.ask(lose_answer=WRITE_REGISTER_21 if modbus else WRITE_REQUEST)

    def noted(self) -> Counter[tuple[str, float | str]]:
        """What the controllers say was written to them."""
        opcua = (line.split(" ", 1) for line in self.plc.writes())
        modbus = (line.split() for line in self.device.writes())
        words: Counter[tuple[str, float | str]] = Counter((name, _plain(text)) for name, text in opcua)
        return words + Counter((f"register {number}", _plain(text)) for number, text in modbus)

    def audited(self) -> Counter[tuple[str, float | str]]:
        """What the journal says was sent: requested, and not refused by a rule afterwards."""
        sent: Counter[tuple[str, float | str]] = Counter()
        asked: dict[tuple[str, Any], dict[str, Any]] = {}
        for record in self.records("write"):
            key = (record["subject"], record["value"])
            if record["event"] == "requested":
                assert key not in asked, f"requested twice at once: {record}"
                asked[key] = record
            elif record["event"] in ("confirmed", "unknown"):
                assert asked.pop(key, None), f"ended and never requested: {record}"
                sent[PLACES[record["subject"]], _plain(str(record["value"]))] += 1
            else:
                asked.pop(key, None)
                assert "nothing was sent" in record["result"], record
        assert not asked, f"requested, and nobody knows how it ended: {asked}"
        return sent

    def agree(self) -> None:
        """Both accounts say the same, to the last write."""
        noted, audited = self.noted(), self.audited()
        assert noted == audited, f"only noted: {noted - audited}; only audited: {audited - noted}"

    def stop(self) -> None:
        """End everything."""
        self.yard.clear()


PLACES = {
    **dict.fromkeys((name for name in SET if "register" not in name), "Cell.Speed"),
    "door.push": "Cell.Enable",
    "door.enable": "Cell.Enable",
    "door.lot": "Cell.Batch",
    "door.register": "register 20",
    "door.lossy_register": "register 21",
    "door.locked_register": "register 22",
}


def template() -> str:
    """A machine on whose faceplate everything of the trial is set."""
    names = [name.removeprefix("door.") for name in SET]
    members = "".join(f'\n[[member]]\nname = "{name}"\n' for name in names)
    return TEMPLATE + members + PART + "".join(OPERATE.format(y=20 + 60 * n, name=name) for n, name in enumerate(names))


def instruction_of(tag_name: str) -> str:
    """The instruction that sets a tag."""
    return "set-" + tag_name.partition(".")[2].replace("_", "-")


def _plain(text: str) -> float | str:
    """A value as both sides would say it."""
    if text in ("True", "False"):
        return float(text == "True")
    try:
        return float(text)
    except ValueError:
        return text
