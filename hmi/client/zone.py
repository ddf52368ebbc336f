"""The time zone that a window tells times in."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hmi.core.plant.model import Plant

log = logging.getLogger(__name__)


def zone_of(plant: Plant) -> ZoneInfo:
    """The plant's time zone; UTC where this machine does not know it."""
    try:
        return ZoneInfo(plant.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("time zone %s is not known on this machine: times are shown in UTC", plant.timezone)
        return ZoneInfo("UTC")
