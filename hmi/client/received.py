"""The plant of an engine's welcome: as the engine has read it, else from the texts of its files."""

from __future__ import annotations

import logging

import hmi
from hmi.client.language import tr
from hmi.core.plant.compiled import unpack
from hmi.core.plant.model import Plant
from hmi.link.messages import VERSION, Welcome

log = logging.getLogger(__name__)


def stranger(message: Welcome) -> str:
    """Why this window cannot work with the engine that said this, and what to do; "" it can.

    Programs that differ in the last number of their version understand each other.
    """
    theirs, ours = _numbers(message.engine), _numbers(hmi.__version__)
    if message.version == VERSION and (not theirs or theirs[:2] == ours[:2]):
        return ""
    text = tr("The engine is hmi {engine}, this window hmi {window}.", engine=message.engine, window=hmi.__version__)
    if theirs > ours:
        return f"{text} {tr('Close the window and open it from the newer installation.')}"
    return f"{text} {tr('Stop the engine and start it from the newer installation.')}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


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
