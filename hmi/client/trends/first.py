"""What a trend shows before anybody has chosen pens or a stretch of time."""

from __future__ import annotations

from typing import Final

from hmi.client.page import Desk
from hmi.client.trends.pens import can_be_drawn
from hmi.core.alarms.rules import LEVEL_TYPES
from hmi.core.plant.model import Plant
from hmi.core.tags import NUMBER_TYPES

_FIRST_PENS: Final = 4


def first_pens(plant: Plant) -> tuple[int, ...]:
    """What an unasked trend shows: measurements of the first screen, those with alarm limits before others."""
    analog = {
        tag.index for tag in plant.tags if can_be_drawn(tag) and tag.type in NUMBER_TYPES and tag.unit not in ("", "1")
    }
    limited = {rule.tag for rule in plant.rules if rule.type in LEVEL_TYPES}
    for screen in plant.screens.values():
        bound = [tag for one in screen.elements for bind in one.binds.values() for tag in bind.inputs]
        found = sorted((tag for tag in dict.fromkeys(bound) if tag in analog), key=lambda tag: tag not in limited)
        if len(found) > 1:
            return tuple(found[:_FIRST_PENS])
    return tuple(sorted(analog, key=lambda tag: (tag not in limited, tag))[:_FIRST_PENS])


def first_span_s(desk: Desk) -> float:
    """What an unasked trend reaches back: ten minutes, or two while the engine has just started."""
    health = desk.mirror.health
    young = health is not None and desk.mirror.now_ns() - health.started_ns < 300 * 10**9
    return 120.0 if young else 600.0
