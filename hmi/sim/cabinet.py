"""The cabinet of the line's gateway: a fan that may fail, and a temperature that nobody but the gateway watches."""

from __future__ import annotations

from typing import Final

from hmi.sim.signals import Signals

FAN_FAILED: Final = "gateway.cabinet.fan_failed"
TEMPERATURE: Final = "gateway.cabinet.temperature"
_COOLED, _UNCOOLED = 34.0, 68.0  # °C at which it settles with its fan, and without
_WARMS_S: Final = 60.0


class Cabinet:
    """Warms within minutes once its fan stands still."""

    def __init__(self) -> None:
        self.fan_failed = False
        self.temperature = _COOLED

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass."""
        settles = _UNCOOLED if self.fan_failed else _COOLED
        self.temperature += (settles - self.temperature) * min(1.0, dt / _WARMS_S)

    def signals(self, out: Signals) -> None:
        """What the gateway measures; it is in no tag, only in the gateway's own alarms."""
        out[FAN_FAILED] = self.fan_failed
        out[TEMPERATURE] = self.temperature
