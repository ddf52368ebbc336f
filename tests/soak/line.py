"""The demo plant with one device more, which keeps its own account; and what can be broken about them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from hmi.clock import MachineClock
from hmi.commands.children import Child, free_ports, hmi_command
from hmi.core.errors import LinkError
from hmi.link.socket import connect
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.sim.serve import port_addresses
from tests.faults.parts import COUNT, Counting, Wire, simulator
from tests.faults.station import HEAD, PATIENCE_S, Station, connection, tag

ORACLE = "oracle.count"


class Line(Station):
    """The bottling line of the demo, simulated, and beside it a device behind a wire that can be cut."""

    def __init__(self, folder: Path) -> None:
        self.data, self.plant = folder / "data", folder / "plant"
        shutil.copytree(find_plant("bottling"), self.plant)
        self.server = Counting(folder)
        self.server.start()
        self.wire = Wire(self.server.port)
        self.wire.start()
        with (self.plant / "plant.toml").open("a", encoding="utf-8") as file:
            file.write("\n" + connection("oracle", self.wire.address, publish_ms=100))
        (self.plant / "tags" / "oracle.csv").write_text(HEAD + tag(ORACLE, "oracle", COUNT, "uint32"), encoding="utf-8")
        plant = load_folder(self.plant)
        self.names = [one.name for one in plant.tags]
        self._base = free_ports(len(load_folder(find_plant("bottling")).connections))
        self._moved = port_addresses(load_folder(find_plant("bottling")), self._base)
        self.sim: Child | None = None
        self.engine = None
        self.screen: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Simulator, engine and a window."""
        self.start_sim()
        moved = [word for name, url in self._moved.items() for word in ("--address", f"{name}={url}")]
        command = hmi_command("engine", str(self.plant), "--data", str(self.data), *moved)
        self.engine = Child("engine", command, self.data.parent / "engine.log")
        line = self.engine.ready(2 * PATIENCE_S)
        self.open_screen()
        return line

    def start_sim(self) -> None:
        """The simulated controllers, on the ports that they always had."""
        self.sim = simulator(self.data.parent / "sim.log", "bottling", "--port-base", str(self._base))

    def open_screen(self) -> None:
        """A real window on the engine."""
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(self.data.parent)}
        command = hmi_command("run", "--data", str(self.data))
        with (self.data.parent / "window.log").open("ab") as log:
            self.screen = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def close_screen(self, how: int = signal.SIGTERM) -> None:
        """End the window."""
        assert self.screen is not None
        self.screen.send_signal(how)
        self.screen.wait(PATIENCE_S)

    def stop(self) -> None:
        """Everything."""
        if self.screen is not None and self.screen.poll() is None:
            self.close_screen(signal.SIGKILL)
        super().stop()
        if self.sim is not None:
            self.sim.stop()
        self.wire.kill()
        self.server.kill()


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and which connections that may cost values; it is over when `inject` returns."""

    name: str
    costs: tuple[str, ...]
    inject: Callable[[Line], None]


def _simulator_killed(line: Line) -> None:
    assert line.sim is not None
    line.sim.process.kill()
    line.sim.process.wait()
    line.sim.stop()
    line.start_sim()


def _simulator_frozen(line: Line) -> None:
    assert line.sim is not None
    _frozen(line.sim.process.pid, 5.0)


def _device_killed(line: Line) -> None:
    line.server.kill()
    time.sleep(2.0)
    line.server.start()


def _device_frozen(line: Line) -> None:
    _frozen(line.server.process.pid, 5.0)


def _wire_cut(line: Line) -> None:
    line.wire.ask(cut=True)


def _tablet_asleep(line: Line) -> None:
    assert line.screen is not None
    for one in (line.pid, line.screen.pid):
        os.kill(one, signal.SIGSTOP)
    time.sleep(7.0)
    for one in (line.pid, line.screen.pid):
        os.kill(one, signal.SIGCONT)


def _window_killed(line: Line) -> None:
    line.close_screen(signal.SIGKILL)
    line.open_screen()


def _window_frozen(line: Line) -> None:
    assert line.screen is not None
    _frozen(line.screen.pid, 5.0)


def _crowd(line: Line) -> None:
    with ExitStack() as crowd, suppress(LinkError):
        for _ in range(25):
            crowd.callback(connect(line.data, program="crowd", clock=MachineClock()).close)
        time.sleep(2.0)


def _frozen(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(pid, signal.SIGCONT)


FAULTS = (
    Fault("simulator killed", ("line", "palletiser"), _simulator_killed),
    Fault("simulator frozen", ("line", "palletiser"), _simulator_frozen),
    Fault("device killed", ("oracle",), _device_killed),
    Fault("device frozen", ("oracle",), _device_frozen),
    Fault("wire cut", ("oracle",), _wire_cut),
    Fault("tablet asleep", ("line", "palletiser", "oracle"), _tablet_asleep),
    Fault("window killed", (), _window_killed),
    Fault("window frozen", (), _window_frozen),
    Fault("a crowd of clients", (), _crowd),
)
