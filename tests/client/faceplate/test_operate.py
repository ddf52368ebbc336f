"""The operate tab."""

from PySide6.QtCore import QPoint, Qt

from hmi.client.faceplate.operate import Operate


def test_it_is_the_machines_screen_and_a_click_commands(qtbot, desk, engine):
    tab = Operate(desk, desk.plant.equipment["pump"].faceplate.operate)
    qtbot.addWidget(tab)
    tab.resize(384, 300)
    tab.show()
    asked = []
    tab.mimic.command.connect(asked.append)
    qtbot.mouseClick(tab.mimic, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert asked == ["pump.speed"]


def test_only_what_changed_is_drawn(qtbot, desk, engine):
    tab = Operate(desk, desk.plant.equipment["pump"].faceplate.operate)
    qtbot.addWidget(tab)
    tab.resize(384, 300)
    tab.show()
    tab.refresh()
    drawn = tab.mimic.drawn_elements
    engine.set({"pump.speed": 31.0})
    desk.wire.tick()
    tab.refresh()
    after = tab.mimic.drawn_elements
    assert after > drawn
    tab.refresh()
    assert tab.mimic.drawn_elements == after


def test_another_theme_is_another_picture(qtbot, desk):
    from hmi.client.theme import night

    tab = Operate(desk, desk.plant.equipment["pump"].faceplate.operate)
    qtbot.addWidget(tab)
    tab.resize(384, 300)
    tab.show()
    before = tab.grab().toImage()
    desk.theme = night()
    tab.restyle()
    assert tab.grab().toImage() != before
