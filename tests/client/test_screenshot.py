"""A screen as a picture, without an engine."""

import pytest
from PySide6.QtGui import QImage

from hmi.client.screenshot import mirror_of, shoot
from hmi.core.errors import HmiError


@pytest.mark.parametrize("theme", ["day", "night"])
def test_it_draws_the_screen_in_the_size_asked_for(qapp, engine, tmp_path, theme):
    out = tmp_path / "tank.png"
    shoot(engine.plant, "tank", out, (960, 540), theme, engine.table)
    image = QImage(str(out))
    assert (image.width(), image.height()) == (960, 540)
    assert len({image.pixel(x, y) for x in range(0, 960, 3) for y in range(0, 540, 3)}) > 2


def test_values_make_a_difference(qapp, engine, tmp_path):
    shoot(engine.plant, "tank", tmp_path / "with.png", (960, 540), "day", engine.table)
    shoot(engine.plant, "tank", tmp_path / "without.png", (960, 540), "day")
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
        shoot(engine.plant, "tank", tmp_path / "no" / "folder" / "x.png", (320, 200))
