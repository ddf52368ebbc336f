"""The picture: a still backdrop, and only what changed drawn anew."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from hmi.client.mimic.compile import Compiled, compile_screen
from hmi.client.mimic.quality import Mark
from hmi.client.mimic.scene import Scene, element_at, rectangles
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic.conftest import LEVEL, LEVEL_SP, RUNNING, STATE, Glass


@pytest.fixture
def scene(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> Scene:
    made = Scene(detail, small_plant.rules, glass, day())
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


def test_only_the_changed_elements_and_those_over_them_are_drawn(scene: Scene, glass: Glass) -> None:
    before = scene.drawn_elements
    number = number_of(scene.compiled, "pump")
    region = scene.redraw([number])
    assert scene.drawn_elements - before == 1
    assert region.boundingRect() == scene.area(number)


def test_marks_take_room_only_while_they_are_there(scene: Scene, glass: Glass) -> None:
    number = number_of(scene.compiled, "pump")
    bare = scene.area(number)
    glass.set(RUNNING, 1, q.BAD)
    marked = scene.redraw([number]).boundingRect()
    assert marked.contains(bare)
    assert marked != bare
    glass.set(RUNNING, 1)
    assert scene.redraw([number]).boundingRect() == marked  # the marks must be wiped
    assert scene.redraw([number]).boundingRect() == bare


def test_drawing_anew_leaves_the_same_picture_as_drawing_all(scene: Scene, glass: Glass) -> None:
    glass.set(RUNNING, 0)
    glass.set(STATE, 9)
    glass.set(LEVEL, 95, q.UNCERTAIN_LAST_USABLE)
    changed = [i for i, drawn in enumerate(scene.compiled.drawn) if {LEVEL, RUNNING, STATE} & set(drawn.tags)]
    scene.redraw(changed)
    bit_by_bit = scene.buffer.toImage()
    scene.resize(800, 400)
    assert bit_by_bit == scene.buffer.toImage()


def test_nothing_is_drawn_outside_an_elements_area(scene: Scene, glass: Glass) -> None:
    before = scene.buffer.toImage()
    number = number_of(scene.compiled, "analog")
    glass.set(LEVEL, 95, q.BAD_NO_COMMUNICATION)
    glass.alarm(0, "unacknowledged")
    region = scene.redraw([number])
    after = scene.buffer.toImage()
    outside = QRegion(QRect(0, 0, 800, 400)) - region
    for area in rectangles(outside):
        assert before.copy(area) == after.copy(area)
    assert before != after


def test_marks_tell_the_worst_of_what_an_element_shows(scene: Scene, glass: Glass) -> None:
    analog = scene.compiled.drawn[number_of(scene.compiled, "analog")]
    glass.set(LEVEL_SP, 50, q.BAD)
    assert scene.mark(analog) == Mark.GOOD  # the scale itself shows that the set-point is not known
    glass.set(LEVEL, 50, q.UNCERTAIN_LAST_USABLE)
    assert scene.mark(analog) == Mark.STALE
    glass.clock.advance(12.4)
    assert scene.age(analog) == "12 s"


def test_a_pending_write_shows_on_what_commands_the_tag(scene: Scene, glass: Glass) -> None:
    number = number_of(scene.compiled, "setpoint")
    before = scene.buffer.toImage()
    glass.pending = {LEVEL_SP}
    scene.redraw([number])
    assert scene.buffer.toImage() != before


def test_the_roll_up_of_a_button_leaves_shelved_alarms_out(qapp: Any, small_plant: Plant, glass: Glass) -> None:
    compiled = compile_screen(small_plant.screens["overview"], small_plant)
    scene = Scene(compiled, small_plant.rules, glass, day())
    scene.resize(800, 400)
    quiet = scene.buffer.toImage()
    glass.alarm(0, "shelved")
    scene.redraw([0])
    assert scene.buffer.toImage() == quiet
    glass.alarm(1, "unacknowledged")
    scene.redraw([0])
    assert scene.buffer.toImage() != quiet


def test_the_topmost_element_that_answers_is_hit(detail: Compiled) -> None:
    assert element_at(detail, 260, 80) == number_of(detail, "setpoint")
    assert element_at(detail, 300, 180) == number_of(detail, "pump")
    assert element_at(detail, 20, 20) is None  # the panel behind does nothing
    assert element_at(detail, -5, 20) is None
