"""What every machine of the line has: PackML unit, drive, set-points, counters, guard doors, short stops."""

from __future__ import annotations

from random import Random
from typing import Final

from hmi.sim import packml
from hmi.sim.packml import Unit
from hmi.sim.signals import Signals, Value, Writes

BUTTON_S: Final = 2.0  # how long a button or command stays readable after it was pressed
LOW_AIR_BAR: Final = 4.8  # below this pressure switch the machine holds

_WAIT_S: Final = 1.5  # no bottles, or no room, for so long: suspend


class Drive:
    """A main drive: speed, current and torque follow the load, the winding warms slowly."""

    def __init__(self, rpm_per_bottle: float, rated_amps: float) -> None:
        self.temperature = 58.0
        self.load = 0.8  # 0..1 of rated speed
        self._rpm_per_bottle = rpm_per_bottle
        self._rated_amps = rated_amps

    def step(self, dt: float, load: float) -> None:
        """Let `dt` seconds pass at this share of rated speed."""
        self.load = load
        self.temperature += (24.0 + 46.0 * load * load - self.temperature) * min(1.0, dt / 600.0)

    def signals(self, p: str, out: Signals, speed: float, noise: Random) -> None:
        """What the gateway reads of it."""
        wobble = noise.gauss(0.0, 1.0) if speed else 0.0
        out[f"{p}.drive.speed"] = speed * self._rpm_per_bottle * (1 + 0.001 * wobble)
        out[f"{p}.drive.current"] = self._rated_amps * (0.15 + 0.45 * self.load + 0.006 * wobble) if speed else 0.0
        out[f"{p}.drive.torque"] = 18.0 + 40.0 * self.load + 0.6 * wobble if speed else 0.0
        out[f"{p}.drive.temperature"] = self.temperature
        out[f"{p}.drive.running"] = speed > 0


