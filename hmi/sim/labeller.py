"""The labeller: two label reels with automatic splice, hot-melt glue, date coder and label inspection."""

from __future__ import annotations

from random import Random
from typing import Final

from hmi.sim.belts import Belt, Table
from hmi.sim.machine import Drive, Machine
from hmi.sim.signals import Signals

REEL_M: Final = 3000.0
_LABEL_M: Final = 0.21
_RELOAD_S: Final = 240.0  # an operator puts a new reel on the empty spindle


class Labeller(Machine):
    """Labels and dates every bottle; runs faster while the table before it is full, slower while it is empty."""

    mean_stop_s = 700.0

    def __init__(self, name: str, rng: Random) -> None:
        super().__init__(name, rng, 28_000.0, 25_200.0, 2, Drive(1 / 60 / 8, 22.0))
        self.settings["glue.temperature_sp"] = 150.0
        self.reels = [1240.0, REEL_M]
        self.active = 0
        self.no_label = 0
        self.glue_temperature = 150.0
        self.glue_level = 71.0
        self.ink_level = 83.0
        self.position_error = 0.0
        self.coder_text = ""
        self.coder_ready = True
        self.magazine_empty = False  # no new reels to be had
        self._pass_rate = 99.8
        self._empty_s = 0.0
        self._fill = 0.35

    def material_out(self) -> bool:
        """No label on either reel."""
        return max(self.reels) <= _LABEL_M

    def clear_jam(self) -> None:
        """Someone put right what held it: the jam, or reels that had run out."""
        super().clear_jam()
        if self.magazine_empty:
            self.magazine_empty = False
            self.reels = [REEL_M, REEL_M]

    def target(self) -> float:
        """Set-point, trimmed by the filling of the table before it."""
        return min(self.rated, float(self.settings["speed_sp"]) * min(1.1, 0.85 + 0.3 * self._fill))

    def step(self, dt: float, source: Table, sink: Belt) -> None:
        """Let `dt` seconds pass."""
        self._fill = source.fill
        count = self.advance(dt, source.ready, sink.room)
        source.take(count)
        self.infeed += count
        for _ in range(count):
            self._label(sink)
        self._reel(dt)
        self.glue_level = self.glue_level - 0.0006 * count if self.glue_level > 40.0 else 95.0
        self.ink_level = self.ink_level - 0.00008 * count if self.ink_level > 20.0 else 100.0
        target = float(self.settings["glue.temperature_sp"])
        self.glue_temperature += (target - self.glue_temperature) * min(1.0, dt / 90.0)

    def _label(self, sink: Belt) -> None:
        self.reels[self.active] = max(0.0, self.reels[self.active] - _LABEL_M)
        error = self.rng.gauss(0.0, 0.35)
        self.position_error = error
        missing = self.rng.random() < 0.0006
        bad = missing or abs(error) > 1.8
        self.no_label += missing
        self._pass_rate += ((0.0 if bad else 100.0) - self._pass_rate) / 500.0
        if bad:
            self.reject += 1
        else:
            self.good += 1
            sink.put(1)

    def _reel(self, dt: float) -> None:
        """Splice to the other reel when one ends; an operator reloads the empty spindle some minutes later."""
        other = 1 - self.active
        if self.reels[self.active] <= _LABEL_M and self.reels[other] > _LABEL_M:
            self.active, other = other, self.active
            self._empty_s = 0.0
        if self.reels[other] <= _LABEL_M and not self.magazine_empty:
            self._empty_s += dt
            if self._empty_s > _RELOAD_S:
                self.reels[other] = REEL_M

    def signals(self, out: Signals) -> None:
        """What the gateway reads of it."""
        super().signals(out)
        p, noise = self.name, self.noise
        for number in (0, 1):
            out[f"{p}.reel{number + 1}.remaining"] = self.reels[number]
            out[f"{p}.reel{number + 1}.active"] = self.active == number
        out[f"{p}.web.tension"] = 24.0 + noise.gauss(0.0, 0.4) if self.speed else 12.0
        out[f"{p}.position_error"] = self.position_error
        out[f"{p}.glue.temperature"] = self.glue_temperature + noise.gauss(0.0, 0.15)
        out[f"{p}.glue.level"] = self.glue_level
        out[f"{p}.coder.ink_level"] = self.ink_level
        out[f"{p}.coder.text"] = self.coder_text
        out[f"{p}.coder.ready"] = self.coder_ready
        out[f"{p}.vision.pass_rate"] = self._pass_rate
        out[f"{p}.no_label"] = self.no_label
        out[f"{p}.label_out"] = self.material_out()
