"""Everywhere an operator can go: the plant's screens as one tree, with its areas, lines and cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hmi.core.plant.equipment import Equipment
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen

GROUPS: Final = ("area", "line", "cell")  # kinds of equipment that hold others
GROUP_MARK: Final = "@"  # begins the key of a group that has no screen of its own


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go, or a group of such places; its title is as the plant's files write it."""

    key: str
    title: str
    depth: int = 0  # below the top of the hierarchy
    hint: str = ""  # the level, or the key that leads here
    parent: str = ""  # key of the place above
    children: int = 0  # how many stand right below

    @property
    def is_group(self) -> bool:
        """Whether it only holds others: there is nothing to see there."""
        return self.key.startswith(GROUP_MARK)


def hierarchy(plant: Plant) -> list[Place]:
    """Every screen in file order right below its parent, under the groups of the equipment tree.

    A screen that names no parent stands below the line or cell whose machine it shows. Screens that are each other's
    parents stand at the top: whatever a file says, every screen can be reached.
    """
    nodes = _nodes(plant)
    below: dict[str, list[str]] = {}
    for key, place in nodes.items():
        below.setdefault(place.parent, []).append(key)
    placed: dict[str, Place] = {}

    def descend(parent: str, depth: int) -> None:
        for key in below.get(parent, ()):
            placed[key] = replace(nodes[key], depth=depth, children=len(below.get(key, ())))
            descend(key, depth + 1)

    descend("", 0)
    rest = [replace(place, parent="") for key, place in nodes.items() if key not in placed and not place.is_group]
    return [*placed.values(), *rest]


def trail(places: Iterable[Place], key: str) -> list[Place]:
    """The places from the top of the hierarchy to this one, itself the last; none for one that is not there."""
    known = {place.key: place for place in places}
    found: list[Place] = []
    while key in known and known[key] not in found:
        found.append(known[key])
        key = known[key].parent
    return found[::-1]


def place_above(places: Iterable[Place], key: str) -> str:
    """The nearest screen above a place, "" at the top."""
    return next((place.key for place in reversed(trail(places, key)[:-1]) if not place.is_group), "")


def _nodes(plant: Plant) -> dict[str, Place]:
    """Every group and screen with its parent; a group stands where the first of its screens stands."""
    machines = {one.screen: one for one in reversed(list(plant.equipment.values())) if one.screen in plant.screens}
    nodes: dict[str, Place] = {}
    for screen in plant.screens.values():
        parent = _parent(screen, machines.get(screen.id), plant)
        for group in _groups_on_the_way(parent, plant):
            nodes.setdefault(group.key, group)
        nodes[screen.id] = Place(screen.id, screen.title or screen.id, 0, f"L{screen.level}", parent)
    return nodes


def _parent(screen: Screen, machine: Equipment | None, plant: Plant) -> str:
    if screen.parent in plant.screens and screen.parent != screen.id:
        return screen.parent
    return "" if machine is None else _group_above(machine, plant, screen.id)


def _group_above(machine: Equipment, plant: Plant, own_screen: str) -> str:
    """The screen of the nearest group above a machine that has one, else the nearest group itself."""
    seen: set[str] = set()
    one = plant.equipment.get(machine.parent)
    while one is not None and one.id not in seen:
        seen.add(one.id)
        if one.kind in GROUPS:
            if one.screen in plant.screens and one.screen != own_screen:
                return one.screen
            if one.screen not in plant.screens:
                return GROUP_MARK + one.id
        one = plant.equipment.get(one.parent)
    return ""


def _groups_on_the_way(key: str, plant: Plant) -> list[Place]:
    found: list[Place] = []
    while key.startswith(GROUP_MARK) and all(place.key != key for place in found):
        group = plant.equipment[key.removeprefix(GROUP_MARK)]
        parent = _group_above(group, plant, "")
        found.append(Place(key, group.name or group.id, 0, "", parent))
        key = parent
    return found[::-1]


def paths(places: Iterable[Place]) -> Mapping[str, list[str]]:
    """For each place its own key and those of all above it: where its alarms are counted."""
    known = list(places)
    return {place.key: [one.key for one in trail(known, place.key)] for place in known}
