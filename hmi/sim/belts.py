"""Conveyors and accumulation tables: where bottles wait between machines, and none is ever lost."""

from __future__ import annotations

from typing import Final

from hmi.sim.signals import Signals, Writes

_BELT_PER_S: Final = 12.0  # most bottles a belt hands on per second


class Belt:
    """A conveyor or a table: takes bottles while it has room, hands them on after their way is travelled."""

    def __init__(self, name: str, capacity: int, transit_s: float, bottles: int, metres_per_min: float) -> None:
        self.name = name
        self.capacity = capacity
        self.transit_s = transit_s
        self.bottles = bottles
        self.running = True
        self.temperature = 41.0
        self.in_per_s = 24_000 / 3600  # smoothed
        self.out_per_s = 24_000 / 3600
        self.settings: Writes = {}
        self._metres_per_min = metres_per_min
        self._came = 0
        self._went = 0
        self._credit = 0.0

    @property
    def room(self) -> int:
        """Bottles it can still take."""
        return self.capacity - self.bottles

    @property
    def ready(self) -> int:
        """Bottles that have travelled to the end and can be taken."""
        return max(0, self.bottles - int(self.in_per_s * self.transit_s)) if self.running else 0

    @property
    def fill(self) -> float:
        """Filling, 0..1."""
        return self.bottles / self.capacity

    def put(self, bottles: int) -> None:
        """Take bottles in; the caller has looked at `room`."""
        self.bottles += bottles
        self._came += bottles

    def take(self, bottles: int) -> None:
        """Hand bottles on; the caller has looked at `ready`."""
        self.bottles -= bottles
        self._went += bottles

    def pass_to(self, other: Belt, dt: float) -> None:
        """Let bottles run on to the next belt as fast as both allow."""
        self._credit = min(self._credit + _BELT_PER_S * dt, _BELT_PER_S)
        count = min(int(self._credit), self.ready, other.room)
        self._credit -= count
        if count:
            self.take(count)
            other.put(count)

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass, after every put and take of this step."""
        share = min(1.0, dt / self.transit_s)
        self.in_per_s += (self._came / dt - self.in_per_s) * share
        self.out_per_s += (self._went / dt - self.out_per_s) * share
        self._came = self._went = 0
        self.temperature += ((44.0 if self.running else 24.0) - self.temperature) * min(1.0, dt / 400.0)

    def speed(self) -> float:
        """Belt speed, m/min."""
        return self._metres_per_min * float(self.settings.get("trim", 100.0)) / 100.0 if self.running else 0.0


class Conveyor(Belt):
    """A conveyor belt with its motor, as the gateway reports it."""

    def __init__(self, name: str, capacity: int, transit_s: float, bottles: int) -> None:
        super().__init__(name, capacity, transit_s, bottles, 32.0)
        self.settings = {"trim": 100.0}

    def signals(self, out: Signals, noise: float) -> None:
        """What the gateway reads of it."""
        p = self.name
        out[f"{p}.speed"] = self.speed() * (1 + 0.002 * noise) if self.running else 0.0
        out[f"{p}.current"] = 1.6 + 1.2 * self.fill + 0.04 * noise if self.running else 0.0
        out[f"{p}.temperature"] = self.temperature
        out[f"{p}.running"] = self.running
        out[f"{p}.backup"] = self.fill > 0.9
        out[f"{p}.bottles"] = self.bottles
        out[f"{p}.trim"] = self.settings["trim"]


class Table(Belt):
    """An accumulation table: the buffer that keeps a short stop of one machine from stopping the next."""

    def __init__(self, name: str, capacity: int, bottles: int) -> None:
        super().__init__(name, capacity, 20.0, bottles, 9.0)

    def signals(self, out: Signals, noise: float) -> None:
        """What the gateway reads of it."""
        p = self.name
        out[f"{p}.fill"] = 100.0 * self.fill
        out[f"{p}.bottles"] = self.bottles
        out[f"{p}.speed"] = self.speed() * (0.7 + 0.5 * self.fill) if self.running else 0.0
        out[f"{p}.current"] = 2.0 + 2.2 * self.fill + 0.05 * noise if self.running else 0.0
        out[f"{p}.full"] = self.room < 20
        out[f"{p}.empty"] = self.bottles < 20
        out[f"{p}.inflow"] = 3600 * self.in_per_s
        out[f"{p}.outflow"] = 3600 * self.out_per_s
