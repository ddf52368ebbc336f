"""Photographs out of the plant's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.plantfiles.picture import MOST_BYTES, read_picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plant's folder with a picture, beside something that is nobody's business."""
    made = tmp_path / "plant"
    (made / "pictures").mkdir(parents=True)
    (made / "pictures" / "filler.PNG").write_bytes(b"a picture")
    (made / "plant.toml").write_text("[plant]")
    (tmp_path / "secret.png").write_bytes(b"secret")
    return made


def test_a_picture_is_read_by_its_name(folder: Path) -> None:
    assert read_picture(folder, "pictures/filler.PNG") == b"a picture"


@pytest.mark.parametrize(
    "file", ["../secret.png", "/etc/passwd", "pictures", "pictures/gone.png", "plant.toml", "", "a\0.png", "x" * 5000]
)
def test_nothing_else_is(folder: Path, file: str) -> None:
    with pytest.raises(HmiError, match="picture"):
        read_picture(folder, file)


def test_a_link_that_leads_out_of_the_folder_leads_nowhere(folder: Path) -> None:
    (folder / "out.png").symlink_to(folder.parent / "secret.png")
    with pytest.raises(HmiError, match="put it there"):
        read_picture(folder, "out.png")


def test_one_that_is_too_large_is_told(folder: Path) -> None:
    with (folder / "huge.png").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(HmiError, match="larger than 10 MB"):
        read_picture(folder, "huge.png")
