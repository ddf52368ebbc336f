"""Checks from the controller to the engine: values, writes, alarms; the simulator is the controller."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hmi.core import quality as q
from hmi.selftest.checks import Failed, Ground
from hmi.selftest.station import ALARM, LEVEL, WAVE, WORD, Station
from hmi.store.query import Reader

_LOOKS: Final = 8  # at a number whose words lie in the wrong order: one in four of them is in any range
_ASKED: Final = 42.5  # every float can hold it
_TOO_HIGH: Final = 95.0
_STANDS: Final = "unacknowledged"
_SEEN: Final = "acknowledged"
_JOURNALLED: Final = frozenset(("raised", "acknowledged", "returned"))


def modbus(ground: Ground) -> str:
    """Values over Modbus TCP: a float in two registers, one in four, and a write."""
    return _values(ground, "modbus")


def opcua(ground: Ground) -> str:
    """Values over OPC UA by subscription, a text among them, and a write."""
    return _values(ground, "opcua")


def _values(ground: Ground, driver: str) -> str:
    with Station(ground, driver) as station:
        for tag in station.plant.tags:
            station.until(
                lambda name=tag.name: station.is_good(name),  # type: ignore[misc]
                f"no usable value of {tag.name} came ({q.reason(station.value(tag.name).quality)})",
            )
        for _ in range(_LOOKS):
            first = station.value(WAVE).number
            station.until(lambda: station.value(WAVE).number != first, f"{WAVE} did not move")  # noqa: B023 - called at once
            now = station.value(WAVE).number
            _expect(0.0 <= now <= 100.0, f"{WAVE} is {now}, not in its range")
        if driver == "opcua":
            _expect(station.value(WORD).text == WORD.rpartition(".")[2], f"{WORD} reads {station.value(WORD).text!r}")
        took = _write(station, _ASKED)
        return f"{len(station.plant.tags)} values live, {_ASKED:g} written, read back and seen after {took:.1f} s"


def _write(station: Station, value: float) -> float:
    outcome = station.command(LEVEL, value)
    _expect(outcome == "confirmed", f"the write of {value:g} ended {outcome}")
    return station.until(
        lambda: station.value(LEVEL).number == value, f"{value:g} was written and {station.value(LEVEL).number} shown"
    )


def alarm(ground: Ground) -> str:
    """An alarm's life: raised by a value, acknowledged by a person, gone with the value; each in the journal."""
    with Station(ground, "modbus") as station:
        station.until(lambda: station.is_good(LEVEL), f"no usable value of {LEVEL} came")
        _expect(station.alarm(ALARM) == "normal", f"the alarm is {station.alarm(ALARM)} before anything was wrong")
        _write(station, _TOO_HIGH)
        raised = station.until(lambda: station.alarm(ALARM) == _STANDS, f"{_TOO_HIGH:g} % raised no alarm")
        station.ask("ack", alarms=[ALARM], comment="self-test")
        station.until(
            lambda: station.alarm(ALARM) == _SEEN, f"the alarm was acknowledged and is {station.alarm(ALARM)}"
        )
        _write(station, _ASKED)
        station.until(lambda: station.alarm(ALARM) == "normal", "the alarm did not go with its cause")
        station.until(lambda: _events(station.data) >= _JOURNALLED, "the journal has not all of what the alarm did")
    return f"raised after {raised:.1f} s, acknowledged, gone: all of it in the journal"


def _events(data: Path) -> set[str]:
    """What the journal says of the alarm."""
    return {record.event for _, record in Reader(data).journal(category="alarm") if record.subject == ALARM}


def _expect(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise Failed(otherwise)
