"""A watch on the moments at which a screen of the plant gets its ink."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hmi.client.mimic.canvas import Mimic


def watch_paints(seen: Callable[[Any], None]) -> None:
    """Call `seen` with each mimic that was painted, right after; for mimics made from now on."""
    paint = Mimic.paintEvent

    def paint_and_tell(mimic: Any, event: Any) -> None:
        paint(mimic, event)
        seen(mimic)

    Mimic.paintEvent = paint_and_tell  # type: ignore[method-assign]
