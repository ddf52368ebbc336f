"""Pictures in the window: from the files, from what a job keeps, and nothing that is no picture."""

from __future__ import annotations

import pytest

from hmi.client.instructions.pictures import kept_name, pictures_of, rendered
from hmi.core.steps.model import Picture, Procedure
from tests.client.instructions.bench import SVG
from tests.client.instructions.test_drawing import photograph

PUMP = Picture("pump.svg")


def asked(desk):
    return len(desk.wire._questions)


def test_a_drawing_of_the_files_is_there_at_once(bench, desk):
    pictures = pictures_of(desk)
    assert b"<rect" in pictures.data(PUMP)
    assert pictures.data(PUMP, kept_name(pictures.data(PUMP))) == pictures.data(PUMP)
    assert asked(desk) == 0


def test_a_job_that_began_with_another_drawing_keeps_it(bench, desk):
    pictures = pictures_of(desk)
    older = bench.attachments.keep_drawing(SVG.replace("30", "20"))
    assert pictures.data(PUMP, older) is None
    desk.wire.tick()
    assert b'width="20"' in pictures.data(PUMP, older)


@pytest.mark.expect_log("link")
def test_all_of_a_job_are_asked_for_before_they_are_needed(bench, desk):
    kept = bench.attachments.keep("a.png", photograph())
    pictures = pictures_of(desk)
    pictures.expect(Procedure(instruction="i", title="T", revision="1", sources={}, steps=(), drawings={"a.png": kept}))
    desk.wire.tick()
    bench.crash()
    desk.wire.tick()
    assert pictures.data(Picture("a.png"), kept) == photograph()


@pytest.mark.parametrize(
    ("data", "is_drawing"),
    [
        (b"", True),
        (b"<svg", True),
        (None, False),
        (b"\x89PNG\r\n\x1a\nx", False),
        (b"GIF89a", False),
        (SVG.encode(), False),
    ],
)
def test_what_is_no_picture_is_not_shown(qapp, data, is_drawing):
    assert rendered(data, is_drawing) is None


def test_a_photograph_is_held_no_larger_than_it_is_of_use(qapp):
    image = rendered(photograph(5000, 1000), False)
    assert (image.width(), image.height()) == (4000, 800)
