"""Photographs are given out by the engine: those that screens show, and no bytes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hmi.core.errors import HmiError
from hmi.core.plant import load
from hmi.core.plant.model import Plant
from hmi.engine.pictures import PictureVerbs, pictures_of
from hmi.link.messages import Reply
from tests.client.conftest import library, texts

TILE = """
[[element]]
symbol = "picture"
at = [100, 300]
picture = "pictures/filler.png"
"""


@pytest.fixture(scope="module")
def plant() -> Plant:
    """A plant of which one screen shows a photograph."""
    files = texts()
    files["screens/tank.toml"] += TILE
    return load(files, library())


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "filler.png").write_bytes(b"one")
    (tmp_path / "pictures" / "other.png").write_bytes(b"other")
    return tmp_path


def asked(verbs: PictureVerbs, **args: Any) -> Reply:
    async def ask() -> Reply:
        return await verbs.verbs["picture"](None, args)  # type: ignore[arg-type]

    return asyncio.run(ask())


def test_the_pictures_of_a_plant_are_those_its_screens_show(plant: Plant) -> None:
    assert pictures_of(plant) == {"pictures/filler.png"}


def test_it_comes_once_and_again_when_it_has_changed(plant: Plant, folder: Path, pool: ThreadPoolExecutor) -> None:
    verbs = PictureVerbs(folder, lambda: plant, pool)
    first = asked(verbs, file="pictures/filler.png", have="")
    assert first.ok
    assert first.body["data"] == b"one"
    again = asked(verbs, file="pictures/filler.png", have=first.body["digest"])
    assert again.ok
    assert "data" not in again.body
    (folder / "pictures" / "filler.png").write_bytes(b"two")
    assert asked(verbs, file="pictures/filler.png", have=first.body["digest"]).body["data"] == b"two"


@pytest.mark.parametrize("file", ["pictures/other.png", "../plant.toml", "plant.toml"])
def test_what_no_screen_shows_is_not_given_out(plant: Plant, folder: Path, pool: ThreadPoolExecutor, file: str) -> None:
    reply = asked(PictureVerbs(folder, lambda: plant, pool), file=file)
    assert not reply.ok
    assert reply.body is None or "data" not in reply.body


def test_a_picture_that_is_gone_is_told(plant: Plant, folder: Path, pool: ThreadPoolExecutor) -> None:
    (folder / "pictures" / "filler.png").unlink()
    with pytest.raises(HmiError, match="no picture pictures/filler.png"):
        asked(PictureVerbs(folder, lambda: plant, pool), file="pictures/filler.png")


def test_an_engine_without_a_folder_has_none(plant: Plant, pool: ThreadPoolExecutor) -> None:
    assert not asked(PictureVerbs(None, lambda: plant, pool), file="pictures/filler.png").ok
