"""The CIP skid: cleans a juice tank in seven steps while the line goes on producing."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from hmi.sim import packml
from hmi.sim.machine import LOW_AIR_BAR
from hmi.sim.packml import Unit
from hmi.sim.signals import Signals, Value, Writes


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the cleaning recipe."""

    name: str
    tank: str  # where the liquid comes from
    seconds: float
    returns: bool  # back to its tank; else to drain


STEPS: Final = (
    Step("Idle", "water", 0.0, False),
    Step("Pre-rinse", "recovered", 180.0, False),
    Step("Caustic", "caustic", 480.0, True),
    Step("Intermediate rinse", "water", 150.0, False),
    Step("Acid", "acid", 300.0, True),
    Step("Rinse", "water", 150.0, False),
    Step("Disinfection", "water", 240.0, False),
    Step("Final rinse", "water", 150.0, False),
)
_CYCLE_S: Final = sum(step.seconds for step in STEPS)
_PAUSE_S: Final = 120.0  # between two cycles
_TANK_L: Final = 4000.0
_FULL: Final = 78.0  # % that make-up keeps the tanks at
_TARGETS: Final = ("Juice tank B1", "Juice tank B2", "Syrup line S1", "Blender M1")


@dataclass(slots=True)
class Tank:
    """One of the skid's tanks."""

    level: float  # %
    temperature: float  # degrees C
    conductivity: float  # mS/cm
    supply_open: bool = False
    return_open: bool = False


