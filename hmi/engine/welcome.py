"""What a client is told first of all: the plant that runs, as the texts of its files and as the engine read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import hmi
from hmi.core.plant import Plant
from hmi.link.framing import LIMIT
from hmi.link.messages import VERSION, Welcome

_ROOM: Final = LIMIT // 2  # what the compiled plant may have of one message; the texts come first


def made_ready(plant: Plant) -> Plant:
    """The plant, compiled now rather than when the first window asks; for a thread that may take its time."""
    assert plant.compiled
    return plant


def welcome_of(plant: Plant, library: Mapping[str, str], now_ns: int, told: int) -> Welcome:
    """The welcome to a plant; a very large one's window reads the files itself."""
    size = len(plant.compiled) + sum(map(len, plant.texts.values()))
    return Welcome(
        VERSION,
        dict(plant.texts),
        dict(library),
        plant.digest,
        now_ns,
        hmi.__version__,
        told,
        plant.compiled if size <= _ROOM else b"",
    )
