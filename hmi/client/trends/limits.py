"""The alarm limits of a tag on its scale: from where on the line is where it should not be."""

from __future__ import annotations

from typing import Final

from hmi.client import words
from hmi.client.language import tr
from hmi.core.alarms.rules import LEVEL_TYPES
from hmi.core.plant.model import Plant
from hmi.core.tags import Tag

_ABOVE: Final = ("level_h", "level_hh")


def limits_of(plant: Plant, tag: Tag, low: float, high: float) -> list[tuple[float, bool, str]]:
    """Each fixed limit as a share of the scale from `low` to `high`, whether it is passed upwards, and its words.

    A limit that is a tag itself is none: it moves, and can be drawn as a pen.
    """
    span = (high - low) or 1.0
    return [
        ((rule.limit - low) / span, rule.type in _ABOVE, f"{tr(words.sentence(words.TYPES[rule.type]))} {value}")
        for rule in plant.rules
        if rule.tag == tag.index and rule.type in LEVEL_TYPES and rule.other < 0
        for value in (words.amount(tag, rule.limit),)
    ]