class Machine:
    """One machine: `advance` says how many bottles it handles in a step, what it does to them is its own."""

    ramp_per_s: float = 3000.0  # bottles/h per second
    mean_stop_s: float = 900.0  # mean time between short stops

    def __init__(self, name: str, rng: Random, rated: float, speed_sp: float, doors: int, drive: Drive) -> None:
        self.name = name
        self.unit = Unit()
        self.drive = drive
        self.rated = rated
        self.speed = speed_sp
        self.settings: Writes = {"speed_sp": speed_sp, "command": 0}
        self.settings |= {"cmd.start": False, "cmd.stop": False, "cmd.reset": False}
        self.infeed = self.good = self.reject = 0  # counts of this order
        self.micro_stops = 0
        self.jam = False
        self.estop = False
        self.doors = [False] * doors
        self.air_bar = 6.3
        self.rng = rng
        self.noise = Random(rng.random())  # of the instruments: reading never changes what happens
        self._credit = 0.0
        self._waits_s = 0.0
        self._stop_in_s = rng.expovariate(1 / self.mean_stop_s)
        self._stop_left_s = 0.0
        self._pressed: dict[str, float] = {}  # button or command -> seconds it stays readable

    def advance(self, dt: float, ready: int, room: int) -> int:
        """Let `dt` seconds pass; returns how many of the `ready` bottles it takes, never more than there is `room`."""
        self._guard()
        self._watch(dt, ready, room)
        self.unit.step(dt)
        target = self.target() if self.unit.executing else 0.0
        change = target - self.speed
        most = self.ramp_per_s * dt * (1.0 if change > 0 else 2.5)
        self.speed += max(-most, min(most, change))
        self._credit += self.speed * dt / 3600.0
        wanted = int(self._credit)
        self._credit -= wanted  # what cannot be had now is not made up for later
        self.drive.step(dt, self.speed / self.rated)
        self._release(dt)
        return min(wanted, ready, room)

    def target(self) -> float:
        """The speed it is to run at while executing, bottles/h."""
        return float(self.settings["speed_sp"])

    def material_out(self) -> bool:
        """Whether it lacks something other than bottles."""
        return False

    def stop_soon(self, after_s: float) -> None:
        """Bring the next short stop forward."""
        self._stop_in_s = after_s

    def clear_jam(self) -> None:
        """Someone took the jam out."""
        self.jam = False

    def press(self, button: str, value: Value) -> None:
        """A command number, or one of the buttons start, stop, reset."""
        if button == "command":
            self._command(int(float(value)))
        elif value:
            {"cmd.start": self.unit.press_start, "cmd.stop": self._press_stop, "cmd.reset": self._press_reset}[button]()
        self.settings[button] = value
        self._pressed[button] = BUTTON_S

    def write(self, signal: str, value: Value) -> None:
        """Take a set-point or a command."""
        if signal == "command" or signal.startswith("cmd."):
            self.press(signal, value)
        elif signal in self.settings:
            self.settings[signal] = value

    def _command(self, number: int) -> None:
        if number in (packml.RESET, packml.CLEAR, packml.UNHOLD):
            self.clear_jam()
        self.unit.command(number)

    def _press_stop(self) -> None:
        self.unit.command(packml.STOP)

    def _press_reset(self) -> None:
        self.clear_jam()
        self.unit.press_reset()

    def _release(self, dt: float) -> None:
        for button in list(self._pressed):
            self._pressed[button] -= dt
            if self._pressed[button] <= 0:
                del self._pressed[button]
                self.settings[button] = False if button.startswith("cmd.") else 0

    def _guard(self) -> None:
        """Doors and emergency stop abort whatever the machine is doing."""
        if self.estop or True in self.doors:
            self.unit.command(packml.ABORT, packml.BY_DOOR)

    def _watch(self, dt: float, ready: int, room: int) -> None:
        state = self.unit.state
        if state == packml.EXECUTE:
            reason = self._trouble(dt)
            if reason:
                self.unit.command(packml.HOLD, reason)
            else:
                self._wait(dt, ready, room)
        elif state == packml.SUSPENDED and ready >= 6 and room >= 12:
            self.unit.command(packml.UNSUSPEND)
        elif state == packml.HELD:
            self._stop_left_s -= dt
            if self.unit.reason != packml.BY_OPERATOR and not self._lasting() and self._stop_left_s <= 0:
                self.unit.command(packml.UNHOLD)

    def _wait(self, dt: float, ready: int, room: int) -> None:
        self._waits_s = self._waits_s + dt if ready < 1 or room < 1 else 0.0
        if self._waits_s > _WAIT_S:
            self._waits_s = 0.0
            self.unit.command(packml.SUSPEND, packml.BY_BLOCKED if room < 1 else packml.BY_STARVED)

    def _lasting(self) -> int:
        """The reason it cannot run until somebody or something puts it right; 0 for none."""
        if self.jam:
            return packml.BY_JAM
        if self.air_bar < LOW_AIR_BAR:
            return packml.BY_AIR
        return packml.BY_MATERIAL if self.material_out() else 0

    def _trouble(self, dt: float) -> int:
        reason = self._lasting()
        if reason:
            return reason
        self._stop_in_s -= dt
        if self._stop_in_s > 0:
            return 0
        self._stop_in_s = self.rng.expovariate(1 / self.mean_stop_s)
        self._stop_left_s = self.rng.uniform(6.0, 22.0)
        self.micro_stops += 1
        return packml.BY_QUALITY

    @property
    def starved(self) -> bool:
        """Whether it waits for bottles."""
        return self.unit.state == packml.SUSPENDED and self.unit.reason == packml.BY_STARVED

    @property
    def blocked(self) -> bool:
        """Whether it waits for room."""
        return self.unit.state == packml.SUSPENDED and self.unit.reason == packml.BY_BLOCKED

    def power_kw(self) -> float:
        """Electrical power it draws."""
        return 1.2 + 9.0 * self.drive.load

    def signals(self, out: Signals) -> None:
        """What the gateway reads of it; machines add their own."""
        p = self.name
        for signal, value in self.settings.items():
            out[f"{p}.{signal}"] = value
        out[f"{p}.state"] = self.unit.state
        out[f"{p}.mode"] = self.unit.mode
        out[f"{p}.stop_reason"] = self.unit.reason
        out[f"{p}.speed"] = self.speed
        out[f"{p}.count.infeed"] = self.infeed
        out[f"{p}.count.good"] = self.good
        out[f"{p}.count.reject"] = self.reject
        out[f"{p}.starved"] = self.starved
        out[f"{p}.blocked"] = self.blocked
        out[f"{p}.estop"] = self.estop
        out[f"{p}.air.pressure"] = self.air_bar + self.noise.gauss(0.0, 0.008)
        for number, is_open in enumerate(self.doors, 1):
            out[f"{p}.door{number}.open"] = is_open
        self.drive.signals(p, out, self.speed, self.noise)
