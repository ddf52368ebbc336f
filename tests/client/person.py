"""A person at the window: clicks, touches and keys at a place on the glass, as the system delivers them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.command import CommandDialog
from hmi.client.faceplate.faceplate import Faceplate
from hmi.client.mimic.canvas import Mimic
from hmi.client.theme import day
from hmi.client.window import Window
from hmi.client.wire import Wire
from hmi.clock import HandClock
from tests.client.conftest import SmallEngine

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Person:
    """Somebody at a window: sees it, clicks, touches and types; time passes when they say so."""

    def __init__(self, window: Window, engine: SmallEngine, clock: HandClock) -> None:
        self.window, self.engine, self.clock = window, engine, clock
        self._screen = QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)

    @property
    def shell(self) -> Any:
        return self.window.shell

    def look(self) -> None:
        """A beat of the frame clock: what came is drawn."""
        self.window.frame.beat()

    def wait(self, seconds: float) -> None:
        """Time passes; an engine that is up goes on saying so."""
        for _ in range(round(seconds / 0.5)):
            self.clock.advance(0.5)
            if self.engine.up:
                self.engine.health()
            self.look()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """With the mouse on the glass."""
        place, glass = self._on_glass(widget, at)
        QTest.mouseClick(glass, LEFT, Qt.KeyboardModifier.NoModifier, place)

    def tap(self, widget: QWidget, at: QPoint | None = None) -> None:
        """With a finger."""
        self.press(widget, at)
        self.release(widget, at)

    def press(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Put a finger down and leave it there."""
        place, glass = self._on_glass(widget, at)
        QTest.touchEvent(glass, self._screen).press(0, place, glass).commit()

    def release(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Take the finger up."""
        place, glass = self._on_glass(widget, at)
        QTest.touchEvent(glass, self._screen).release(0, place, glass).commit()

    def type(self, text: str) -> None:
        """To whatever has the keyboard."""
        QTest.keyClicks(QApplication.focusWidget(), text)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, as the system sends it: shortcuts first."""
        QTest.keyClick(QApplication.focusWindow() or self.window.windowHandle(), key, modifier)

    def element(self, mimic: Mimic, **wanted: str) -> tuple[Mimic, QPoint]:
        """Where on a screen the element stands that writes, goes or belongs to something."""
        for number, drawn in enumerate(mimic.compiled.drawn):
            if all(getattr(drawn.element, name) == value for name, value in wanted.items()):
                return mimic, mimic._outline(number).center()
        raise AssertionError(f"no element with {wanted} on {mimic.screen_shown.id}")

    def dialog(self) -> CommandDialog:
        """The command that is open."""
        found = [one for one in self.shell.findChildren(CommandDialog) if one.isVisible()]
        assert len(found) == 1
        return found[0]

    def plate(self, machine: str = "pump") -> Faceplate:
        """The faceplate of a machine that is open."""
        found = self.shell.above.faceplates.of(machine)
        assert found is not None
        assert found.isVisible()
        return found

    def written(self) -> list[dict[str, Any]]:
        """What the engine was asked to write."""
        return [request.args for request in self.engine.requests if request.verb == "write"]

    def _on_glass(self, widget: QWidget, at: QPoint | None) -> tuple[QPoint, Any]:
        window = widget.window()
        return widget.mapTo(window, at or widget.rect().center()), window.windowHandle()


def in_front(qtbot: Any, window: QWidget) -> None:
    """Give a window the keyboard."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window, timeout=10_000)


def opened(qtbot: Any, engine: SmallEngine, clock: HandClock, touch: bool = False) -> Window:
    """A window of 1280 x 800 on the small plant, in front, with the keyboard."""
    window = Window(Wire(engine.open_link, clock), clock, day(), touch, user="anna", station="desk")
    window.dress()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    in_front(qtbot, window)
    window.wire.start()
    window.frame.beat()
    return window
