"""The filler: a bowl, a carousel of 40 filling heads, and a check of every bottle."""

from __future__ import annotations

from math import sqrt
from random import Random
from typing import Final

from hmi.sim.belts import Belt
from hmi.sim.bowl import Bowl
from hmi.sim.machine import Drive, Machine
from hmi.sim.signals import Signals, Value

HEADS: Final = 40
_SCATTER_ML: Final = 0.6
_ML_PER_MS: Final = 0.14
_LOW_BOWL: Final = 12.0  # % below which the heads would draw air: the filler holds


class Filler(Machine):
    """Fills every bottle from one head; rejects what is outside the tolerance."""

    mean_stop_s = 1100.0

    def __init__(self, name: str, rng: Random) -> None:
        super().__init__(name, rng, 27_000.0, 24_000.0, 4, Drive(1 / 60 / HEADS, 38.0))
        self.bowl = Bowl(rng)
        self.settings |= {"fill.volume_sp": 500.0, "fill.tolerance": 6.0}
        self.volumes = [500.0 + rng.gauss(0.0, _SCATTER_ML) for _ in range(HEADS)]
        self.rejects = [0] * HEADS
        self.underfilled = self.overfilled = 0
        self.bias = [rng.gauss(0.0, 0.15) for _ in range(HEADS)]  # ml: no head doses exactly alike
        self.drift_ml_per_s = -0.0002  # of head 17: worn, a little less every hour
        self.drift_end_ml = -1.0
        self.filled_ml = 0.0
        self._head = 0

    def material_out(self) -> bool:
        """Too little product in the bowl."""
        return self.bowl.level < _LOW_BOWL

    def step(self, dt: float, source: Belt, sink: Belt) -> None:
        """Let `dt` seconds pass."""
        count = self.advance(dt, source.ready, sink.room)
        source.take(count)
        drawn_ml = 0.0
        for _ in range(count):
            drawn_ml += self._fill(sink)
        self.filled_ml += drawn_ml
        self.infeed += count
        if self.bias[16] > self.drift_end_ml:
            self.bias[16] += self.drift_ml_per_s * dt
        self.bowl.step(dt, drawn_ml / 1000.0)

    def _fill(self, sink: Belt) -> float:
        """Fill one bottle; returns what was drawn, ml."""
        head = self._head
        self._head = (head + 1) % HEADS
        target = float(self.settings["fill.volume_sp"])
        volume = target + self.bias[head] + self.rng.gauss(0.0, _SCATTER_ML)
        self.volumes[head] = volume
        if abs(volume - target) > float(self.settings["fill.tolerance"]) or self.rng.random() < 0.0004:
            self.reject += 1
            self.rejects[head] += 1
            self.underfilled += volume <= target
            self.overfilled += volume > target
        else:
            self.good += 1
            sink.put(1)
        return volume

    def write(self, signal: str, value: Value) -> None:
        """Take a set-point or a command."""
        if signal in self.bowl.settings:
            self.bowl.settings[signal] = value
        else:
            super().write(signal, value)

    def fill_average(self) -> float:
        """Mean of the heads' last fill volumes, ml."""
        return sum(self.volumes) / HEADS

    def fill_spread(self) -> float:
        """Standard deviation of the heads' last fill volumes, ml."""
        mean = self.fill_average()
        return sqrt(sum((volume - mean) ** 2 for volume in self.volumes) / HEADS)

    def signals(self, out: Signals) -> None:
        """What the gateway reads of it."""
        super().signals(out)
        p = self.name
        self.bowl.signals(p, out, self.noise)
        for signal, value in self.bowl.settings.items():
            out[f"{p}.{signal}"] = value
        out[f"{p}.fill.average"] = self.fill_average()
        out[f"{p}.fill.spread"] = self.fill_spread()
        out[f"{p}.fill.underfilled"] = self.underfilled
        out[f"{p}.fill.overfilled"] = self.overfilled
        rinsing = self.speed / self.rated
        out[f"{p}.rinser.flow"] = 42.0 * rinsing + self.noise.gauss(0.0, 0.15) if rinsing else 0.0
        out[f"{p}.rinser.pressure"] = 2.6 + self.noise.gauss(0.0, 0.01)
        out[f"{p}.lubrication.pressure"] = 4.5 + self.noise.gauss(0.0, 0.02)
        out[f"{p}.bottle_jam"] = self.jam
        for number in range(HEADS):
            volume = self.volumes[number]
            head = f"{p}.head{number + 1:02}"
            out[f"{head}.volume"] = volume
            out[f"{head}.rejects"] = self.rejects[number]
            out[f"{head}.fill_time"] = volume / _ML_PER_MS
