"""Photographs on a screen: asked for when it comes to the front, and not twice."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from hmi.client.mimic.rich_picture import pictures_of
from hmi.client.window import Window
from hmi.clock import HandClock
from hmi.link.messages import Reply, Request
from tests.client.conftest import SmallEngine, texts

FILE = "pictures/tank.png"
TILE = f"""
[[element]]
symbol = "picture"
at = [600, 300]
size = [400, 300]
picture = "{FILE}"
"""


def png(colour: str) -> bytes:
    image, data = QImage(40, 30, QImage.Format.Format_RGB32), QByteArray()
    image.fill(colour)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return data.data()


@pytest.fixture
def engine(clock: HandClock) -> SmallEngine:
    """An engine whose tank has been photographed; `told` is what it says of the picture."""
    files = texts()
    files["screens/tank.toml"] += TILE
    made: Any = SmallEngine(clock, files)
    made.told = {"file": FILE, "digest": "one", "data": png("red")}

    def answer(request: Request) -> Reply:
        same = request.args["have"] == made.told["digest"]
        body = {name: value for name, value in made.told.items() if not same or name != "data"}
        return Reply(request.number, True, "", body)

    made.answers["picture"] = answer
    return made


def asked(engine: Any) -> list[dict[str, Any]]:
    return [request.args for request in engine.requests if request.verb == "picture"]


def test_a_screen_asks_for_its_pictures_and_shows_them(window: Window, engine: Any) -> None:
    window.shell.go("tank")
    before = window.shell.page.mimic.grab().toImage()
    window.frame.beat()
    assert asked(engine) == [{"file": FILE, "have": ""}]
    assert pictures_of(window.wire.mirror.table).of(FILE).width() == 40
    assert window.shell.page.mimic.grab().toImage() != before


def test_it_is_not_sent_again_until_it_has_changed(window: Window, engine: Any) -> None:
    window.shell.go("tank")
    window.frame.beat()
    window.shell.go("overview")
    window.shell.go("tank")
    window.frame.beat()
    assert asked(engine)[-1] == {"file": FILE, "have": "one"}
    shown = window.shell.page.mimic.grab().toImage()
    engine.told = {"file": FILE, "digest": "two", "data": png("blue")}
    window.shell.go("overview")
    window.shell.go("tank")
    window.frame.beat()
    assert window.shell.page.mimic.grab().toImage() != shown


@pytest.mark.parametrize("data", [b"no picture", b""])
def test_what_is_no_picture_leaves_the_tile_as_it_is(window: Window, engine: Any, data: bytes) -> None:
    engine.told = {"file": FILE, "digest": "one", "data": data}
    window.shell.go("tank")
    window.frame.beat()
    assert pictures_of(window.wire.mirror.table).of(FILE) is None


def test_a_refusal_and_a_screen_that_has_gone_do_no_harm(window: Window, engine: Any) -> None:
    engine.answers["picture"] = lambda request: None
    window.shell.go("tank")
    window.frame.beat()
    number = next(request.number for request in engine.requests if request.verb == "picture")
    window.shell.pages["tank"].dispose()
    engine.say(Reply(number, True, "", engine.told))
    window.frame.beat()
    assert pictures_of(window.wire.mirror.table).of(FILE) is None
    engine.answers["picture"] = lambda request: Reply(request.number, False, "there is no picture")
    window.shell.go("overview")
    window.shell.go("tank")
    window.frame.beat()
    assert pictures_of(window.wire.mirror.table).of(FILE) is None


def test_screens_without_pictures_ask_for_none(window: Window, engine: Any) -> None:
    window.shell.go("pump")
    window.frame.beat()
    assert asked(engine) == []
