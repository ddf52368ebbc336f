"""The palletising robot: six axes and a vacuum gripper that carries one layer at a time."""

from __future__ import annotations

from random import Random
from typing import Final

from hmi.sim.signals import Signals

AXES: Final = 6
ZONES: Final = 4
_HOME: Final = (0.0, -22.0, 48.0, 0.0, 64.0, 0.0)
_ABOVE_PICK: Final = (-41.0, -8.0, 50.0, 4.0, 66.0, -41.0)
_PICK: Final = (-41.0, 16.0, 58.0, 4.0, 74.0, -41.0)
_ABOVE_PLACE: Final = (63.0, -14.0, 52.0, -3.0, 62.0, 63.0)
_PLACE: Final = (63.0, 12.0, 60.0, -3.0, 72.0, 63.0)

# Where each part of a cycle leads, how long it takes at full speed (s), and whether the gripper sucks.
_CYCLE: Final = (
    (_ABOVE_PICK, 2.0, False),
    (_PICK, 1.5, True),
    (_ABOVE_PICK, 1.5, True),
    (_ABOVE_PLACE, 2.5, True),
    (_PLACE, 1.5, True),
    (_ABOVE_PLACE, 1.0, False),
    (_HOME, 2.0, False),
)


class Robot:
    """Moves through pick and place; `done` counts layers put down."""

    def __init__(self, rng: Random) -> None:
        self.axes = list(_HOME)
        self.speeds = [0.0] * AXES  # degrees/s
        self.temperatures = [46.0, 49.0, 47.0, 41.0, 40.0, 38.0]
        self.vacuum = 0.0  # kPa
        self.busy = False
        self.cycle_s = 11.8
        self.noise = Random(rng.random())
        self._part = 0
        self._part_s = 0.0
        self._from = _HOME
        self._took_s = 0.0

    @property
    def sucks(self) -> bool:
        """Whether the gripper holds, or is about to."""
        return self.busy and _CYCLE[self._part][2]

    def start(self) -> None:
        """Fetch the layer that stands ready."""
        self.busy = True
        self._part, self._part_s, self._took_s = 0, 0.0, 0.0
        self._from = _HOME

    def step(self, dt: float, override: float, vacuum_sp: float) -> bool:
        """Let `dt` seconds pass at this speed override (0..1; 0 stands still); True when a layer was just put down."""
        self.vacuum += ((vacuum_sp if self.sucks else 0.0) - self.vacuum) * min(1.0, dt / 0.35)
        if not self.sucks and self.vacuum > -0.05:
            self.vacuum = 0.0
        before = tuple(self.axes)
        placed = self._move(dt, override) if self.busy else False
        for axis in range(AXES):
            self.speeds[axis] = (self.axes[axis] - before[axis]) / dt
        return placed

    def _move(self, dt: float, override: float) -> bool:
        target, seconds, _ = _CYCLE[self._part]
        self._part_s += dt * override
        self._took_s += dt
        share = min(1.0, self._part_s / seconds)
        share = share * share * (3.0 - 2.0 * share)  # smooth start and stop
        self.axes = [a + (b - a) * share for a, b in zip(self._from, target, strict=True)]
        if self._part_s < seconds:
            return False
        placed = target is _PLACE
        self._from, self._part_s = target, 0.0
        self._part += 1
        if self._part == len(_CYCLE):
            self.busy, self._part, self.cycle_s = False, 0, self._took_s
        return placed

    def signals(self, p: str, out: Signals) -> None:
        """What its controller reports."""
        noise = self.noise
        for axis in range(AXES):
            moving = abs(self.speeds[axis])
            out[f"{p}.robot.axis{axis + 1}.position"] = self.axes[axis]
            out[f"{p}.robot.axis{axis + 1}.current"] = 1.2 + 0.14 * moving + abs(noise.gauss(0.0, 0.04))
            out[f"{p}.robot.axis{axis + 1}.temperature"] = self.temperatures[axis] + noise.gauss(0.0, 0.06)
        for zone in range(ZONES):
            out[f"{p}.gripper.zone{zone + 1}.vacuum"] = min(0.0, self.vacuum * (0.98 + 0.01 * zone))
        out[f"{p}.gripper.vacuum"] = min(0.0, self.vacuum)
        out[f"{p}.gripper.pump_current"] = 6.4 + 0.03 * -self.vacuum + noise.gauss(0.0, 0.03)
        out[f"{p}.gripper.open"] = not self.sucks
        out[f"{p}.gripper.closed"] = self.sucks
        out[f"{p}.status.home"] = not self.busy
