"""The picture of the frames is the picture of the painter: every symbol in every state, every screen of the demo plant.

Tolerance: no colour of any pixel may differ by more than 10 of 255. Of one pixel in ten thousand it may, for a glyph
may stand a quarter of a pixel aside.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hmi.client.mimic.canvas import Mimic
from hmi.client.theme import Theme, day, night
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.plant import Plant
from hmi.plantfiles.folder import find_plant, load_folder
from tests.client.mimic import gallery
from tests.client.mimic.conftest import Glass
from tests.client.mimic.reference import FEW, difference, marked_reference_of, reference_of

ROOT = Path(__file__).parents[3]
LOOKS = ((day(), gallery.SHEET), (night(), (1408, 960)))
QUALITIES = np.array(
    [q.GOOD] * 5 + [q.BAD, q.BAD_NO_COMMUNICATION, q.UNCERTAIN, q.UNCERTAIN_LAST_USABLE, q.GOOD_LOCAL_OVERRIDE]
)
VALUES = ("every quality", "beyond the range", "huge and tiny", "no communication", "in range")


def expect_alike(mimic: Mimic, what: str) -> None:
    share, most = difference(mimic._scene.buffer, reference_of(mimic))
    assert share <= FEW, f"{what}: {share:.4%} of the pixels differ, by {most} at most"


@pytest.mark.parametrize(("theme", "size"), LOOKS, ids=["day", "night and smaller"])
def test_every_symbol_looks_as_the_painter_draws_it_in_every_state(
    qtbot: Any, theme: Theme, size: tuple[int, int]
) -> None:
    plant = gallery.plant()
    glass = gallery.glass_of(plant)
    mimic = Mimic(plant.screens["sheet"], plant, glass, theme)
    qtbot.addWidget(mimic)
    mimic.resize(*size)
    mimic.grab()
    for name, pose in gallery.poses().items():
        gallery.stand(glass, pose)
        mimic.refresh()
        expect_alike(mimic, name)


def test_marks_lie_over_the_picture_as_if_painted_on_it(qtbot: Any) -> None:
    plant = gallery.plant()
    glass = gallery.glass_of(plant)
    mimic = gallery.hang(plant, glass, day())
    qtbot.addWidget(mimic)
    names = ("bad", "uncertain", "stale", "pending", "shelved", "alarm 1, new", "alarm 2, acknowledged")
    for name in (*names, "alarm 3, returned"):
        gallery.stand(glass, gallery.poses()[name])
        picture = gallery.shoot(mimic)
        share, most = difference(picture, marked_reference_of(mimic))
        assert share <= FEW, f"{name}: {share:.4%} of the pixels differ, by {most} at most"


@cache
def demo_plant() -> Plant:
    return load_folder(find_plant("bottling"))


def fill(glass: Glass, plant: Plant, how: str) -> None:
    """Values for every tag of a plant; the same every time."""
    rng = np.random.default_rng(7)
    count = len(plant.tags)
    low = np.array([0.0 if tag.low is None else tag.low for tag in plant.tags])
    high = np.array([100.0 if tag.high is None else tag.high for tag in plant.tags])
    margin = {"in range": 0.0, "every quality": 0.0}.get(how, 0.1)
    values = rng.uniform(low - margin * (high - low), high + margin * (high - low))
    if how == "huge and tiny":
        values *= rng.choice([1.0, -1.0, 1e-4, 1e5, 1e9], count)
    for tag in plant.tags:
        if tag.type == "bool" or tag.high in (17, 9):
            values[tag.index] = float(rng.integers(0, 2 if tag.type == "bool" else 19))
        if tag.is_text:
            values[tag.index] = math.nan
            glass.table.text[tag.index] = f"Order {rng.integers(10**6)}"
    qualities = np.zeros(count, np.uint32)
    if how == "every quality":
        qualities = rng.choice(QUALITIES, count).astype(np.uint32)
    if how == "no communication":
        qualities[:] = q.BAD_NO_COMMUNICATION
    now = glass.now_ns()
    glass.table.apply(Batch.of(np.arange(count), values, now, now, qualities))


@pytest.mark.parametrize("screen", sorted(demo_plant().screens))
def test_every_screen_of_the_demo_plant_looks_as_the_painter_draws_it(qtbot: Any, screen: str) -> None:
    plant = demo_plant()
    for theme, size in ((day(), (1280, 800)), (night(), (1920, 1080))):
        glass = Glass(plant, HandClock())
        mimic = Mimic(plant.screens[screen], plant, glass, theme)
        qtbot.addWidget(mimic)
        mimic.resize(*size)
        mimic.grab()
        for how in VALUES:
            fill(glass, plant, how)
            mimic.refresh()
            expect_alike(mimic, f"{theme.name}, {how}")
