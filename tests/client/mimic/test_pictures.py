"""Pictures of states: each drawn once, then copied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.scene import Scene
from hmi.client.theme import day
from hmi.core import quality as q
from hmi.core.plant import Plant
from tests.client.mimic.conftest import RUNNING, STATE, Glass


@pytest.fixture
def scene(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> Scene:
    made = Scene(detail, small_plant, glass, day())
    made.resize(801, 400)  # a size of its own: nothing is ready from another test
    return made


def drawn_pictures(scene: Scene) -> int:
    assert scene.layout is not None
    return int((scene.layout.pictures._corner[:, 0] >= 0).sum())


def test_a_look_is_drawn_when_it_is_first_seen_and_never_again(scene: Scene, glass: Glass) -> None:
    counts = [drawn_pictures(scene)]
    for value in (0, 1, 0, 1):
        glass.set(RUNNING, value)
        scene.refresh(alarms=False, history=False)
        counts.append(drawn_pictures(scene))
    assert counts[0] < counts[1] == counts[2] == counts[3] == counts[4]


def test_the_same_screen_in_another_window_finds_them_ready(
    scene: Scene, detail: Compiled, small_plant: Plant, glass: Glass
) -> None:
    other = Scene(detail, small_plant, glass, day())
    other.resize(801, 400)
    assert other.layout is scene.layout
    assert other.buffer.toImage() == scene.buffer.toImage()


def test_a_state_without_a_word_is_drawn_too(scene: Scene, glass: Glass) -> None:
    pictures = []
    for value in (98, 99, 98):
        glass.set(STATE, value)
        scene.refresh(alarms=False, history=False)
        pictures.append(scene.buffer.toImage())
    assert pictures[0] == pictures[2] != pictures[1]


def test_only_what_moved_is_worked_out(scene: Scene, glass: Glass) -> None:
    assert scene.layout is not None
    group = scene.layout.pictures
    before = np.full(len(group.rows), 77)
    nothing = np.zeros(len(scene.columns.moved), bool)
    assert (group.look(scene.columns, before, nothing) == 77).all()
    glass.set(RUNNING, 1, q.BAD)
    scene.columns.take(glass.table)
    assert 0 < int((group.look(scene.columns, before, scene.columns.moved) != 77).sum()) < len(group.rows)
