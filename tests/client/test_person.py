"""The whole window as a person uses it: with a mouse, with a finger, by keyboard; from pixels to what the engine hears.

Clicks and touches go to the window at a place on the glass, as the system delivers them, not to a widget: what lies
over something else gets them. The engine is the small one of these tests, over the real link, its clock turned by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from hmi.client.command import CommandDialog
from hmi.client.commandform import BARRED, CONFIRM, END
from hmi.client.manual.sheet import Manual
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.clock import HandClock
from hmi.link.messages import Reply
from tests.client.conftest import SmallEngine
from tests.client.faceplate.conftest import files
from tests.client.person import ALT, CONTROL, LEFT, SHIFT, Person, in_front, opened


@pytest.fixture
def engine(clock: HandClock) -> SmallEngine:
    """A small engine whose plant has machines; every write is confirmed once it is told so."""
    made = SmallEngine(clock, files())
    made.answers["history"] = made.history
    made.answers["write"] = lambda request: None
    made.set({"door.open": 0.0, "pump.estop": 0.0, "pump.start": 0.0, "pump.mode": 1.0, "tank.level": 50.0})
    return made


@pytest.fixture
def person(qtbot: Any, qapp: Any, engine: SmallEngine, clock: HandClock) -> Iterator[Person]:
    """Somebody with mouse and keyboard."""
    window = opened(qtbot, engine, clock)
    yield Person(window, engine, clock)
    window.stop()


@pytest.fixture
def gloved(qtbot: Any, qapp: QApplication, engine: SmallEngine, clock: HandClock) -> Iterator[Person]:
    """Somebody at a tablet."""
    window = opened(qtbot, engine, clock, touch=True)
    yield Person(window, engine, clock)
    window.stop()
    dress(qapp, day(), False)


def test_with_a_mouse_from_the_tree_to_a_confirmed_command(qtbot: Any, person: Person) -> None:
    person.click(person.shell.navigation.buttons["pump"])
    assert person.shell.page.key == "pump"
    person.shell.page.faceplate_asked.emit("pump")
    plate = person.plate()
    person.click(plate.title.pin)
    person.click(*person.element(plate.tabs["operate"].mimic, write="pump.speed"))
    dialog = person.dialog()
    person.type("45")
    person.click(dialog.why)
    person.type("more throughput")
    person.click(dialog.next)
    assert dialog.change.text() == "12.0 1/min  →  45.0 1/min"
    person.click(dialog.cancel_buttons[CONFIRM])
    assert person.written() == []
    person.click(*person.element(plate.tabs["operate"].mimic, write="pump.speed"))
    dialog = person.dialog()
    person.type("45")
    person.click(dialog.why)
    person.type("more throughput")
    person.click(dialog.next)
    person.click(dialog.execute)
    person.look()
    assert person.written() == [{"tag": "pump.speed", "value": 45.0, "why": "more throughput"}]
    assert person.window.wire.mirror.pending
    assert dialog.reading.text() == "12.0 1/min"  # a wish is not shown as a fact
    number = next(one.number for one in person.engine.requests if one.verb == "write")
    person.engine.set({"pump.speed": 45.0})
    person.engine.say(Reply(number, True, "pump.speed is 45 1/min", {"outcome": "confirmed", "read_back": 45.0}))
    person.look()
    assert dialog.headline.text() == "Confirmed"
    assert dialog.reading.text() == "45.0 1/min"
    assert dialog.steps.currentIndex() == END
    dialog.close()
    person.click(person.shell.navigation.buttons["tank"])
    assert person.plate() is plate  # pinned
    person.click(plate.title.leave)
    assert person.shell.above.faceplates.ids == []


def test_by_keyboard_alone_from_the_search_to_a_command_and_back(qtbot: Any, person: Person) -> None:
    person.key(Qt.Key.Key_K, CONTROL)
    person.type("P-101")  # as on its plate
    person.key(Qt.Key.Key_Return)
    plate = person.plate()
    mimic = plate.tabs["operate"].mimic
    mimic.setFocus()
    for _ in range(len(mimic.compiled.drawn)):
        person.key(Qt.Key.Key_Tab)
        focused = mimic._focused
        if focused is not None and mimic.compiled.drawn[focused].element.write == "pump.mode":
            break
    person.key(Qt.Key.Key_Return)
    dialog = person.dialog()
    assert dialog.now.text() == "Manual"
    person.key(Qt.Key.Key_Escape)
    assert not [one for one in person.shell.findChildren(CommandDialog) if one.isVisible()]
    in_front(qtbot, person.window)  # what a desktop does when a dialog has gone
    person.key(Qt.Key.Key_F5)
    assert person.shell.page.key == ":alarms"
    assert person.shell.above.faceplates.ids == []  # it was not pinned
    person.key(Qt.Key.Key_Left, ALT)
    assert person.shell.page.key == "overview"
    person.key(Qt.Key.Key_F1)
    assert isinstance(person.shell.above.overlay, Manual)
    person.key(Qt.Key.Key_Escape)
    assert person.shell.above.overlay is None
    assert person.written() == []


def test_with_a_finger_a_command_is_held_and_a_touch_in_passing_is_none(gloved: Person) -> None:
    gloved.tap(gloved.shell.bottom.buttons["navigation"])
    gloved.tap(gloved.shell.navigation.buttons["pump"])
    assert gloved.shell.page.key == "pump"
    gloved.shell.page.faceplate_asked.emit("pump")
    gloved.tap(*gloved.element(gloved.plate().tabs["operate"].mimic, write="pump.speed"))
    dialog = gloved.dialog()
    for digit in "45":
        gloved.tap(dialog.wish.pad.keys[digit])
    gloved.tap(dialog.reasons.buttons[0])
    gloved.tap(dialog.next)
    assert dialog.steps.currentIndex() == CONFIRM
    gloved.tap(dialog.execute)
    assert gloved.written() == []
    gloved.press(dialog.execute)
    gloved.clock.advance(1.6)
    dialog.execute.tick()
    gloved.release(dialog.execute)
    gloved.look()
    assert [one["value"] for one in gloved.written()] == [45.0]
    dialog.close()
    gloved.tap(gloved.shell.bottom.buttons["alarms"])
    assert gloved.shell.page.key == ":alarms"


def test_who_may_only_look_is_told_so_and_sends_nothing(qtbot: Any, clock: HandClock, qapp: Any) -> None:
    made = files()
    made["plant.toml"] += '\n[[station]]\nid = "desk"\nkind = "desk"\neveryone = "view"\n'
    engine = SmallEngine(clock, made)
    window = opened(qtbot, engine, clock)
    person = Person(window, engine, clock)
    person.shell.above.open_faceplate("pump")
    person.click(*person.element(person.plate().tabs["operate"].mimic, write="pump.speed"))
    dialog = person.dialog()
    assert dialog.steps.currentIndex() == BARRED
    assert "At this station everybody may view" in dialog.barred.text()
    person.key(Qt.Key.Key_Return)
    person.key(Qt.Key.Key_Return)
    assert person.written() == []
    window.stop()


def test_a_silent_engine_shows_everywhere_and_stops_a_command_until_it_speaks_again(person: Person) -> None:
    person.shell.above.open_faceplate("pump")
    person.click(*person.element(person.plate().tabs["operate"].mimic, write="pump.speed"))
    dialog = person.dialog()
    person.type("45")
    dialog.why.setText("more")
    person.click(dialog.next)
    before = person.shell.page.mimic.grab().toImage()
    person.clock.advance(3.0)  # nothing is heard
    person.look()
    assert person.shell.notice.isVisible()
    assert "stale" in person.shell.header.quality.text()
    assert person.shell.page.mimic.grab().toImage() != before
    assert not dialog.execute.isEnabled()
    person.click(dialog.execute)
    assert person.written() == []
    person.engine.health()
    person.look()
    assert not person.shell.notice.isVisible()
    assert dialog.execute.isEnabled()
    dialog.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_theme_and_language_change_under_the_hand_and_nothing_is_lost(qtbot: Any, person: Person) -> None:
    person.shell.go("tank")
    person.shell.above.open_faceplate("pump")
    person.plate().title.pin.setChecked(True)
    light = person.window.grab().toImage()
    person.click(person.shell.header.theme_button)
    assert person.shell.desk.theme.name == "night"
    assert person.window.grab().toImage() != light
    person.click(person.shell.header.language_button)
    menu = next(one for one in person.window.findChildren(QMenu) if one.isVisible())
    german = next(action for action in menu.actions() if action.text() == "Deutsch")
    QTest.mouseClick(menu, LEFT, Qt.KeyboardModifier.NoModifier, menu.actionGeometry(german).center())
    qtbot.waitUntil(lambda: person.shell.navigation.buttons[":alarms"].text() == "Alarme", timeout=10_000)
    assert person.shell.page.key == "tank"
    assert person.plate().strip.buttons["operate"].text() == "Bedienen"
    assert person.shell.desk.theme.name == "night"


def test_a_second_window_shows_the_same_plant_and_goes_its_own_way(qtbot: Any, person: Person) -> None:
    person.shell.go("pump")
    person.key(Qt.Key.Key_N, CONTROL | SHIFT)
    (aside,) = person.window.asides
    assert aside.shell.page.key == "pump"
    person.click(aside.shell.header.up)
    assert (aside.shell.page.key, person.shell.page.key) == ("overview", "pump")
    person.shell.above.open_faceplate("pump")
    person.click(*person.element(person.plate().tabs["operate"].mimic, write="pump.start"))
    dialog = person.dialog()
    dialog.why.setText("after the fault")
    person.click(dialog.next)
    person.click(dialog.execute)
    person.look()
    assert person.window.wire.mirror.pending == aside.shell.desk.mirror.pending != set()
    dialog.close()
    person.engine.alarm(1, "unacknowledged")
    person.look()
    assert aside.shell.banner.headline.text() == person.shell.banner.headline.text() == "Tank level high"
    aside.close()
    qtbot.waitUntil(lambda: person.window.asides == [], timeout=10_000)


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (2560, 1440), (3840, 2160), (800, 1280)])
@pytest.mark.parametrize("place", ["overview", ":alarms", ":system"])
def test_at_any_size_everything_is_within_the_window(person: Person, size: tuple[int, int], place: str) -> None:
    person.shell.go(place)
    person.window.resize(*size)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    person.look()
    assert (person.window.width(), person.window.height()) == size
    room = person.window.rect()
    for label in person.shell.header.findChildren(QLabel) + person.shell.banner.findChildren(QLabel):
        if label.isVisible() and label.text():
            corner = label.mapTo(person.window, QPoint(0, 0))
            assert room.contains(corner)
            assert corner.x() + label.width() <= room.width() + 1
            assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width() + 2, label.text()
    if place == "overview":
        mimic = person.shell.page.mimic
        assert mimic.width() > 0.6 * (size[0] - person.shell.navigation.width())
        assert mimic._scene.scale == pytest.approx(min(mimic.width() / 1600, mimic.height() / 900), rel=0.02)
