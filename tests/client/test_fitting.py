"""No word of the demo plant is cut short on its screens, in any language, on the smallest display."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QImage, QPainter

from hmi.client.language import NAMES, speak
from hmi.client.mimic import digits, ink
from hmi.client.mimic.compile import Drawn, compile_screen
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.paint import draw_shapes
from hmi.client.theme import day
from hmi.core.batch import Batch
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.core.screens.vocabulary import PACKML
from hmi.core.tags import TagTable
from hmi.plantfiles.folder import find_plant, load_folder

ROOM = (1032, 672)  # of a screen in a window of 1280 x 800, beside the places and between header and banner


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_folder(find_plant("bottling"))


class Watched:
    """The measures of a font; notes what is cut."""

    def __init__(self, metrics: Any, cut: list[str]) -> None:
        self._metrics, self._cut = metrics, cut

    def __getattr__(self, name: str) -> Any:
        return getattr(self._metrics, name)

    def elidedText(self, text: str, *more: Any) -> str:
        shown: str = self._metrics.elidedText(text, *more)
        if shown != text:
            self._cut.append(text)
        return shown


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch, qapp: Any) -> list[str]:
    """Every text that did not fit its place, as it was drawn."""
    found: list[str] = []
    measured = ink.letters_of

    def letters_of(px: float, bold: bool) -> tuple[Any, Any]:
        font, metrics = measured(px, bold)
        return font, Watched(metrics, found)

    for module in (ink, digits):
        monkeypatch.setattr(module, "letters_of", letters_of)
    return found


def screens_of(plant: Plant) -> Iterator[tuple[Screen, tuple[int, int]]]:
    """Every screen, in its room; every faceplate at its own size."""
    for screen in plant.screens.values():
        yield screen, ROOM
    for machine in plant.equipment.values():
        if machine.faceplate is not None and machine.faceplate.operate is not None:
            operate = machine.faceplate.operate
            yield operate, (round(operate.size[0]), round(operate.size[1]))


def values_of(drawn: Drawn) -> list[int]:
    """The numbers that a word stands for on an element."""
    words = [*map(int, drawn.element.options.get("words", ())), *map(int, drawn.element.options.get("faults", ()))]
    return words or (list(PACKML) if "packml" in drawn.symbol.binds.values() else [0, 1])


def draw(screen: Screen, room: tuple[int, int], plant: Plant, table: TagTable) -> None:
    """Every element with each of its words, on a picture that nobody looks at."""
    scale = min(room[0] / screen.size[0], room[1] / screen.size[1])
    image = QImage(*room, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pen = Ink(painter, day(), scale, (0.0, 0.0), table)
    for drawn in compile_screen(screen, plant).drawn:
        coded = [read.tag for read in drawn.reads.values() if read.tag is not None]
        for value in values_of(drawn):
            table.apply(Batch.of(coded, [float(value)] * len(coded), 1, 1, 0))
            draw_shapes(pen, drawn, drawn.symbol.shapes)
    painter.end()


@pytest.mark.parametrize("code", NAMES)
def test_nothing_is_cut(plant: Plant, cut: list[str], code: str) -> None:
    speak(code, plant.languages)
    table = TagTable(plant.tags)
    short: dict[str, set[str]] = {}
    for screen, room in screens_of(plant):
        draw(screen, room, plant, table)
        for text in cut:
            short.setdefault(text, set()).add(screen.id)
        cut.clear()
    assert short == {}
