"""What belongs to a machine, gathered from the plant's files: its tags, its alarms, what keeps it from working."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.alarms.rules import Rule
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.model import Plant
from hmi.core.policy import Interlock
from hmi.core.setting import is_writable
from hmi.core.tags import TagTable

BLOCKS: Final = "blocks"
UNKNOWN: Final = "unknown"
FULFILLED: Final = "fulfilled"


@dataclass(frozen=True, slots=True)
class Command:
    """A command that a condition blocks, and which of its values; None: all of them."""

    tag: int
    values: frozenset[float] | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must be true before the machine, or some of its commands, will work."""

    interlock: Interlock
    commands: tuple[Command, ...] = ()  # none: the machine as a whole


def tags_of(plant: Plant, equipment: Equipment) -> tuple[int, ...]:
    """Indexes of every tag of a machine: those below its path, and members that lie elsewhere."""
    below = f"{equipment.path}."
    own = {tag.index for tag in plant.tags if tag.name.startswith(below)} if equipment.path else set()
    return tuple(sorted(own | set(equipment.members.values())))


def rules_of(plant: Plant, equipment: Equipment) -> tuple[Rule, ...]:
    """The alarm rules of a machine's tags, the most urgent first."""
    return tuple(sorted(plant.rules_of(equipment.id), key=lambda rule: rule.priority))


def conditions_of(plant: Plant, equipment: Equipment) -> tuple[Condition, ...]:
    """What can keep a machine from working: its own interlocks, then those of the policies of its commands."""
    found: dict[tuple[str, str], tuple[Interlock, list[Command]]] = {}

    def add(interlock: Interlock, commands: list[Command]) -> None:
        _, known = found.setdefault((interlock.needs.text, interlock.blocked), (interlock, []))
        known.extend(command for command in commands if command not in known)

    for blocked in equipment.faceplate.interlocks if equipment.faceplate else ():
        add(blocked.interlock, [] if blocked.tag is None else [Command(blocked.tag)])
    for index in tags_of(plant, equipment):
        if is_writable(plant.tags[index]):
            for policy in plant.policies.get(index, ()):
                for interlock in policy.interlocks:
                    add(interlock, [Command(index, policy.values)])
    return tuple(Condition(interlock, tuple(commands)) for interlock, commands in found.values())


def standing(condition: Condition, table: TagTable) -> tuple[str, str]:
    """Whether a condition is fulfilled, blocks, or cannot be judged, and then why not."""
    holds, quality = condition.interlock.needs.value(table.value, table.quality)
    if quality >= q.UNCERTAIN:
        return UNKNOWN, q.reason(quality)
    if math.isnan(holds):
        return UNKNOWN, "no value"
    return (FULFILLED, "") if holds else (BLOCKS, "")


def shown_tags(plant: Plant, equipment: Equipment) -> NDArray[np.intp]:
    """Indexes of the tags that a machine's faceplate shows somewhere: its title admits the worst of them."""
    faceplate, shown = equipment.faceplate, set[int]()
    if faceplate is not None:
        shown.update(faceplate.pens)
        shown.update(tag for _, tag in faceplate.maintenance)
        elements = faceplate.operate.elements if faceplate.operate is not None else ()
        shown.update(tag for element in elements for bind in element.binds.values() for tag in bind.inputs)
    for condition in conditions_of(plant, equipment):
        shown.update(condition.interlock.needs.inputs)
    return np.array(sorted(shown), np.intp)
