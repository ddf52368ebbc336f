"""The filler bowl: level, temperature and head-space pressure, and the controller on its inlet valve FV-101."""

from __future__ import annotations

from random import Random
from typing import Final

from hmi.sim.signals import Signals, Writes

VOLUME_L: Final = 400.0
VALVE_L_PER_S: Final = 7.5  # through the open valve at nominal supply pressure
_SUPPLY_BAR: Final = 3.5
_GAIN: Final = 4.0  # % valve per % level
_RESET_S: Final = 45.0


class Bowl:
    """Product in, bottles out; what does not fit runs over to the drain."""

    def __init__(self, rng: Random) -> None:
        self.litres = 0.6 * VOLUME_L
        self.supplied_l = 0.0
        self.drained_l = 0.0  # lost over the overflow
        self.temperature = 12.4
        self.pressure = 1.2
        self.supply_temperature = 12.0
        self.cooled_to = 12.0  # what the product cooler manages
        self.supply_bar = _SUPPLY_BAR
        self.brix = 10.8
        self.command = 44.0  # % valve
        self.valve = 44.0
        self.in_l_per_s = 3.3
        self.drain_l_per_s = 0.0
        self.stuck_at: float | None = None  # % where the valve hangs, if it does
        self.blind_at: float | None = None  # the level the controller goes on seeing while the transmitter is faulty
        self.settings: Writes = {"tank.level_sp": 60.0, "tank.pressure_sp": 1.2, "inlet.pump_on": True}
        self._integral = 44.0
        self._rng = rng

    @property
    def level(self) -> float:
        """Level, % of the bowl."""
        return 100.0 * self.litres / VOLUME_L

    def step(self, dt: float, drawn_l: float) -> None:
        """Let `dt` seconds pass, in which the heads drew `drawn_l` litres."""
        self._control(dt)
        open_to = self.command if self.stuck_at is None else self.stuck_at
        self.valve += (open_to - self.valve) * min(1.0, dt / 1.0)
        flow = VALVE_L_PER_S * self.valve / 100.0 * (self.supply_bar / _SUPPLY_BAR) ** 0.5
        self.in_l_per_s = flow if self.settings["inlet.pump_on"] else 0.0
        came = self.in_l_per_s * dt
        before = self.litres
        full = before + came - drawn_l
        self.litres = min(max(full, 0.0), VOLUME_L)
        over = max(0.0, full - VOLUME_L)
        self.drain_l_per_s = over / dt
        self.drained_l += over
        self.supplied_l += came
        self._states(dt, came, self.litres - before)

    def _control(self, dt: float) -> None:
        """PI on the level, clamped, with the integral held while the valve is at its end."""
        seen = self.level if self.blind_at is None else self.blind_at
        error = float(self.settings["tank.level_sp"]) - seen
        wanted = self._integral + _GAIN * error
        self.command = min(100.0, max(0.0, wanted))
        if self.command == wanted:
            self._integral += _GAIN * error * dt / _RESET_S

    def _states(self, dt: float, came_l: float, rise_l: float) -> None:
        held = max(self.litres, 20.0)
        warming = 0.0006 * (22.0 - self.temperature)  # from the hall, through the jacket
        self.temperature += (self.supply_temperature - self.temperature) * came_l / held + warming * dt
        wander = self._rng.uniform(-1.0, 1.0)
        self.supply_temperature += (self.cooled_to - self.supply_temperature) * dt / 300.0 + 0.02 * wander * dt
        self.supply_bar += (_SUPPLY_BAR - self.supply_bar) * dt / 20.0 + 0.03 * wander * dt
        self.brix += (10.8 - self.brix) * dt / 120.0 + 0.004 * wander * dt
        squeeze = rise_l / VOLUME_L  # a rising level compresses the head-space before the valve vents it
        self.pressure += squeeze + (float(self.settings["tank.pressure_sp"]) - self.pressure) * min(1.0, dt / 4.0)

    def signals(self, p: str, out: Signals, noise: Random) -> None:
        """What the gateway reads of it."""
        running = bool(self.settings["inlet.pump_on"])
        out[f"{p}.tank.level"] = min(100.0, max(0.0, self.level + noise.gauss(0.0, 0.08)))
        out[f"{p}.tank.temperature"] = self.temperature + noise.gauss(0.0, 0.01)
        out[f"{p}.tank.pressure"] = self.pressure + noise.gauss(0.0, 0.002)
        out[f"{p}.inlet.valve_command"] = self.command
        out[f"{p}.inlet.valve_position"] = self.valve
        out[f"{p}.inlet.flow"] = 60.0 * self.in_l_per_s * (1 + noise.gauss(0.0, 0.002))
        out[f"{p}.inlet.pressure"] = self.supply_bar + noise.gauss(0.0, 0.01) if running else 0.4
        out[f"{p}.inlet.volume"] = self.supplied_l
        out[f"{p}.inlet.pump_running"] = running
        out[f"{p}.product.brix"] = self.brix
        out[f"{p}.product.temperature"] = self.supply_temperature
        out[f"{p}.drain.flow"] = 60.0 * self.drain_l_per_s
        out[f"{p}.level_switch_high"] = self.level > 95.0
        out[f"{p}.cooling_jacket.running"] = running
