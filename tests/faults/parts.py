"""What a trial is built of beside the station: devices, wires that break, two networks with a cable between them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hmi.commands.children import Child, hmi_command
from hmi.core.errors import HmiError
from tests.interop.peers import Peer

SERVERS = Path(__file__).parent / "servers"
URI = "urn:faults:cell"
COUNT = f"nsu={URI};i=1001"


def node(name: str) -> str:
    """The address of one of the counting server's nodes."""
    return f"nsu={URI};s=Cell.{name}"


class Process(Peer):
    """One of our own trial programs: told what to do by a JSON object a line."""

    def __init__(self, script: str, host: str = "127.0.0.1", within: Sequence[str] = ()) -> None:
        super().__init__()
        self.host = host
        self._script, self._within = script, list(within)

    def _arguments(self) -> list[str]:
        raise NotImplementedError

    def _command(self) -> list[str]:
        script = str(SERVERS / self._script)
        return [*self._within, sys.executable, script, self.host, str(self.port), *self._arguments()]

    def ask(self, **command: Any) -> Any:
        """Its answer to a command."""
        answer = self.tell(json.dumps(command))
        assert answer, "it ended"
        return json.loads(answer)


class Counting(Process):
    """An OPC UA server with a counter, which keeps its own account of what it counted and of what was written to it."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", within: Sequence[str] = (), **options: Any) -> None:
        super().__init__("counting_opcua_server.py", host, within)
        self.address = f"opc.tcp://{host}:{self.port}"
        self._counts, self._writes = folder / f"counts{self.port}", folder / f"writes{self.port}"
        self.options = {"counts": str(self._counts), "writes": str(self._writes), **options}

    def _arguments(self) -> list[str]:
        return [json.dumps(self.options)]

    def counts(self) -> dict[int, int]:
        """Every value that its counter ever had -> the source time, ns."""
        lines = self._counts.read_text().splitlines()
        return {int(count): int(stamp) for count, stamp in (line.split() for line in lines)}

    def writes(self) -> list[str]:
        """Every write of a client that reached it: node and value."""
        return self._writes.read_text().splitlines() if self._writes.exists() else []


class Wire(Process):
    """A wire to a device, with whatever is wrong with it; see servers/wire_process.py."""

    def __init__(
        self, to: int, to_host: str = "127.0.0.1", host: str = "127.0.0.1", within: Sequence[str] = ()
    ) -> None:
        super().__init__("wire_process.py", host, within)
        self._to = (to_host, to)
        self.address = f"opc.tcp://{host}:{self.port}"

    def _arguments(self) -> list[str]:
        return [self._to[0], str(self._to[1])]


class Garbage(Process):
    """A device that says what no protocol knows; see servers/garbage_server.py."""

    def __init__(self, kind: str) -> None:
        super().__init__("garbage_server.py")
        self._kind = kind

    def _arguments(self) -> list[str]:
        return [self._kind]


def simulator(log: Path, *words: str) -> Child:
    """The simulated plant, ready; a port that another program looked at just when ours was dead is waited for."""
    deadline = time.monotonic() + 60.0
    while True:
        made = Child("simulator", hmi_command("sim", *words), log)
        try:
            made.ready(60.0)
        except HmiError as error:
            if "uses the port" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return made


# ------------------------------------------------------------------------------------------------ networks

_NUMBERS = itertools.count()


def why_no_networks() -> str:
    """Why this machine gives us no networks of our own; "" if it does."""
    if os.name != "posix" or os.geteuid() != 0:
        return "networks of our own need root"
    try:
        with Networks() as networks:
            networks.station_firewall("-A", "OUTPUT", "-p", "tcp", "--dport", "9", "-j", "DROP")
            networks.station_firewall("-F")
    except FileNotFoundError as error:
        return f"there is no {error.filename} here: apt-get install iproute2 iptables"
    except subprocess.CalledProcessError as error:
        return f"this kernel gives no networks of our own: {(error.stderr or b'').decode().strip()}"
    return ""


class Networks:
    """The station's network and the plant's, as two namespaces with a cable between them."""

    def __init__(self) -> None:
        number = f"{os.getpid()}-{next(_NUMBERS)}"
        self.station, self.plant = f"hmi-s-{number}", f"hmi-p-{number}"
        self.host = "10.234.0.2"  # the plant's end

    def __enter__(self) -> Networks:
        try:
            for name in (self.station, self.plant):
                _do("ip", "netns", "add", name)
                _do("ip", "-n", name, "link", "set", "lo", "up")
            peer = ("peer", "name", "cable", "netns", self.plant)
            _do("ip", "-n", self.station, "link", "add", "cable", "type", "veth", *peer)
            for name, address in ((self.station, "10.234.0.1/24"), (self.plant, f"{self.host}/24")):
                _do("ip", "-n", name, "address", "add", address, "dev", "cable")
                _do("ip", "-n", name, "link", "set", "cable", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in (self.station, self.plant):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

    def within(self, name: str) -> list[str]:
        """What stands before a command line that is to run in one of the two."""
        return ["ip", "netns", "exec", name]

    def station_firewall(self, *rule: str) -> None:
        """Change the packet filter of the station's network."""
        _do(*self.within(self.station), "iptables", *rule)

    def plant_firewall(self, *rule: str) -> None:
        """Change the packet filter of the plant's network."""
        _do(*self.within(self.plant), "iptables", *rule)

    def cable(self, state: str) -> None:
        """Pull it (down) at the plant's end, or plug it in (up)."""
        _do("ip", "-n", self.plant, "link", "set", "cable", state)

    def slow(self, rate: str) -> None:
        """Let no more through from the plant to the station, such as 64kbit."""
        shape = ("root", "tbf", "rate", rate, "burst", "4kb", "latency", "1s")
        _do("tc", "-n", self.plant, "qdisc", "add", "dev", "cable", *shape)

    def sockets(self, port: int) -> list[str]:
        """The station's TCP connections to a port, in whatever state."""
        done = _do(*self.within(self.station), "ss", "-tanH", f"dport = :{port}")
        return done.stdout.decode().splitlines()


def _do(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, check=True, capture_output=True, timeout=20)
