"""The whole program on a test stand: simulator and engine in processes of their own, killed and stopped at will."""

import json
import signal
import subprocess
import time
from pathlib import Path

from hmi.clock import MachineClock
from hmi.commands.children import Child, hmi_command
from hmi.core import quality as q
from hmi.link.messages import Values
from hmi.link.socket import connect
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.sim.serve import port_addresses
from tests.faults.parts import simulator
from tests.faults.typed import typed

PATIENCE_S = 60.0  # for a state that has no time of its own: only a hung test waits so long


class Stand:
    """The demo plant with its own ports and data folder."""

    def __init__(self, folder: Path, base: int, plant: Path | None = None) -> None:
        self.folder = folder
        self.base = base
        self.named = plant or find_plant("bottling")
        self.plant = load_folder(self.named)
        self.addresses = port_addresses(self.plant, base)
        self.sim: Child | None = None
        self.engine: Child | None = None

    def start_sim(self, *faults: str) -> None:
        words = [word for fault in faults for word in ("--fault", fault)]
        self.sim = simulator(self.folder / "sim.log", str(self.named), "--port-base", str(self.base), *words)

    def start_engine(self) -> str:
        moved = [word for name, url in self.addresses.items() for word in ("--address", f"{name}={url}")]
        command = hmi_command("engine", str(self.named), "--data", str(self.folder), *moved)
        self.engine = Child("engine", command, self.folder / "engine.log")
        return self.engine.ready(60)

    def stop(self) -> None:
        for child in (self.engine, self.sim):
            if child:
                child.process.send_signal(signal.SIGCONT)
                child.stop()

    def kill(self, child: Child) -> None:
        child.process.kill()
        child.process.wait()
        if child.process.stdout:
            child.process.stdout.close()

    def hmi(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of the program, as a person types it."""
        return typed((*words, "--data", str(self.folder)), {}, 60)

    def json(self, *words: str):
        answer = self.hmi(*words, "--json")
        assert answer.stdout, answer.stderr
        return json.loads(answer.stdout)

    def watcher(self) -> "Watcher":
        return Watcher(self)


class Watcher:
    """Listens to the engine as a window does, and says how long things take."""

    def __init__(self, stand: Stand) -> None:
        self._link = connect(stand.folder, program="test", clock=MachineClock())
        self.count = len(stand.plant.tags)
        self.quality = [q.BAD_WAITING] * self.count
        self._heard = False
        try:
            self.until(lambda: self._heard)  # else nothing would be good yet only because nothing was told
        except BaseException:
            self.close()
            raise

    def share(self, word: str) -> float:
        """Share of the tags whose quality has this word now."""
        return sum(q.word(quality) == word for quality in self.quality) / self.count

    def until(self, wanted, deadline_s: float = PATIENCE_S) -> float:
        """Seconds until `wanted()` holds; fails the test when it does not in time."""
        start = time.monotonic()
        while not wanted():
            passed = time.monotonic() - start
            assert passed < deadline_s, f"not within {deadline_s} s: {sorted({q.word(x) for x in self.quality})}"
            for message in self._link.wait(0.1):
                if isinstance(message, Values):
                    self._heard = True
                    rows = message.batch().rows
                    for tag, quality in zip(rows["tag"].tolist(), rows["quality"].tolist(), strict=True):
                        self.quality[tag] = quality
        return time.monotonic() - start

    def close(self) -> None:
        self._link.close()
