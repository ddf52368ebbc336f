"""One element alone on an empty sheet, as a painter of its own draws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtGui import QImage

from hmi.client.mimic.compile import Drawn
from hmi.client.theme import Theme, day
from hmi.core import quality as q
from tests.client.mimic.conftest import Glass
from tests.client.mimic.gallery import easel, levels, levels_of_colour


def put(glass: Glass, name: str, value: float, quality: int = q.GOOD) -> None:
    """A value of one of its tags."""
    glass.set(glass.table.index[name], value, quality)


def drawn_by(
    glass: Glass, painter: Any, drawn: Drawn, options: Mapping[str, Any], theme: Theme | None = None
) -> QImage:
    """What a painter makes of an element on an empty sheet."""
    with easel(glass, theme) as (ink, image):
        painter(ink, drawn, options)
    return image


def inked(image: QImage) -> int:
    """How many pixels of a sheet are not empty."""
    return int(np.count_nonzero(levels(image) != levels_of_colour(day().background)))
