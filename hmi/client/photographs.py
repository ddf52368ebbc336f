"""Photographs on a screen: asked of the engine when the screen comes to the front, kept for as long as the window."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from hmi.client.mimic.rich_picture import pictures_of
from hmi.client.page import Desk
from hmi.core.screens.model import Screen
from hmi.link.messages import Reply

log = logging.getLogger(__name__)


def ask_pictures(desk: Desk, screen: Screen, shown: Callable[[], None]) -> list[int]:
    """Ask for a screen's photographs; `shown` is called after each that came. Returns the numbers of the questions.

    On the Qt thread. One that has not changed since it was asked for last is not sent again.
    """
    files = dict.fromkeys(str(element.options.get("picture", "")) for element in screen.elements)
    kept = pictures_of(desk.mirror.table)
    return [
        desk.wire.ask("picture", {"file": file, "have": kept.digests.get(file, "")}, partial(_came, desk, shown))
        for file in files
        if file
    ]


def _came(desk: Desk, shown: Callable[[], None], reply: Reply) -> None:
    if not reply.ok or not isinstance(reply.body, dict):
        log.info("no picture: %s", reply.text)
        return
    file, data = str(reply.body.get("file", "")), reply.body.get("data")
    if not isinstance(data, bytes):
        return  # it is the one that is shown
    kept = pictures_of(desk.mirror.table)
    why = kept.take(file, data)
    kept.digests[file] = "" if why else str(reply.body.get("digest", ""))
    if why:
        log.info("%s", why)
    shown()
