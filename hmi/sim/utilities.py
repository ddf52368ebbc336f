"""Compressed air, chilled water, steam, water and electricity: what the whole line hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from hmi.sim.machine import BUTTON_S
from hmi.sim.signals import Signals, Value, Writes

_NOMINAL_BAR: Final = 6.8
_FLOOR_BAR: Final = 3.6  # where leakage and what still draws air let it settle with no compressor
_LOAD_BAR, _UNLOAD_BAR = 6.65, 6.95


class Utilities:
    """The service rooms of the line, driven by how hard its machines work."""

    def __init__(self, name: str, rng: Random) -> None:
        self.name = name
        self.noise = Random(rng.random())
        self.air_bar = _NOMINAL_BAR
        self.compressor_tripped = [False, False]
        self.chiller_tripped = False
        self.nitrogen_bar = 5.6
        self.oil = [74.0, 68.0]
        self.hours = [18_412.4, 17_905.1]
        self.chilled = 5.6
        self.chilled_return = 10.9
        self.water_m3 = 84_310.0
        self.energy_kwh = 1_204_877.0
        self.power: dict[str, float] = {}
        self.activity = 0.85  # 0..1, share of rated bottles
        self.hall = 22.6
        self.settings: Writes = {"compressor1.reset": False, "compressor2.reset": False, "chiller.reset": False}
        self._pressed_s = 0.0
        self._loaded = True

    def write(self, signal: str, value: Value) -> None:
        """Take a press of a reset button."""
        if signal not in self.settings or not value:
            return
        self.settings[signal], self._pressed_s = True, BUTTON_S
        if signal == "chiller.reset":
            self.chiller_tripped = False
        else:
            self.compressor_tripped[int(signal[10]) - 1] = False

    def step(self, dt: float, activity: float, power: Mapping[str, float]) -> None:
        """Let `dt` seconds pass, in which the machines ran at `activity` (0..1) and drew `power` (kW each)."""
        self.activity += (activity - self.activity) * min(1.0, dt / 5.0)
        self._pressed_s -= dt
        if self._pressed_s <= 0:
            self.settings.update(dict.fromkeys(self.settings, False))
        self._air(dt)
        self._chill(dt)
        self.power = dict(power)
        self.power["compressors"] = sum(38.0 * load for load in self.loads())
        self.power["chiller"] = 0.0 if self.chiller_tripped else 14.0 + 24.0 * self.activity
        self.energy_kwh += sum(self.power.values()) * dt / 3600.0
        self.water_m3 += (4.0 + 9.0 * self.activity) * dt / 3600.0
        self.hall += (22.6 + 0.6 * self.activity - self.hall) * min(1.0, dt / 900.0)

    def loads(self) -> tuple[float, float]:
        """Load of each compressor, 0..1: the first carries the base, the second loads and unloads on pressure."""
        first = 0.0 if self.compressor_tripped[0] else 0.85
        second = (0.75 if self._loaded else 0.25) if not self.compressor_tripped[1] else 0.0
        return first, second

    def _air(self, dt: float) -> None:
        if self.air_bar < _LOAD_BAR:
            self._loaded = True
        elif self.air_bar > _UNLOAD_BAR:
            self._loaded = False
        made = 0.014 * sum(self.loads())
        used = 0.012 * self.activity + 0.006
        tripped = sum(self.compressor_tripped)
        leak = 0.10 * (self.air_bar - _FLOOR_BAR) / _NOMINAL_BAR if tripped == len(self.compressor_tripped) else 0.0
        self.air_bar = min(7.4, max(_FLOOR_BAR, self.air_bar + (made - used - leak) * dt))
        made_of_air = min(5.6, self.air_bar - 1.0)  # the nitrogen generator lives on compressed air
        self.nitrogen_bar += (made_of_air - self.nitrogen_bar) * min(1.0, dt / 40.0)
        for number, load in enumerate(self.loads()):
            self.oil[number] += ((60.0 + 18.0 * load if load else 24.0) - self.oil[number]) * min(1.0, dt / 240.0)
            self.hours[number] += dt / 3600.0 if load else 0.0

    def _chill(self, dt: float) -> None:
        supply = 16.0 if self.chiller_tripped else 5.6
        self.chilled += (supply - self.chilled) * min(1.0, dt / (400.0 if self.chiller_tripped else 60.0))
        self.chilled_return += (self.chilled + 1.0 + 4.8 * self.activity - self.chilled_return) * min(1.0, dt / 30.0)

    def signals(self, out: Signals) -> None:
        """What the gateway reads of it."""
        p, noise, act = self.name, self.noise, self.activity
        for signal, value in self.settings.items():
            out[f"{p}.{signal}"] = value
        out[f"{p}.air.pressure"] = self.air_bar + noise.gauss(0.0, 0.006)
        out[f"{p}.air.flow"] = 90.0 + 270.0 * act + noise.gauss(0.0, 2.0)
        out[f"{p}.air.dew_point"] = -38.5 + noise.gauss(0.0, 0.1)
        for number, load in enumerate(self.loads()):
            c = f"{p}.compressor{number + 1}"
            out[f"{c}.running"] = load > 0
            out[f"{c}.tripped"] = self.compressor_tripped[number]
            out[f"{c}.load"] = 100.0 * load
            out[f"{c}.temperature"] = self.oil[number] + noise.gauss(0.0, 0.1)
            out[f"{c}.hours"] = self.hours[number]
        out[f"{p}.chilled.supply_temperature"] = self.chilled + noise.gauss(0.0, 0.02)
        out[f"{p}.chilled.return_temperature"] = self.chilled_return + noise.gauss(0.0, 0.02)
        out[f"{p}.chilled.flow"] = 22.0 + 14.0 * act + noise.gauss(0.0, 0.08)
        out[f"{p}.chilled.pressure"] = 3.2 + noise.gauss(0.0, 0.01)
        out[f"{p}.chiller.running"] = not self.chiller_tripped
        out[f"{p}.chiller.tripped"] = self.chiller_tripped
        out[f"{p}.chiller.load"] = 0.0 if self.chiller_tripped else 30.0 + 45.0 * act
        out[f"{p}.steam.pressure"] = 6.1 + noise.gauss(0.0, 0.02)
        out[f"{p}.steam.flow"] = 420.0 + noise.gauss(0.0, 4.0)
        out[f"{p}.water.pressure"] = 4.2 + noise.gauss(0.0, 0.015)
        out[f"{p}.water.flow"] = 4.0 + 9.0 * act + noise.gauss(0.0, 0.05)
        out[f"{p}.water.total"] = self.water_m3
        out[f"{p}.nitrogen.pressure"] = self.nitrogen_bar + noise.gauss(0.0, 0.01)
        out[f"{p}.hall.temperature"] = self.hall + noise.gauss(0.0, 0.02)
        out[f"{p}.hall.humidity"] = 48.0 + noise.gauss(0.0, 0.2)
        self._electric(p, out, noise)

    def _electric(self, p: str, out: Signals, noise: Random) -> None:
        total = 0.0
        for name, kilowatts in self.power.items():
            shown = max(0.0, kilowatts * (1 + noise.gauss(0.0, 0.004)))
            out[f"{p}.power.{name}"] = shown
            total += shown
        out[f"{p}.power.total"] = total
        out[f"{p}.power.energy"] = self.energy_kwh
        out[f"{p}.power.factor"] = 0.93 + noise.gauss(0.0, 0.002)
        out[f"{p}.power.frequency"] = 50.0 + noise.gauss(0.0, 0.008)
        for phase in (1, 2, 3):
            volts = 230.5 + 0.4 * phase + noise.gauss(0.0, 0.25)
            out[f"{p}.power.voltage_l{phase}"] = volts
            out[f"{p}.power.current_l{phase}"] = total * 1000.0 / 3.0 / volts / 0.93
