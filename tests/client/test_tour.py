"""The round with the camera."""

from PySide6.QtGui import QImage

from hmi.client.theme import day
from hmi.client.tour import Tour


def turn(window, clock, engine, tour, times):
    for _ in range(times):
        clock.advance(0.5)
        engine.health()
        window.frame.beat()
        tour.look()


def test_it_photographs_every_page_once_values_are_live(window, clock, engine, tmp_path):
    tour = Tour(window, clock, tmp_path)
    ends = []
    tour.finished.connect(lambda: ends.append(True))
    turn(window, clock, engine, tour, 80)
    assert ends == [True]
    assert tour.was_live
    names = [file.stem for file in tour.pictures]
    night = ["night-overview", "night-pump", "night-tank"]
    assert names == ["overview", "pump", "tank", "system", "journal", "trends", "alarms", "alarms-figures", *night]
    sizes = {(QImage(str(file)).width(), QImage(str(file)).height()) for file in tour.pictures}
    assert sizes == {(1280, 800)}
    assert window.shell.desk.theme.name == "night"
    window.change_theme()
    assert window.theme is day()


def test_without_live_values_there_is_no_picture(window, clock, engine, tmp_path):
    engine.hang_up()
    tour = Tour(window, clock, tmp_path)
    for _ in range(20):
        clock.advance(0.5)
        window.frame.beat()
        tour.look()
    assert not tour.was_live
    assert list(tmp_path.iterdir()) == []


def test_it_runs_by_itself_and_can_be_stopped(qtbot, window, clock, tmp_path):
    tour = Tour(window, clock, tmp_path / "new")
    tour.start()
    assert (tmp_path / "new").is_dir()
    tour.stop()