class Cip:
    """Steps, valves, pumps and what the liquid does on its way through the tank that is being cleaned."""

    def __init__(self, name: str, rng: Random) -> None:
        self.name = name
        self.unit = Unit()
        self.noise = Random(rng.random())
        self.settings: Writes = {"command": 0, "caustic.temperature_sp": 78.0, "acid.temperature_sp": 60.0}
        self.settings["supply.flow_sp"] = 240.0
        self.tanks = {
            "caustic": Tank(74.0, 78.0, 96.0),
            "acid": Tank(76.0, 60.0, 52.0),
            "water": Tank(_FULL, 16.0, 0.45),
            "recovered": Tank(61.0, 28.0, 1.6),
        }
        self.step_number = 2
        self.left_s = 24.0  # the caustic step ends soon after the start: something to see
        self.cycles = 2
        self.flow = self.return_flow = 238.0
        self.temperature = self.return_temperature = 77.0
        self.conductivity = self.return_conductivity = 95.0
        self.soil = 4.0  # NTU
        self.steam = 20.0
        self.air_bar = 6.3  # its valves are pneumatic
        self._target = 1
        self._command_left_s = 0.0

    @property
    def current(self) -> Step:
        """The step in work."""
        return STEPS[self.step_number]

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass."""
        self._follow_commands(dt)
        self._mind_the_air()
        if self.unit.executing:
            self._progress(dt)
        elif self.unit.state == packml.COMPLETE:
            self._pause(dt)
        self._valves()
        self._liquid(dt)

    def write(self, signal: str, value: Value) -> None:
        """Take a set-point or a command."""
        if signal not in self.settings:
            return
        self.settings[signal] = value
        if signal == "command":
            self._command_left_s = 2.0
            number = int(float(value))
            if number == packml.START and self.unit.state in (packml.STOPPED, packml.COMPLETE):
                self.unit.press_start()
            else:
                self.unit.command(number)

    def _follow_commands(self, dt: float) -> None:
        self.unit.step(dt)
        self._command_left_s -= dt
        if self._command_left_s <= 0:
            self.settings["command"] = 0
        if self.unit.state in (packml.STOPPED, packml.IDLE, packml.ABORTED):
            self.step_number, self.left_s = 0, 0.0

    def _mind_the_air(self) -> None:
        low = self.air_bar < LOW_AIR_BAR
        if low and self.unit.executing:
            self.unit.command(packml.HOLD, packml.BY_AIR)
        elif not low and self.unit.state == packml.HELD and self.unit.reason == packml.BY_AIR:
            self.unit.command(packml.UNHOLD)

    def _progress(self, dt: float) -> None:
        self.left_s -= dt
        if self.left_s > 0:
            return
        if self.step_number + 1 < len(STEPS):
            self.step_number += 1
            self.left_s = self.current.seconds
            self.soil = 120.0 if self.step_number == 1 else self.soil
        else:
            self.cycles += 1
            self.step_number, self.left_s = 0, _PAUSE_S
            self.unit.complete()

    def _pause(self, dt: float) -> None:
        """The next vessel waits: start again after a pause."""
        self.left_s -= dt
        if self.left_s <= 0:
            self._target = (self._target + 1) % len(_TARGETS)
            self.left_s = 0.0
            self.unit.press_start()

    def _valves(self) -> None:
        pumping = self.unit.executing and self.step_number > 0
        for name, tank in self.tanks.items():
            source = pumping and name == self.current.tank
            tank.supply_open = source
            tank.return_open = source and self.current.returns
        if pumping and self.step_number in (5, 7):
            self.tanks["recovered"].return_open = True

    def _liquid(self, dt: float) -> None:
        pumping = self.unit.executing and self.step_number > 0
        tank = self.tanks[self.current.tank]
        wanted = float(self.settings["supply.flow_sp"]) if pumping else 0.0
        self.flow += (wanted - self.flow) * min(1.0, dt / 4.0)
        self.return_flow += (0.985 * self.flow - self.return_flow) * min(1.0, dt / 7.0)
        moving = min(1.0, self.flow / 100.0)
        self.temperature += (tank.temperature - self.temperature) * min(1.0, dt / 6.0) * moving
        self.conductivity += (tank.conductivity - self.conductivity) * min(1.0, dt / 5.0) * moving
        self.return_temperature += (self.temperature - 1.5 - self.return_temperature) * min(1.0, dt / 20.0) * moving
        self.return_conductivity += (self.conductivity - self.return_conductivity) * min(1.0, dt / 16.0) * moving
        self.soil += (2.5 - self.soil) * min(1.0, dt / 60.0) * moving
        self._tanks(dt)

    def _tanks(self, dt: float) -> None:
        litres = self.flow * dt / 60.0
        for name, tank in self.tanks.items():
            change = -litres if tank.supply_open else 0.0
            change += 0.985 * litres if tank.return_open else 0.0
            makeup = 1.2 * (_FULL - tank.level) if name != "recovered" else 0.0
            makeup = max(0.0, min(5.0, makeup))  # l/s
            tank.level = min(92.0, max(5.0, tank.level + 100.0 * (change + makeup * dt) / _TANK_L))
        water = self.tanks["recovered"]
        if water.level < 30.0:
            water.level += 0.1 * dt
        elif water.level > _FULL and not water.return_open:
            water.level -= 0.02 * dt  # surplus goes to the bottle washer
        heating = 0.0
        for name in ("caustic", "acid"):
            tank = self.tanks[name]
            need = float(self.settings[f"{name}.temperature_sp"]) - tank.temperature
            valve = min(100.0, max(0.0, 20.0 * need))
            cooling = 0.004 + (0.012 if tank.supply_open else 0.0)
            tank.temperature += (0.0009 * valve - cooling) * dt
            heating = max(heating, valve)
        self.steam += (heating - self.steam) * min(1.0, dt / 3.0)

    def power_kw(self) -> float:
        """Electrical power of the pumps."""
        return 0.6 + 7.5 * (self.flow / 300.0) ** 3

    def signals(self, out: Signals) -> None:
        """What the gateway reads of it."""
        p, noise = self.name, self.noise
        for signal, value in self.settings.items():
            out[f"{p}.{signal}"] = value
        ahead = sum(step.seconds for step in STEPS[self.step_number + 1 :]) if self.step_number else 0.0
        remaining = ahead + self.left_s if self.step_number else 0.0
        out[f"{p}.state"] = self.unit.state
        out[f"{p}.step"] = self.step_number
        out[f"{p}.step_name"] = self.current.name
        out[f"{p}.target"] = _TARGETS[self._target]
        out[f"{p}.recipe"] = "Alkali-acid, hot"
        out[f"{p}.step_remaining"] = max(0.0, self.left_s) if self.step_number else 0.0
        out[f"{p}.remaining"] = max(0.0, remaining)
        out[f"{p}.progress"] = 100.0 * (1 - remaining / _CYCLE_S) if self.step_number else 0.0
        out[f"{p}.cycles"] = self.cycles
        for name, tank in self.tanks.items():
            out[f"{p}.{name}.level"] = tank.level + noise.gauss(0.0, 0.05)
            out[f"{p}.{name}.temperature"] = tank.temperature + noise.gauss(0.0, 0.03)
            out[f"{p}.{name}.conductivity"] = tank.conductivity * (1 + noise.gauss(0.0, 0.002))
            out[f"{p}.{name}.supply_valve"] = tank.supply_open
            out[f"{p}.{name}.return_valve"] = tank.return_open
        self._circuit(p, out, noise)

    def _circuit(self, p: str, out: Signals, noise: Random) -> None:
        turning = self.flow > 2.0
        flow = self.flow * (1 + noise.gauss(0.0, 0.003)) if turning else 0.0
        speed = min(100.0, 18.0 + self.flow / 4.0) if turning else 0.0
        out[f"{p}.supply.flow"] = flow
        out[f"{p}.supply.temperature"] = self.temperature + noise.gauss(0.0, 0.03)
        out[f"{p}.supply.conductivity"] = self.conductivity * (1 + noise.gauss(0.0, 0.002))
        out[f"{p}.supply.pressure"] = 0.3 + 2.9 * (self.flow / 240.0) ** 2 + noise.gauss(0.0, 0.01)
        out[f"{p}.return.flow"] = self.return_flow * (1 + noise.gauss(0.0, 0.003)) if turning else 0.0
        out[f"{p}.return.temperature"] = self.return_temperature + noise.gauss(0.0, 0.03)
        out[f"{p}.return.conductivity"] = self.return_conductivity * (1 + noise.gauss(0.0, 0.002))
        out[f"{p}.return.turbidity"] = self.soil + abs(noise.gauss(0.0, 0.3))
        out[f"{p}.supply_pump.speed"] = speed
        out[f"{p}.supply_pump.current"] = 2.0 + 0.11 * speed if turning else 0.0
        out[f"{p}.supply_pump.running"] = turning
        out[f"{p}.return_pump.speed"] = 0.9 * speed
        out[f"{p}.return_pump.running"] = turning
        out[f"{p}.heater.steam_valve"] = self.steam
        out[f"{p}.drain_valve"] = turning and not self.current.returns
