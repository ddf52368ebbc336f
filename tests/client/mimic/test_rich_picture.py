"""A picture of the plant: shown as what it is, and its absence said."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from hmi.client.mimic import rich_picture
from hmi.client.mimic.compile import Drawn, compile_screen
from hmi.client.mimic.rich_picture import MOST_BYTES, Pictures, pictures_of
from hmi.core.plant import Plant
from hmi.core.tags import TagTable
from tests.client.mimic import gallery


def encoded(width: int, height: int, kind: str = "PNG", colour: str = "#123456") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)
    return bytes(buffer.data().data())


@pytest.fixture(scope="module")
def plant() -> Plant:
    """The plant of the gallery."""
    return gallery.plant()


@pytest.fixture(scope="module")
def tile(plant: Plant) -> Drawn:
    """The picture of the sheet."""
    drawn = compile_screen(plant.screens["sheet"], plant).drawn
    return next(one for one in drawn if one.element.symbol == "picture")


def shot(plant: Plant, tile: Drawn, data: bytes) -> Any:
    glass = gallery.glass_of(plant, data)
    with gallery.easel(glass) as (ink, image):
        rich_picture.picture(ink, tile, {"x": 0, "y": 0})
        written = len(ink.spans)
    box = [int(side) for side in tile.box]
    return gallery.levels(image)[box[1] : box[1] + box[3], box[0] : box[0] + box[2]], written


def test_a_missing_picture_is_said_with_the_name_of_its_file(qapp: Any, plant: Plant, tile: Drawn) -> None:
    assert shot(plant, tile, b"")[1] == 2


def test_a_picture_keeps_its_shape_and_is_told_to_be_not_live(qapp: Any, plant: Plant, tile: Drawn) -> None:
    levels, written = shot(plant, tile, encoded(400, 100))
    assert written == 1
    rows, columns = np.nonzero(levels == gallery.levels_of_colour("#123456"))
    assert np.ptp(columns) == pytest.approx(tile.box[2], abs=4)
    assert np.ptp(rows) == pytest.approx(tile.box[2] / 4, abs=4)


@pytest.mark.parametrize(
    ("file", "data", "why"),
    [
        ("a.png", b"not a picture", "damaged"),
        ("a.png", b"", "damaged"),
        ("a.svg", b"<svg/>", "png or jpg"),
        ("a.png", b"\x89PNG" + bytes(MOST_BYTES), "larger than 10 MB"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_reason(qapp: Any, file: str, data: bytes, why: str) -> None:
    pictures = Pictures()
    assert why in pictures.take(file, data)
    assert pictures.of(file) is None


def test_a_picture_that_would_not_fit_into_memory_is_refused_before_it_is_read(qapp: Any) -> None:
    assert "4096 pixels" in Pictures().take("wide.png", encoded(5000, 2))
    assert Pictures().take("wide.png", encoded(4096, 2)) == ""


def test_other_kinds_of_pictures_under_a_good_name_are_refused(qapp: Any) -> None:
    assert Pictures().take("a.png", encoded(4, 4, "BMP")) != ""
    assert Pictures().take("a.jpg", encoded(4, 4, "JPG")) == ""


def test_a_newer_picture_takes_the_place_of_the_older_and_a_broken_one_leaves_none(qapp: Any) -> None:
    pictures = Pictures()
    assert pictures.take("a.png", encoded(4, 4)) == ""
    assert pictures.take("a.png", encoded(8, 8)) == ""
    assert pictures.of("a.png").width() == 8  # type: ignore[union-attr]
    pictures.take("a.png", b"broken")
    assert pictures.of("a.png") is None


def test_the_pictures_of_a_plant_go_with_its_mirror(plant: Plant) -> None:
    table = TagTable(plant.tags)
    kept = weakref.ref(pictures_of(table))
    assert pictures_of(table) is kept()
    del table
    gc.collect()
    assert kept() is None
