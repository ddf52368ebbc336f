"""One plant being simulated: the line's process model, generic life for every other tag, faults and range checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hmi.core.plant.model import Plant
from hmi.core.tags import Tag
from hmi.sim.faults import FaultPlan
from hmi.sim.generic import Generic
from hmi.sim.line import Line
from hmi.sim.signals import Process, Signals, Value

_LONGEST_STEP_S = 0.25


class Simulation:
    """Lives by `advance`; read and written by tag name, in engineering units. Belongs to one thread."""

    def __init__(self, plant: Plant, faults: Iterable[str] = (), seed: int = 1) -> None:
        self._tags = {tag.name: tag for tag in plant.tags if tag.connection}
        self._faults = FaultPlan(faults)
        self.line = Line(seed)
        self._faults.apply(self.line)
        known = self.line.read().keys()
        self._generic = Generic(tag for tag in self._tags.values() if tag.name not in known)
        self._known = known & self._tags.keys()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, in steps short enough for the process."""
        while seconds > 1e-9:
            dt = min(seconds, _LONGEST_STEP_S)
            self._faults.apply(self.line)
            if self._known:
                self.line.step(dt)
            self._generic.step(dt)
            seconds -= dt

    def read(self) -> Signals:
        """Every value of the plant now."""
        out = self.line.read() if self._known else {}
        out.update(self._generic.read())
        return out

    def bad(self) -> Mapping[str, int]:
        """OPC UA status code of each tag whose instrument is faulty now."""
        return self.line.bad()

    def write(self, name: str, value: Value) -> None:
        """Take what a client wrote: a controller limits it to its range, and leaves alone what is not to be written."""
        tag = self._tags.get(name)
        if tag is None or tag.access != "rw":
            return
        limited = _limited(tag, value)
        target: Process = self.line if name in self._known else self._generic
        target.write(name, limited)


def _limited(tag: Tag, value: Value) -> Value:
    if isinstance(value, bool | str) or tag.type == "bool":
        return value if isinstance(value, str) else bool(value)
    low = float("-inf") if tag.low is None else tag.low
    high = float("inf") if tag.high is None else tag.high
    inside = min(max(value, low), high)
    return inside if inside == inside else low  # NaN compares false with everything
