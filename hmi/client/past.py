"""The past of what a screen draws small: asked of the engine when the screen opens, so that no line begins empty."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from hmi.client.mimic.recent import COLUMNS, recent_of
from hmi.client.page import Desk
from hmi.core.screens.vocabulary import MOST_MINUTES
from hmi.link.messages import Reply

MOST_AT_ONCE: Final = 64  # tags that the engine answers for in one go
_SPAN_NS: Final = round(MOST_MINUTES * 60e9)

log = logging.getLogger(__name__)


def ask_past(desk: Desk, tags: Sequence[int]) -> None:
    """Ask for the last half hour of some tags; what comes fills the gaps of their sparklines and trend strips.

    On the Qt thread; call it when a screen comes to the front. Without an answer the lines begin with what is seen.
    """
    now = desk.mirror.now_ns()
    names = [desk.plant.tags[tag].name for tag in tags]
    for start in range(0, len(names), MOST_AT_ONCE):
        args = {
            "tags": names[start : start + MOST_AT_ONCE],
            "from_ns": now - _SPAN_NS,
            "to_ns": now,
            "points": COLUMNS,
        }
        desk.wire.ask("history", args, lambda reply: _fill(desk, reply))


def _fill(desk: Desk, reply: Reply) -> None:
    if not reply.ok:
        log.info("no history for sparklines: %s", reply.text)
        return
    from hmi.core.history import Window  # a screen without small trends asks for no history

    try:
        windows = [Window.unpack(body) for body in reply.body]
    except (TypeError, ValueError) as error:
        log.info("the engine's history for sparklines cannot be read: %s", error)
        return
    recent = recent_of(desk.mirror.table)
    for window in windows:
        index = desk.plant.tag_index.get(window.tag)
        if index is not None:
            recent.fill(index, window)
