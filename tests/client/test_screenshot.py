"""A screen as a picture, without an engine."""

import pytest
from PySide6.QtGui import QImage

from hmi.client.language import speak
from hmi.client.screenshot import Look, mirror_of, shoot
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.core.errors import HmiError


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_draws_the_screen_in_the_size_asked_for(qapp, engine, tmp_path, theme):
    out = tmp_path / "tank.png"
    shoot(engine.plant, "tank", out, Look((960, 540), theme), engine.table)
    image = QImage(str(out))
    assert (image.width(), image.height()) == (960, 540)
    assert len({image.pixel(x, y) for x in range(0, 960, 3) for y in range(0, 540, 3)}) > 2


def test_values_make_a_difference(qapp, engine, tmp_path):
    shoot(engine.plant, "tank", tmp_path / "with.png", Look((960, 540)), engine.table)
    shoot(engine.plant, "tank", tmp_path / "without.png", Look((960, 540)))
    assert QImage(str(tmp_path / "with.png")) != QImage(str(tmp_path / "without.png"))


def test_time_stands_still_at_the_newest_value(engine, clock):
    clock.advance(5)
    engine.set({"tank.level": 1.0})
    mirror = mirror_of(engine.plant, engine.table)
    assert mirror.age_s(0) == 0
    assert mirror.age_s(1) == 5
    assert not mirror.link_down


def test_a_file_that_cannot_be_written_is_said_so(qapp, engine, tmp_path):
    with pytest.raises(HmiError, match="cannot be written"):
        shoot(engine.plant, "tank", tmp_path / "no" / "folder" / "x.png", Look((320, 200)))


@pytest.mark.parametrize("more", [{"frame": True}, {"touch": True}, {"language": "de", "frame": True}])
def test_the_frame_of_the_window_goes_around_it(qapp, engine, tmp_path, more):
    shoot(engine.plant, "tank", tmp_path / "bare.png", Look((960, 700)), engine.table)
    shoot(engine.plant, "tank", tmp_path / "framed.png", Look((960, 700), **more), engine.table)
    image = QImage(str(tmp_path / "framed.png"))
    assert (image.width(), image.height()) == (960, 700)
    assert image != QImage(str(tmp_path / "bare.png"))
    speak("en")
    dress(qapp, day(), False)


def test_in_grey_there_is_no_colour(qapp, engine, tmp_path):
    out = tmp_path / "grey.png"
    shoot(engine.plant, "tank", out, Look((320, 200), greyscale=True), engine.table)
    image = QImage(str(out))
    colours = (image.pixelColor(x, y) for x in range(0, 320, 2) for y in range(0, 200, 2))
    assert all(one.red() == one.green() == one.blue() for one in colours)
