"""Faults that can be put into the simulated line by name, to show and to train what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from hmi.core import quality as q
from hmi.core.errors import HmiError
from hmi.sim.line import Line

_Act = Callable[[Line], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and what happens how many seconds after it began."""

    name: str
    text: str
    acts: tuple[tuple[float, _Act], ...]


def _inlet_stuck(line: Line) -> None:
    line.filler.bowl.stuck_at = 100.0


def _capper_jam(line: Line) -> None:
    line.capper.jam = True


def _head17_drift(line: Line) -> None:
    line.filler.drift_ml_per_s, line.filler.drift_end_ml = -0.15, -9.0


def _air_low(line: Line) -> None:
    line.utilities.compressor_tripped = [True, True]


def _door_opens(line: Line) -> None:
    line.palletiser.doors[0] = True


def _door_shuts(line: Line) -> None:
    line.palletiser.doors[0] = False


def _sensor_bad(line: Line) -> None:
    line.faulty["line1.filler.tank.level"] = q.BAD_SENSOR_FAILURE
    line.filler.bowl.blind_at = line.filler.bowl.level


def _chiller_trip(line: Line) -> None:
    line.utilities.chiller_tripped = True


def _fan_fails(line: Line) -> None:
    line.cabinet.fan_failed = True


def _fan_runs(line: Line) -> None:
    line.cabinet.fan_failed = False


def _label_out(line: Line) -> None:
    line.labeller.reels = [0.0, 0.0]
    line.labeller.magazine_empty = True


FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault
    for fault in (
        Fault("inlet-stuck", "bowl inlet valve FV-101 stuck open: the filler bowl runs over", ((0.0, _inlet_stuck),)),
        Fault("capper-jam", "a bottle jams the capper until its reset; the filler is blocked", ((0.0, _capper_jam),)),
        Fault("head17-drift", "fill head 17 doses less and less; its bottles are rejected", ((0.0, _head17_drift),)),
        Fault("air-low", "both air compressors trip: every machine stops, alarms flood", ((0.0, _air_low),)),
        Fault("palletiser-door", "guard door 1 opened for a minute", ((0.0, _door_opens), (60.0, _door_shuts))),
        Fault("sensor-bad", "bowl level transmitter LT-101 fails (BadSensorFailure)", ((0.0, _sensor_bad),)),
        Fault("chiller-trip", "the chiller trips: chilled water warms in minutes", ((0.0, _chiller_trip),)),
        Fault(
            "cabinet-fan",
            "the fan of the gateway's cabinet stands still for five minutes: the gateway's own alarms say so",
            ((0.0, _fan_fails), (300.0, _fan_runs)),
        ),
        Fault("label-out", "both label reels are empty: the labeller holds, table 1 fills", ((0.0, _label_out),)),
    )
}


def list_of_faults() -> str:
    """Every fault with its one-line description, for `--help` and for wrong names."""
    return "; ".join(f"{fault.name} ({fault.text})" for fault in FAULTS.values())


def parse(text: str) -> tuple[Fault, float]:
    """`NAME` or `NAME@SECONDS` -> the fault and when it begins; HmiError names the known ones."""
    name, at, seconds = text.partition("@")
    if name not in FAULTS:
        raise HmiError(f"no fault is called {name!r}; known faults: {list_of_faults()}")
    try:
        begins = float(seconds) if at else 0.0
    except ValueError:
        begins = -1.0
    if not 0.0 <= begins < float("inf"):
        raise HmiError(f"fault {text!r}: {seconds!r} is no number of seconds; write for example {name}@30")
    return FAULTS[name], begins


class FaultPlan:
    """The faults that are to come, in the order in which they fall due."""

    def __init__(self, texts: Iterable[str]) -> None:
        due = [(begins + delay, act) for fault, begins in map(parse, texts) for delay, act in fault.acts]
        self._due = sorted(due, key=lambda item: item[0])

    def apply(self, line: Line) -> None:
        """Let happen what is due at the line's elapsed time."""
        while self._due and self._due[0][0] <= line.elapsed_s:
            self._due.pop(0)[1](line)
