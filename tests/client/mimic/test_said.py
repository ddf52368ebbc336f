"""Texts are drawn once and copied ever after."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.client.mimic.atlas import HIGHEST
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.layout import Layout
from hmi.client.mimic.said import is_sayable
from hmi.client.mimic.scene import Scene
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic.conftest import DOUBLE, NAME, Glass


@pytest.fixture
def scene(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> Scene:
    made = Scene(detail, small_plant, glass, day())
    made.resize(803, 400)
    return made


def laid_out(scene: Scene) -> Layout:
    assert scene.layout is not None
    return scene.layout


def said(scene: Scene, glass: Glass, text: str, quality: int = q.GOOD) -> int:
    """How many texts are known after this one has been shown."""
    glass.table.text[NAME] = text
    glass.set(NAME, np.nan, quality)
    scene.refresh(alarms=False, history=False)
    return len(laid_out(scene).said._corners)


def test_a_text_is_drawn_when_it_is_first_said(scene: Scene, glass: Glass) -> None:
    first = said(scene, glass, "Cola")
    picture = scene.buffer.toImage()
    assert said(scene, glass, "Water") == first + 1
    assert scene.buffer.toImage() != picture
    assert said(scene, glass, "Cola") == first + 1
    assert scene.buffer.toImage() == picture
    assert said(scene, glass, "Cola", q.BAD) == first + 2


def test_a_number_too_wide_is_said(scene: Scene, glass: Glass) -> None:
    before = len(laid_out(scene).said._corners)
    glass.set(DOUBLE, 123456789.5)
    scene.refresh(alarms=False, history=False)
    assert len(laid_out(scene).said._corners) == before + 1


def test_when_there_is_no_more_room_texts_are_forgotten_and_the_picture_stays_right(scene: Scene, glass: Glass) -> None:
    said(scene, glass, "Cola")
    picture = scene.buffer.toImage()
    atlas = laid_out(scene).said._atlas
    while atlas.room(1000, 100):
        pass
    assert atlas.is_nearly_full
    assert atlas.pixmap.height() == HIGHEST
    assert said(scene, glass, "Water") == 1
    said(scene, glass, "Cola")
    assert scene.buffer.toImage() == picture


def test_only_plain_texts_are_said(scene: Scene) -> None:
    layout = laid_out(scene)
    kinds = {part.shapes[0].kind for part in layout.parts if is_sayable(part)}
    assert kinds == {"value"}
    assert [layout.parts[row].drawn.element.symbol for row in layout.texts] == ["textrow"]
