"""Several faceplates over the screens."""

import gc
import weakref

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.faceplate.faceplates import MOST, Faceplates


def test_opening_the_same_machine_again_raises_it(plates):
    pump = plates.open("pump")
    plates.open("tank")
    assert plates.open("pump") is pump
    assert plates.ids == ["tank", "pump"]


def test_there_is_none_of_what_is_not_there(plates):
    assert plates.open("nobody") is None
    assert plates.open("line1") is None  # a line without tags of its own has nothing to tell
    assert plates.ids == []


def test_what_is_clicked_comes_to_the_front(qtbot, plates):
    pump, tank = plates.open("pump"), plates.open("tank")
    pump.move(0, 0)
    tank.move(60, 60)
    qtbot.mouseClick(pump.strip.buttons["alarms"], Qt.MouseButton.LeftButton)
    assert plates.ids == ["tank", "pump"]
    qtbot.mouseClick(tank.title.name, Qt.MouseButton.LeftButton)
    tank.setFocus()  # where a click on a label leads
    assert plates.ids == ["pump", "tank"]


def test_they_know_whether_somebody_works_in_one_of_them(plates, host):
    assert not plates.have_keyboard
    plates.open("pump")
    assert plates.have_keyboard
    host.currentWidget().setFocus()
    assert not plates.have_keyboard


def test_escape_closes_the_front_one(qtbot, plates, host):
    plates.open("pump")
    tank = plates.open("tank")
    qtbot.keyClick(tank.title, Qt.Key.Key_Escape)
    assert plates.ids == ["pump"]
    qtbot.keyClick(host.window().focusWidget(), Qt.Key.Key_Escape)
    assert plates.ids == []


def test_the_cross_closes(qtbot, plates):
    plate = plates.open("pump")
    qtbot.mouseClick(plate.title.leave, Qt.MouseButton.LeftButton)
    assert plates.ids == []


def test_what_is_pinned_stays_when_the_screen_changes(qtbot, plates):
    plate = plates.open("pump")
    plates.open("tank")
    qtbot.mouseClick(plate.title.pin, Qt.MouseButton.LeftButton)
    plates.close_unpinned()
    assert plates.ids == ["pump"]
    assert plate.isVisible()


def test_the_oldest_goes_when_there_are_too_many_but_no_pinned_one(plates):
    plates.open("pump").title.pin.setChecked(True)
    for number in range(MOST):
        plates.open(f"spare{number}")
    assert plates.ids == ["pump", *(f"spare{number}" for number in range(1, MOST))]
    for name in plates.ids:
        plates.of(name).title.pin.setChecked(True)
    told = []
    plates.told.connect(told.append)
    assert plates.open("tank") is None
    assert told == ["8 faceplates are pinned: close one of them first"]


def test_several_do_not_hide_each_others_titles(plates, host):
    made = [plates.open(name) for name in ("pump", "tank", "spare1")]
    assert len({(plate.x(), plate.y()) for plate in made}) == 3
    assert all(host.rect().contains(plate.geometry()) for plate in made)


def test_the_layout_is_told_and_restored(plates, desk, host):
    plate = plates.open("pump")
    plate.move(33, 44)
    plate.title.pin.setChecked(True)
    plate.show_tab("alarms")
    plates.open("tank")
    layout = plates.layout()
    for name in plates.ids:
        plates.close(name)
    plates.restore([*layout, ("gone", 0, 0, True, "alarms")])
    assert plates.layout() == layout
    assert plates.of("pump").pos() == QPoint(33, 44)


def test_commands_go_on_to_the_window(qtbot, plates):
    asked = []
    plates.commanded.connect(asked.append)
    mimic = plates.open("pump").tabs["operate"].mimic
    mimic.command.emit("pump.start")
    assert asked == ["pump.start"]


