"""What a station remembers of its windows."""

import json

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from hmi.client.layout import Layout, LayoutFile, Spot, brought_back, usual_file

REMEMBERED = Layout(
    theme="night",
    language="de",
    plant="small",
    windows=(Spot("tank", 10, 20, 900, 600, "normal", (("filler", 5, 6, True, "trend"),)), Spot("pump")),
)


def test_what_was_written_is_read_again(tmp_path):
    file = LayoutFile(tmp_path / "made" / "layout.json")
    file.write(REMEMBERED)
    assert LayoutFile(file.path).read() == REMEMBERED
    assert [one.name for one in file.path.parent.iterdir()] == ["layout.json"]


def test_what_did_not_change_is_not_written_again(tmp_path):
    file = LayoutFile(tmp_path / "layout.json")
    file.write(REMEMBERED)
    file.path.unlink()
    file.write(REMEMBERED)
    assert not file.path.exists()


def test_the_first_time_there_is_nothing(tmp_path):
    assert LayoutFile(tmp_path / "layout.json").read() == Layout()


@pytest.mark.expect_log("the windows open as they do the first time")
@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff\xfe", b"[]", b'{"windows": [{"x": "far left"}]}', b'{"version": 99}', b"null"]
)
def test_a_broken_file_means_the_defaults_and_one_line(tmp_path, caplog, text):
    path = tmp_path / "layout.json"
    path.write_bytes(text)
    assert LayoutFile(path).read() == Layout()
    assert len(caplog.records) == 1


def test_a_file_of_a_later_program_with_more_in_it_can_be_read(tmp_path):
    path = tmp_path / "layout.json"
    path.write_text(json.dumps({"theme": "night", "moon": "full", "windows": [{"screen": "a", "tilt": 3}]}))
    assert LayoutFile(path).read() == Layout(theme="night", windows=(Spot("a"),))


@pytest.mark.expect_log("places of the windows are not remembered")
def test_a_disk_that_takes_nothing_is_said_once(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    file = LayoutFile(tmp_path / "file" / "layout.json")
    file.write(REMEMBERED)
    file.write(REMEMBERED)
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "rect",
    [
        QRect(-5000, 20, 800, 600),  # a display on the left that is gone
        QRect(40_000, 40_000, 800, 600),
        QRect(10, -590, 800, 600),  # only its lower edge can be seen
        QRect(0, 0, 9000, 9000),
    ],
)
def test_a_window_whose_display_is_gone_comes_back(qapp, rect):
    assert QGuiApplication.primaryScreen().availableGeometry().contains(brought_back(rect))


def test_a_window_that_can_be_reached_stays_where_it_is(qapp):
    room = QGuiApplication.primaryScreen().availableGeometry()
    half_out = QRect(room.right() - 300, room.top() + 40, 600, 400)
    assert brought_back(half_out) == half_out


def test_the_name_of_a_station_makes_no_path():
    assert usual_file("../desk 1").name == "layout-___desk_1.json"
    assert usual_file("").name == "layout-station.json"
