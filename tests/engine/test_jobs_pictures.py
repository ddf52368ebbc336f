"""Pictures of instructions at the engine: kept with what is carried out, and work that goes on without them."""

from dataclasses import replace

import pytest

from hmi.core.errors import HmiError
from hmi.core.steps.model import Instruction, Picture, Procedure, Read
from hmi.engine.jobs_pictures import Pictures, pictures_of
from hmi.plantfiles.photographs import mark_of
from hmi.store.attachments import Attachments
from tests.engine.toy import plant

PNG = b"\x89PNG\r\n\x1a\nx"
STEP = Read(id="a", title="A", pictures=(Picture("a.png"), Picture("d.svg")))
ONE = Instruction(id="i", title="I", pictures=(Picture("d.svg"),), steps=(STEP,))


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "plant"
    (folder / "instructions").mkdir(parents=True)
    (folder / "instructions" / "a.png").write_bytes(PNG)
    return folder


@pytest.fixture
def pictured():
    texts = {"instructions/a.png": mark_of(PNG)}
    return replace(plant(), instructions={"i": ONE}, texts=texts, pictures={"instructions/d.svg": "<svg/>"})


def procedure():
    return Procedure(instruction="i", title="I", revision="1", sources={}, steps=(STEP,))


def test_drawings_and_photographs_are_kept(tmp_path, files, pictured):
    kept = Attachments(tmp_path)
    found = Pictures(files, kept).pictured(procedure(), pictured).drawings
    assert {file: kept.read(name) for file, name in found.items()} == {"a.png": PNG, "d.svg": b"<svg/>"}


def test_one_that_cannot_be_had_is_left_out(tmp_path, files, pictured):
    (files / "instructions" / "a.png").unlink()
    assert list(Pictures(files, Attachments(tmp_path)).pictured(procedure(), pictured).drawings) == ["d.svg"]
    assert list(Pictures(None, Attachments(tmp_path)).pictured(procedure(), pictured).drawings) == ["d.svg"]


def test_only_what_an_instruction_shows_is_read(tmp_path, files, pictured):
    pictures = Pictures(files, Attachments(tmp_path))
    assert (pictures.read(pictured, "a.png"), pictures.read(pictured, "d.svg")) == (PNG, b"<svg/>")
    (files / "instructions" / "secret.png").write_bytes(PNG)
    with pytest.raises(HmiError, match="no instruction of this plant shows"):
        pictures.read(pictured, "secret.png")
    assert [one.file for one in pictures_of(ONE)] == ["d.svg", "a.png", "d.svg"]
