"""Screens laid out: kept ready for the next time, but not for ever."""

from __future__ import annotations

from typing import Any

from hmi.client.mimic import layout as rooms
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.layout import Layout, layout_of
from hmi.client.theme import day, night
from hmi.core.plant import Plant
from tests.client.mimic.conftest import Glass


def made(detail: Compiled, plant: Plant, glass: Glass, size: tuple[int, int], theme: Any = None) -> Layout:
    return layout_of(detail, plant, glass.table, theme or day(), size)


def test_a_screen_is_laid_out_once_for_a_size_and_a_theme(
    qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass
) -> None:
    first = made(detail, small_plant, glass, (640, 320))
    assert made(detail, small_plant, glass, (640, 320)) is first
    assert made(detail, small_plant, glass, (641, 320)) is not first
    assert made(detail, small_plant, glass, (640, 320), night()) is not first


def test_only_so_many_pixels_stay_ready(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> None:
    for width in range(1920, 1932):
        made(detail, small_plant, glass, (width, 1080))
    kept = sum(one.size[0] * one.size[1] for _, one in rooms._ready.values())
    assert kept <= 16_000_000
    huge = made(detail, small_plant, glass, (7680, 4320))
    assert [one for _, one in rooms._ready.values()] == [huge]


def test_every_moving_part_is_in_one_group(qapp: Any, detail: Compiled, small_plant: Plant, glass: Glass) -> None:
    layout = made(detail, small_plant, glass, (800, 400))
    groups = (
        layout.pictures.rows,
        layout.bars.rows,
        layout.pointers.rows,
        layout.numbers.rows,
        layout.painted,
        layout.texts,
    )
    rows = sorted(int(row) for group in groups for row in group)
    assert rows == list(range(len(layout.parts)))
    assert len(layout.rank) == len(layout.cluster) == len(rows)
