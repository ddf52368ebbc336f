"""The plant of an engine's welcome: as the engine has read it, else from the texts of its files."""

from __future__ import annotations

import logging

import hmi
from hmi.core.plant.compiled import unpack
from hmi.core.plant.model import Plant
from hmi.link.messages import Welcome

log = logging.getLogger(__name__)


def plant_of(message: Welcome) -> Plant:
    """The plant that the engine runs; raises PlantError where this program cannot read its files.

    What another version of the program has compiled is not looked at; reading the files takes ten times as long.
    """
    if message.compiled and message.engine == hmi.__version__:
        try:
            return unpack(message.compiled, message.plant)
        except ValueError as error:
            log.warning("the plant is read from its files: %s", error)
    from hmi.core.plant import load

    return load(message.plant, message.library)
