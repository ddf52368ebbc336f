"""What the windows' side of the self-test says of pictures and paper."""

import zlib

import pytest
from PySide6.QtGui import QColor, QImage

from hmi.client.printing import pdf_of
from hmi.client.trial import drawn, looked_at, pixels, printed, updated
from hmi.core.plant import load
from tests.client.conftest import library, texts

pytestmark = pytest.mark.usefixtures("qapp")


def picture(tmp_path, paint):
    image = QImage(33, 10, QImage.Format.Format_RGB32)  # an odd width: rows of a picture are filled up in memory
    image.fill(QColor("white"))
    paint(image)
    assert image.save(str(tmp_path / "picture.png"))
    return tmp_path / "picture.png"


def test_an_empty_picture_has_one_colour(tmp_path):
    assert looked_at(picture(tmp_path, lambda image: None)) == (1, 1.0)


def test_the_share_of_the_commonest_colour(tmp_path):
    def paint(image):
        for column in range(33):
            image.setPixelColor(column, 0, QColor("black"))

    seen = looked_at(picture(tmp_path, paint))
    assert seen == (2, pytest.approx(0.9))


def test_pixels_are_where_they_were_painted(tmp_path):
    found = pixels(picture(tmp_path, lambda image: image.setPixelColor(32, 9, QColor("#123456"))))
    assert found.shape == (10, 33)
    assert found[9, 32] == 0xFF123456
    assert (found != 0xFFFFFFFF).sum() == 1


def test_a_screen_is_drawn_at_its_size(tmp_path):
    plant = load(texts(), library())
    assert drawn(plant, next(iter(plant.screens)), tmp_path).shape == (480, 800)


def test_what_is_on_paper_is_counted():
    data, seen = printed("<html><style></style><p>" + "word " * 3000 + "</p></html>")
    assert data.startswith(b"%PDF")
    assert seen.sheets >= 2
    assert seen.fonts >= 1
    assert seen.words > 100
    _, empty = printed("<html><style></style></html>")
    assert empty.words < seen.words // 10


def test_counting_reads_nothing_but_what_is_drawn():
    """A stream of a font may hold any bytes; and no PDF of ours is without streams."""
    data = pdf_of("<html><style></style><p>x</p></html>", "t", "f")
    assert b"stream" in data
    assert zlib.compress(b"") not in data


def test_updates_come_through():
    assert updated(50) == 50
