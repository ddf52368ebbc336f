"""A drawing beneath a screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtGui import QColor, QImage, QPainter

from hmi.client.mimic.backdrop import draw_backdrop
from hmi.client.mimic.canvas import Mimic
from hmi.client.theme import day
from hmi.core.plant import Plant
from tests.client.mimic.conftest import RUNNING, Glass

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40" width="80" height="40">'
    '<rect x="0" y="0" width="40" height="40" fill="#123456"/></svg>'
)


def drawn(plant: Plant, backdrop: str) -> QImage:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    draw_backdrop(painter, replace(plant.screens["detail"], backdrop=backdrop), plant, (0.0, 50.0), 0.5)
    painter.end()
    return image


def test_the_drawing_fills_the_screen_and_keeps_its_shape(qapp: Any, small_plant: Plant) -> None:
    plant = replace(small_plant, backdrops={"line.svg": SVG})
    image = drawn(plant, "line.svg")
    inside, outside = ((10, 60), (190, 240)), ((210, 60), (10, 40), (10, 260))
    assert {image.pixelColor(*at).name() for at in inside} == {"#123456"}
    assert {image.pixelColor(*at).name() for at in outside} == {"#ffffff"}


def test_a_drawing_that_is_missing_or_no_drawing_changes_nothing(qapp: Any, small_plant: Plant) -> None:
    plant = replace(small_plant, backdrops={"broken.svg": "<svg"})
    blank = drawn(plant, "")
    assert drawn(plant, "none.svg") == blank


def test_values_are_drawn_over_the_drawing_and_it_stays_beneath_them(
    qtbot: Any, small_plant: Plant, glass: Glass
) -> None:
    screen = replace(
        small_plant.screens["detail"], backdrop="line.svg", elements=small_plant.screens["detail"].elements[3:]
    )
    plant = replace(small_plant, backdrops={"line.svg": SVG})
    mimic = Mimic(screen, plant, glass, day())
    qtbot.addWidget(mimic)
    mimic.resize(800, 400)
    before = mimic.grab().toImage()
    assert before.pixelColor(20, 20).name() == "#123456"
    glass.set(RUNNING, 0)
    mimic.refresh()
    glass.set(RUNNING, 1)
    mimic.refresh()
    assert mimic.grab().toImage() == before
