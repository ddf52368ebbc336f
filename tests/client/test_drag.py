"""Tags on their way from one place of the window to another."""

from PySide6.QtCore import QMimeData, QPoint

from hmi.client.drag import is_far, mime_of, tags_in


def test_tags_arrive_as_they_left_each_once(engine):
    data = mime_of(["pump.speed", "tank.level", "pump.speed"])
    assert tags_in(data, engine.plant) == (2, 0)
    assert data.text().startswith("pump.speed\n")


def test_what_the_plant_does_not_have_is_left_out(engine):
    assert tags_in(mime_of(["nothing", "door.open", ""]), engine.plant) == (4,)
    text = QMimeData()
    text.setText("tank.level")
    assert tags_in(text, engine.plant) == ()


def test_broken_bytes_are_no_tags(engine):
    data = QMimeData()
    data.setData("application/x-hmi-tags", b"\xff\xfe\x00tank.level")
    assert tags_in(data, engine.plant) == ()


def test_a_click_with_an_unsteady_hand_is_no_drag(qapp):
    assert not is_far(QPoint(100, 100), QPoint(102, 101))
    assert is_far(QPoint(100, 100), QPoint(130, 100))
