"""Photographs among a plant's files: each stands as a mark, and is read only from the plant's own folder."""

from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.plantfiles.folder import MAX_FILE_BYTES, read_texts
from hmi.plantfiles.photographs import is_photograph, mark_of, read_photograph
from hmi.plantfiles.watch import stamp_of

PNG = b"\x89PNG\r\n\x1a\nx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plant.toml").write_text("")
    (tmp_path / "instructions").mkdir()
    (tmp_path / "instructions" / "a.png").write_bytes(PNG)
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "b.png").write_bytes(PNG)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "well"),
    [
        ("instructions/a.png", True),
        ("instructions/a.JPG", True),
        ("instructions/a.svg", False),
        ("instructions/more/a.png", False),
        ("a.png", False),
        ("screens/a.png", False),
    ],
)
def test_those_of_instructions_alone(name, well):
    assert is_photograph(name) is well


def test_it_stands_among_the_texts_as_a_mark_of_what_is_in_it(folder):
    assert read_texts(folder) == {"plant.toml": "", "instructions/a.png": mark_of(PNG)}


def test_a_change_is_seen_by_who_watches_the_folder(folder):
    before = stamp_of(folder)
    (folder / "instructions" / "a.png").write_bytes(PNG + b"more")
    assert stamp_of(folder) != before


def test_one_that_is_too_large_is_a_mistake(folder):
    (folder / "instructions" / "a.png").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    with pytest.raises(HmiError) as error:
        read_texts(folder)
    assert "Make it smaller" in str(error.value.mistakes[0])


def test_only_the_one_that_was_meant_is_read(folder):
    assert read_photograph(folder, "a.png", mark_of(PNG)) == PNG
    with pytest.raises(HmiError, match="was changed after"):
        read_photograph(folder, "a.png", mark_of(b"other"))
    with pytest.raises(HmiError, match="there is no picture"):
        read_photograph(folder, "../../secret.png", mark_of(PNG))
    outside = folder.parent / "outside.png"
    outside.write_bytes(PNG)
    (folder / "instructions" / "link.png").symlink_to(outside)
    with pytest.raises(HmiError, match="there is no picture"):
        read_photograph(folder, "link.png", mark_of(PNG))
