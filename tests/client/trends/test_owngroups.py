"""The trend groups of one person: files like those of the plant, kept over a restart."""

import pytest

from hmi.client.layout import LayoutFile
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.trends.owngroups import OwnGroups
from hmi.client.window import Window
from hmi.core.trends import TrendGroup, TrendPen

BOWL = TrendGroup("bowl", "My bowl", 600.0, (TrendPen("tank.level", side="left"), TrendPen("pump.speed", fit=True)))


@pytest.fixture
def kept(desk, tmp_path):
    desk.own = tmp_path
    return OwnGroups(desk)


def test_a_group_is_there_again_after_a_restart(kept, desk):
    assert kept.keep(BOWL) == ""
    assert OwnGroups(desk).read() == {"bowl": BOWL}
    other = TrendGroup("bowl", "Changed", 60.0, BOWL.pens)
    assert kept.keep(other) == ""
    assert kept.read() == {"bowl": other}


def test_they_are_those_of_one_person_at_one_station(kept, desk):
    kept.keep(BOWL)
    desk.user = "berta"
    assert OwnGroups(desk).read() == {}


def test_one_that_is_dropped_is_gone(kept):
    kept.keep(BOWL)
    assert kept.drop("bowl") == ""
    assert kept.drop("bowl") == ""
    assert kept.read() == {}


def test_one_with_tags_that_the_plant_no_longer_has_is_not_offered(kept):
    kept.keep(TrendGroup("old", "Old", 60.0, (TrendPen("no.longer.there"),)))
    kept.keep(BOWL)
    assert list(kept.read()) == ["bowl"]


@pytest.mark.expect_log("cannot be read")
def test_a_file_that_is_no_text_is_told_in_the_log(kept, tmp_path):
    kept.keep(BOWL)
    folder = next(tmp_path.rglob("bowl.toml")).parent
    (folder / "broken.toml").write_bytes(b"\xff\xfe\x00")
    assert list(kept.read()) == ["bowl"]


def test_a_disk_that_does_not_take_it_is_told(kept, tmp_path):
    (tmp_path / "trends-desk-anna").write_text("a file where the folder should be")
    assert "cannot be written" in kept.keep(BOWL)


def test_where_nothing_is_kept_nothing_is_written(desk):
    assert desk.own is None
    groups = OwnGroups(desk)
    assert not groups.are_kept
    assert groups.read() == {}
    assert groups.keep(BOWL) == "nothing is kept at this station"


def test_they_lie_beside_what_the_station_remembers_of_its_windows(qtbot, qapp, wire, clock, tmp_path):
    dress(qapp, day(), False)
    window = Window(wire, clock, day(), user="anna", station="desk", memory=LayoutFile(tmp_path / "layout-desk.json"))
    qtbot.addWidget(window)
    wire.start()
    window.frame.beat()
    groups = OwnGroups(window.shell.desk)
    assert groups.keep(BOWL) == ""
    assert (tmp_path / "trends-desk-anna" / "small" / "bowl.toml").exists()
    window.stop()
