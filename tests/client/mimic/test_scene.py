"""The picture as values change: only what looks different is drawn, and the picture is the reference painter's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from hmi.client.mimic.compile import Compiled, compile_screen
from hmi.client.mimic.scene import Scene, element_at, rectangles
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic import gallery
from tests.client.mimic.conftest import LEVEL, NAME, RUNNING, STATE, Glass


@pytest.fixture
def scene(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> Scene:
    made = Scene(detail, small_plant, glass, day())
    made.resize(800, 400)
    return made


def number_of(compiled: Compiled, symbol: str) -> int:
    return next(i for i, drawn in enumerate(compiled.drawn) if drawn.element.symbol == symbol)


def test_the_screen_keeps_its_shape_in_any_window(scene: Scene) -> None:
    scene.resize(1600, 1600)
    assert (scene.scale, scene.origin) == (2.0, (0.0, 400.0))
    scene.resize(2000, 400)
    assert (scene.scale, scene.origin) == (1.0, (600.0, 0.0))
    scene.resize(0, 0)
    assert scene.scale > 0


def test_only_what_looks_different_is_drawn(scene: Scene, glass: Glass) -> None:
    glass.set(RUNNING, 0)
    numbers, region = scene.refresh(alarms=False, history=False)
    pump = number_of(scene.compiled, "pump")
    assert numbers.tolist() == [pump]
    assert scene.area(pump).contains(region.boundingRect())
    glass.set(RUNNING, 0)  # news, but nothing new to be seen
    assert scene.refresh(alarms=False, history=False)[0].tolist() == []


def test_a_value_that_reads_the_same_is_not_drawn_again(scene: Scene, glass: Glass) -> None:
    glass.set(LEVEL, 60.001)
    assert scene.refresh(alarms=False, history=False)[0].tolist() == []


def test_a_text_is_drawn_when_it_changes(scene: Scene, glass: Glass) -> None:
    glass.say(NAME, "Cola")
    assert scene.refresh(alarms=False, history=False)[0].tolist() == [number_of(scene.compiled, "textrow")]


def test_drawing_anew_leaves_the_same_picture_as_drawing_all(scene: Scene, glass: Glass) -> None:
    for running, state, level, quality in ((0, 9, 95, q.UNCERTAIN), (1, 99, 3, q.BAD), (0, 6, 61.5, q.GOOD)):
        glass.set(RUNNING, running)
        glass.set(STATE, state)
        glass.set(LEVEL, level, quality)
        scene.refresh(alarms=False, history=False)
        bit_by_bit = scene.buffer.toImage()
        scene.resize(800, 400)
        assert bit_by_bit == scene.buffer.toImage()


def test_nothing_is_drawn_outside_the_region_that_is_told(scene: Scene, glass: Glass) -> None:
    before = scene.buffer.toImage()
    glass.set(LEVEL, 95, q.BAD_NO_COMMUNICATION)
    _, region = scene.refresh(alarms=False, history=False)
    after = scene.buffer.toImage()
    outside = QRegion(QRect(0, 0, 800, 400)) - region
    for area in rectangles(outside):
        assert before.copy(area) == after.copy(area)
    assert before != after


def test_what_lies_over_a_changed_part_is_drawn_with_it(scene: Scene) -> None:
    layout = scene.layout
    assert layout is not None
    for one, box in enumerate(layout.boxes.tolist()):
        for other, beside in enumerate(layout.boxes.tolist()):
            if box[0] < beside[2] and beside[0] < box[2] and box[1] < beside[3] and beside[1] < box[3]:
                assert layout.cluster[one] == layout.cluster[other]


def test_the_roll_up_of_a_button_leaves_shelved_alarms_out(qapp: Any, small_plant: Plant, glass: Glass) -> None:
    compiled = compile_screen(small_plant.screens["overview"], small_plant)
    scene = Scene(compiled, small_plant, glass, day())
    scene.resize(800, 400)
    quiet = scene.buffer.toImage()
    glass.alarm(0, "shelved")
    scene.refresh(alarms=True, history=False)
    assert scene.buffer.toImage() == quiet
    glass.alarm(1, "unacknowledged")
    numbers, _ = scene.refresh(alarms=True, history=False)
    assert numbers.tolist() == [0]
    assert scene.buffer.toImage() != quiet


def test_finding_what_changed_looks_at_the_tags_of_the_screen_alone(scene: Scene, glass: Glass) -> None:
    assert len(scene.columns.tags) == len(np.unique(scene.columns.tags)) <= len(glass.table)
    glass.set(LEVEL, 20)
    assert scene.columns.take(glass.table)
    assert [int(scene.columns.tags[place]) for place in np.flatnonzero(scene.columns.moved[:-1])] == [LEVEL]


def test_the_topmost_element_that_answers_is_hit(detail: Compiled) -> None:
    assert element_at(detail, 260, 80) == number_of(detail, "setpoint")
    assert element_at(detail, 300, 180) == number_of(detail, "pump")
    assert element_at(detail, 20, 20) is None  # the panel behind does nothing
    assert element_at(detail, -5, 20) is None


@pytest.fixture(scope="module")
def sheet() -> Plant:
    return gallery.plant()


def test_a_picture_left_behind_is_up_to_date_when_it_is_asked_for(qapp: Any, sheet: Plant) -> None:
    glass = gallery.glass_of(sheet)
    one, other = (Scene(compile_screen(sheet.screens["sheet"], sheet), sheet, glass, day()) for _ in range(2))
    one.resize(*gallery.SHEET)
    other.resize(*gallery.SHEET)
    late = 0
    for pose in gallery.poses().values():
        gallery.stand(glass, pose)
        told = one.refresh(alarms=True, history=True, straight=True)
        same = other.refresh(alarms=True, history=True)
        assert told[0].tolist() == same[0].tolist()
        late += one.late
        assert one.buffer.toImage() == other.buffer.toImage()
        assert not one.late and not other.late
    assert late > 1


def test_a_few_changes_after_a_picture_was_left_behind_bring_it_up_to_date(qapp: Any, sheet: Plant) -> None:
    glass = gallery.glass_of(sheet)
    scene = Scene(compile_screen(sheet.screens["sheet"], sheet), sheet, glass, day())
    scene.resize(*gallery.SHEET)
    poses = list(gallery.poses().values())
    gallery.stand(glass, poses[0])
    scene.refresh(alarms=True, history=True)
    gallery.stand(glass, poses[1])
    scene.refresh(alarms=True, history=True, straight=True)
    assert scene.late
    for tag in scene.compiled.tags.tolist():  # until one changes what few elements show
        glass.set(tag, 33.0 if glass.table.value[tag] != 33.0 else 44.0)
        scene.refresh(alarms=False, history=False, straight=True)
        if not scene.late:
            break
    assert not scene.late
    bit_by_bit = scene.buffer.toImage()
    scene.resize(*gallery.SHEET)
    assert bit_by_bit == scene.buffer.toImage()
