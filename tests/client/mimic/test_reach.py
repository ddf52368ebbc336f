"""No shape touches a pixel beyond its reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from hmi.client.mimic.compile import compile_screen
from hmi.client.mimic.paint import GROUNDS, draw_ground, draw_moving
from hmi.client.mimic.parts import Kind, take_apart
from hmi.client.mimic.reach import ground_reach, pixels, reach_of
from hmi.client.theme import day
from tests.client.mimic import gallery


def touched(image: QImage) -> Any:
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return (pixels ^ np.uint32(day().colour("background").rgb())) & np.uint32(0xFFFFFF) != 0


@pytest.mark.parametrize("pose", ["running", "stopped", "bad"])
def test_every_shape_of_the_library_stays_within_its_reach(qapp: Any, pose: str) -> None:
    plant = gallery.plant()
    glass = gallery.glass_of(plant)
    gallery.stand(glass, gallery.poses()[pose])
    for drawn in compile_screen(plant.screens["sheet"], plant).drawn:
        with gallery.easel(glass) as (ink, image):
            boxes = []
            for shape in drawn.symbol.shapes if drawn.live else ():
                boxes.append(reach_of(ink, drawn, shape))
                draw_moving(ink, drawn, shape)
                if shape.kind in GROUNDS:
                    boxes.append(ground_reach(ink, drawn, shape))
                    draw_ground(ink, drawn, shape)
        outside = touched(image)
        for left, top, right, bottom in boxes:
            outside[max(0, top) : bottom, max(0, left) : right] = False
        assert not outside.any(), (drawn.element.symbol, np.argwhere(outside)[:3].tolist())


def test_a_part_reaches_as_far_as_its_shapes(qapp: Any) -> None:
    plant = gallery.plant()
    glass = gallery.glass_of(plant)
    compiled = compile_screen(plant.screens["sheet"], plant)
    with gallery.easel(glass) as (ink, _):
        for part in take_apart(compiled, ink, plant)[1]:
            if part.kind == Kind.GROUND:
                continue
            for shape in part.shapes:
                left, top, right, bottom = reach_of(ink, part.drawn, shape)
                assert part.box[0] <= left
                assert part.box[1] <= top
                assert right <= part.box[2]
                assert bottom <= part.box[3]


def test_whole_pixels_lie_around_an_area(qapp: Any) -> None:
    from PySide6.QtCore import QRectF

    assert pixels(QRectF(1.2, 2.0, 3.1, 4.0)) == (1, 2, 5, 6)
