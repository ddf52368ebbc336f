"""One machine's faceplate, as somebody uses it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from hmi.core import quality as q


@pytest.fixture
def plate(plates):
    return plates.open("pump")


def test_it_has_the_tabs_that_have_something_to_say(plate, plates):
    assert list(plate.strip.buttons) == ["operate", "trend", "alarms", "interlocks", "maintenance", "instructions"]
    assert list(plates.open("tank").strip.buttons) == ["trend", "alarms"]
    assert plate.tab == "operate"


def test_tabs_by_mouse(qtbot, plate):
    for name, button in plate.strip.buttons.items():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert plate.tab == name
        assert plate.body.currentWidget() is plate.tabs[name]


def test_a_tab_is_made_when_it_is_looked_at(qtbot, plate, engine):
    assert list(plate.tabs) == ["operate"]
    assert engine.requests == []  # no history before somebody wants to see it
    plate.show_tab("trend")
    assert [request.verb for request in engine.requests] == ["history"]


def test_the_keyboard_reaches_everything(qtbot, plate, host):
    reached = []
    plate.title.setFocus()
    for _ in range(30):
        focused = host.window().focusWidget()
        if focused in reached:
            break
        reached.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    wanted = [
        plate.title,
        plate.title.pin,
        plate.title.leave,
        plate.strip.buttons["operate"],
        plate.tabs["operate"].mimic,
    ]
    assert [one for one in reached if one in wanted] == wanted
    assert {plate.detail, plate.trend} <= set(reached)


def test_arrow_keys_go_from_tab_to_tab(qtbot, plate, host):
    plate.strip.buttons["operate"].setFocus()
    qtbot.keyClick(plate.strip.buttons["operate"], Qt.Key.Key_Right)
    focused = host.window().focusWidget()
    assert focused is plate.strip.buttons["trend"]
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert plate.tab == "trend"


def test_the_title_admits_the_worst_quality_and_the_most_urgent_alarm(plate, beat, engine):
    assert plate.title.quality.text() == ""
    engine.set({"pump.hours": 1.0}, q.UNCERTAIN_LAST_USABLE)
    beat()
    assert plate.title.quality.text() == "stale"
    engine.set({"door.open": 0.0}, q.BAD_SENSOR_FAILURE)
    engine.alarm(1, "unacknowledged")
    engine.alarm(0, "acknowledged")
    beat()
    assert plate.title.quality.text() == "bad"
    assert plate.title.alarm._priority == 2  # what nobody has answered comes before what is more urgent
    assert plate.strip.buttons["alarms"].accessibleName() == "Alarms, alarm of priority 2"


def test_an_unanswered_alarm_blinks_by_its_filling(plate, beat, engine):
    engine.alarm(0, "unacknowledged")
    beat()
    plate.pulse(True)
    lit = plate.title.alarm.grab().toImage()
    plate.pulse(False)
    assert plate.title.alarm.grab().toImage() != lit


def test_a_tab_tells_that_something_blocks_before_it_is_opened(plate, beat, engine):
    assert plate.strip.buttons["interlocks"].accessibleName() in ("", "Interlocks")
    engine.set({"door.open": 1.0})
    beat()
    assert plate.strip.buttons["interlocks"].accessibleName() == "Interlocks, something blocks"


def test_only_the_tab_in_front_is_refreshed(plate, beat, engine):
    plate.show_tab("maintenance")
    drawn = plate.tabs["operate"].mimic.drawn_elements
    engine.set({"tank.level": 33.0})
    beat()
    assert plate.tabs["operate"].mimic.drawn_elements == drawn
    plate.show_tab("operate")
    assert plate.tabs["operate"].mimic.drawn_elements > drawn


def test_ways_to_more(qtbot, plate, plates, desk):
    screens, trends, instructions = [], [], []
    plates.asked.connect(screens.append)
    plates.trend_asked.connect(trends.append)
    plates.instruction_asked.connect(lambda *told: instructions.append(told))
    qtbot.mouseClick(plate.detail, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(plate.trend, Qt.MouseButton.LeftButton)
    plate.show_tab("instructions")
    qtbot.mouseClick(plate.tabs["instructions"].buttons["pump-seal"], Qt.MouseButton.LeftButton)
    tags = desk.plant.tag_index
    assert screens == ["pump-detail"]
    assert trends == [(tags["pump.speed"], tags["tank.level"])]
    assert instructions == [("pump-seal", "pump", "")]


def test_it_is_dragged_by_its_title_and_stays_within(qtbot, plate, host):
    start = plate.pos()
    held = QPoint(80, 10)
    qtbot.mousePress(plate.title, Qt.MouseButton.LeftButton, pos=held)
    qtbot.mouseMove(plate.title, held + QPoint(-40, 30))
    assert plate.pos() == start + QPoint(-40, 30)
    qtbot.mouseMove(plate.title, QPoint(-4000, -4000))
    assert host.rect().contains(plate.geometry())
    assert plate.pos() == QPoint(0, 0)
    qtbot.mouseRelease(plate.title, Qt.MouseButton.LeftButton)


def test_it_is_moved_by_arrow_keys(qtbot, plate, host):
    start = plate.pos()
    qtbot.keyClick(plate.title, Qt.Key.Key_Left)
    qtbot.keyClick(plate.title, Qt.Key.Key_Down)
    assert plate.pos() == start + QPoint(-24, 24)
    for _ in range(60):
        qtbot.keyClick(plate.title, Qt.Key.Key_Down)
    assert host.rect().contains(plate.geometry())


@pytest.mark.parametrize("size", [(800, 600), (420, 380), (300, 200)])
def test_a_smaller_window_keeps_it_whole(plate, plates, host, size):
    plate.move(600, 200)
    host.resize(*size)
    assert host.rect().contains(plate.geometry())
    for name in plate.strip.buttons:
        plate.show_tab(name)
        assert host.rect().contains(plate.geometry())
        assert plate.rect().contains(plate.body.geometry())
    host.resize(1000, 640)
    assert plate.size() == plate.natural


def test_touches_do_not_reach_the_screen_behind(qtbot, plate, host):
    picked = []
    mimic = host.currentWidget().mimic
    mimic.picked.connect(picked.append)
    qtbot.mouseClick(plate.title.name, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(plate.title.quality, Qt.MouseButton.RightButton)
    assert picked == []


def test_another_theme_is_another_picture(plate, plates, desk):
    from hmi.client.theme import night

    for name in plate.strip.buttons:
        plate.show_tab(name)
    before = {name: tab.grab().toImage() for name, tab in plate.tabs.items()}
    desk.theme = night()
    plates.restyle()
    for name in ("operate", "trend"):
        assert plate.tabs[name].grab().toImage() != before[name]


def test_what_is_shelved_does_not_call_from_the_title(plate, beat, engine):
    engine.alarm(0, "shelved")
    beat()
    assert plate.title.alarm.isHidden()
    assert plate.strip.buttons["alarms"].accessibleName() in ("", "Alarms")


def test_a_finger_drags_it(plate):
    finger = QTest.createTouchDevice()
    start, held = plate.pos(), QPoint(80, 10)
    QTest.touchEvent(plate.title, finger).press(0, held, plate.title)
    QTest.touchEvent(plate.title, finger).move(0, held + QPoint(-50, 40), plate.title)
    QTest.touchEvent(plate.title, finger).release(0, held, plate.title)
    assert plate.pos() == start + QPoint(-50, 40)


def test_a_finger_chooses_a_tab(qtbot, plate):
    plate.move(0, 0)  # a finger cannot touch what is beyond the display
    finger, button = QTest.createTouchDevice(), plate.strip.buttons["alarms"]
    QTest.touchEvent(button, finger).press(0, button.rect().center(), button)
    QTest.touchEvent(button, finger).release(0, button.rect().center(), button)
    qtbot.waitUntil(lambda: plate.tab == "alarms")