def test_values_going_stale_show_on_an_open_faceplate(plates, beat, engine, desk, clock):
    plate = plates.open("pump")
    assert plate.title.quality.text() == ""
    clock.advance(3.0)
    beat()
    assert desk.mirror.link_down
    assert plate.title.quality.text() == "stale"


def test_two_hundred_rounds_leave_nothing_behind(plates, desk, host, engine):
    def count():
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        return len(host.findChildren(QWidget)), len(host.findChildren(QTimer)), len(desk.wire._questions)

    plates.open("pump")
    plates.close("pump")
    before, gone, plate = count(), [], None
    for number in range(200):
        plate = plates.open("pump")
        names = list(plate.strip.buttons)
        plate.show_tab(names[number % len(names)])
        gone.append(weakref.ref(plate))
        plates.close("pump")
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    del plate
    assert count() == before
    assert [ref for ref in gone if ref() is not None] == []


def test_none_is_left_when_the_window_is_cleared(desk, host, engine):
    made = Faceplates(desk, host)
    plate = made.open("pump")
    engine.answers["history"] = lambda request: None
    plate.show_tab("trend")
    made.dispose()
    assert made.ids == []
    assert not desk.wire._questions


@pytest.mark.parametrize("language", ["de", "zh"])
def test_it_speaks_the_operators_language(plates, language):
    from hmi.client.language import speak

    speak(language)
    try:
        texts = [button.text() for button in plates.open("pump").strip.buttons.values()]
    finally:
        speak("en")
    assert not {"Operate", "Alarms", "Interlocks", "Maintenance", "Instructions"} & set(texts)


# --------------------------------------------------------------------------------------- in the whole window


def test_in_the_window_it_opens_by_a_click_and_goes_with_the_screen(qtbot, window):
    shell = window.shell
    shell.page.faceplate_asked.emit("pump")
    plates = shell.above.faceplates
    plate = plates.of("pump")
    assert plate.isVisible() and shell.stack.isAncestorOf(plate)
    qtbot.mouseClick(plate.detail, Qt.MouseButton.LeftButton)
    assert shell.page.key == "pump-detail"
    assert plates.ids == []


def test_in_the_window_a_pinned_one_stays_above_every_page(qtbot, window):
    shell = window.shell
    shell.above.open_faceplate("pump")
    plate = shell.above.faceplates.of("pump")
    plate.title.pin.setChecked(True)
    shell.go(":alarms")
    shell.go("tank")
    assert plate.isVisible()
    children = [child for child in shell.stack.children() if child.isWidgetType() and child.isVisible()]
    assert children[-1] is plate
    window.resize(800, 600)
    assert shell.stack.rect().contains(plate.geometry())


def test_in_the_window_a_command_from_a_faceplate_is_pending_at_once(qtbot, window, engine):
    from hmi.client.command import CommandDialog

    shell = window.shell
    engine.answers["write"] = lambda request: None
    shell.above.open_faceplate("pump")
    shell.above.faceplates.of("pump").tabs["operate"].mimic.command.emit("pump.speed")
    dialog = shell.findChild(CommandDialog)
    qtbot.keyClicks(dialog.entry, "45")
    qtbot.keyClicks(dialog.why, "more")
    qtbot.keyClick(dialog.why, Qt.Key.Key_Return)
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert window.wire.mirror.pending == {window.wire.plant.tag_index["pump.speed"]}
    dialog.close()


def test_in_the_window_it_stays_open_when_theme_and_language_change(window):
    window.shell.above.open_faceplate("pump")
    plate = window.shell.above.faceplates.of("pump")
    plate.title.pin.setChecked(True)
    plate.show_tab("alarms")
    window.change_theme()
    assert window.shell.above.faceplates.of("pump") is plate
    window.change_language("de")
    try:
        again = window.shell.above.faceplates.of("pump")
        assert again is not plate
        assert again.is_pinned and again.tab == "alarms"
        assert again.strip.buttons["alarms"].text() == "Alarme"
    finally:
        window.change_language("en")
