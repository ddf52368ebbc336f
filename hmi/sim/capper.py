"""The capper: twelve heads that screw caps on to a closing torque, fed from a hopper."""

from __future__ import annotations

from random import Random
from typing import Final

from hmi.sim.belts import Belt
from hmi.sim.machine import Drive, Machine
from hmi.sim.signals import Signals

HEADS: Final = 12
_SCATTER_NM: Final = 0.035
_HOPPER_CAPS: Final = 40_000


class Capper(Machine):
    """Caps every bottle; rejects wrong torque and missing caps."""

    mean_stop_s = 1300.0

    def __init__(self, name: str, rng: Random) -> None:
        super().__init__(name, rng, 27_000.0, 24_600.0, 2, Drive(1 / 60 / HEADS, 22.0))
        self.settings |= {"torque.setpoint": 1.8, "torque.tolerance": 0.35}
        self.torques = [1.8 + rng.gauss(0.0, _SCATTER_NM) for _ in range(HEADS)]
        self.rejects = [0] * HEADS
        self.no_cap = 0
        self.hopper = 64.0  # %
        self.elevator_on = False
        self._bias = [rng.gauss(0.0, 0.015) for _ in range(HEADS)]
        self._head = 0

    def step(self, dt: float, source: Belt, sink: Belt) -> None:
        """Let `dt` seconds pass."""
        count = self.advance(dt, source.ready, sink.room)
        source.take(count)
        self.infeed += count
        for _ in range(count):
            self._cap(sink)
        self._feed(dt, count)

    def _cap(self, sink: Belt) -> None:
        head = self._head
        self._head = (head + 1) % HEADS
        target = float(self.settings["torque.setpoint"])
        torque = target + self._bias[head] + self.rng.gauss(0.0, _SCATTER_NM)
        missing = self.rng.random() < 0.0003
        self.no_cap += missing
        self.torques[head] = torque
        if missing or abs(torque - target) > float(self.settings["torque.tolerance"]):
            self.reject += 1
            self.rejects[head] += 1
        else:
            self.good += 1
            sink.put(1)

    def _feed(self, dt: float, caps: int) -> None:
        """The elevator refills the hopper between 45 and 75 %."""
        self.hopper -= 100.0 * caps / _HOPPER_CAPS
        if self.hopper < 45.0:
            self.elevator_on = True
        elif self.hopper > 75.0:
            self.elevator_on = False
        if self.elevator_on:
            self.hopper += 0.08 * dt

    def signals(self, out: Signals) -> None:
        """What the gateway reads of it."""
        super().signals(out)
        p, noise = self.name, self.noise
        out[f"{p}.torque.average"] = sum(self.torques) / HEADS
        out[f"{p}.hopper.level"] = self.hopper
        out[f"{p}.chute.level"] = 88.0 + noise.gauss(0.0, 1.0)
        out[f"{p}.elevator.current"] = 3.1 + noise.gauss(0.0, 0.05) if self.elevator_on else 0.0
        out[f"{p}.elevator.running"] = self.elevator_on
        out[f"{p}.jam"] = self.jam
        out[f"{p}.no_cap"] = self.no_cap
        out[f"{p}.vibration"] = 0.3 + 1.4 * self.drive.load + noise.gauss(0.0, 0.03)
        for number in range(HEADS):
            out[f"{p}.head{number + 1:02}.torque"] = self.torques[number]
            out[f"{p}.head{number + 1:02}.rejects"] = self.rejects[number]
