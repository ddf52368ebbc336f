"""Operator positions (ISA-18.2): who answers for the alarms of which part of the plant, and at which stations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hmi.core.plant.equipment import Equipment
    from hmi.core.plant.model import Plant

EVERYBODY = ""  # the position of a station that is of none: all alarms are told there


@dataclass(frozen=True, slots=True)
class Position:
    """One operator's place: the equipment whose alarms are told there, its parts included."""

    id: str
    name: str
    areas: tuple[str, ...]  # ids of equipment
    stations: tuple[str, ...] = ()


class Responsibility:
    """Which positions answer for a tag's alarms; those that no position answers for are everybody's."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._areas = {one.id: with_parts(one.areas, plant.equipment) for one in plant.positions}
        self._answers: dict[int, frozenset[str]] = {}

    def positions(self, tag: int) -> frozenset[str]:
        """The ids of the positions that answer for a tag; none for a tag that is not there (-1)."""
        if tag not in self._answers:
            self._answers[tag] = frozenset(
                position
                for position, areas in self._areas.items()
                if tag >= 0 and any(self._plant.belongs(area, tag) for area in areas)
            )
        return self._answers[tag]

    def concerns(self, position: str, tag: int) -> bool:
        """Whether alarms of a tag are told at a position."""
        answering = self.positions(tag) if position else frozenset()
        return not answering or position in answering


def with_parts(areas: Iterable[str], equipment: Mapping[str, Equipment]) -> tuple[str, ...]:
    """Pieces of equipment with all that is part of them, each once."""
    found = list(dict.fromkeys(area for area in areas if area in equipment))
    for one in found:  # grows as it goes
        found += [part.id for part in equipment.values() if part.parent == one and part.id not in found]
    return tuple(found)
