"""The faceplates that are open over the screens: several at once, each within the window, pinned or not."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QCursor, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from hmi.client.faceplate.faceplate import Faceplate
from hmi.client.language import tr
from hmi.client.page import Desk

MOST: Final = 8
_MARGIN_PX: Final = 12
_CASCADE_PX: Final = 36


class Faceplates(QObject):
    """Opens, arranges and closes them; lives on the Qt thread, and `host` is what they must not leave.

    What they ask of the window goes on as signals: a screen (`asked`), indexes of tags (`trend_asked`), a tag's name
    (`picked`, `commanded`), an instruction's id (`instruction_asked`), a sentence for the operator (`told`).
    """

    asked = Signal(str)
    trend_asked = Signal(object)
    picked = Signal(str)
    commanded = Signal(str)
    instruction_asked = Signal(str, str, str)
    told = Signal(str)

    def __init__(self, desk: Desk, host: QWidget) -> None:
        super().__init__(host)
        self.desk, self.host = desk, host
        self._open: list[Faceplate] = []  # the last one is in front
        self._opened = 0
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), host)
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.activated.connect(self.close_front)
        self._escape.setEnabled(False)
        host.installEventFilter(self)
        if isinstance(host, QStackedWidget):  # a page that comes to the front would come before them, too
            host.currentChanged.connect(self._lift)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._application = application
        application.focusChanged.connect(self._focus_changed)

    @property
    def ids(self) -> list[str]:
        """The equipment whose faceplates are open, the one in front last."""
        return [plate.equipment.id for plate in self._open]

    @property
    def have_keyboard(self) -> bool:
        """Whether somebody works in one of them."""
        focus = QApplication.focusWidget()
        return focus is not None and any(plate.isAncestorOf(focus) for plate in self._open)

    def of(self, equipment: str) -> Faceplate | None:
        """The open faceplate of a machine."""
        return next((plate for plate in self._open if plate.equipment.id == equipment), None)

    def open(self, equipment: str) -> Faceplate | None:
        """Show a machine's faceplate, or bring it to the front; None when there is none to show."""
        plate = self.of(equipment) or self._build(equipment)
        if plate is not None:
            self._bring(plate)
            plate.title.setFocus(Qt.FocusReason.PopupFocusReason)
        return plate

    def close(self, equipment: str) -> None:
        """Close a machine's faceplate, if it is open."""
        plate = self.of(equipment)
        if plate is not None:
            plate.close()

    def close_front(self) -> None:
        """Close the one in front."""
        if self._open:
            self._open[-1].close()

    def close_unpinned(self) -> None:
        """The screen changes: what was not pinned goes with it."""
        for plate in [plate for plate in self._open if not plate.is_pinned]:
            plate.close()

    def refresh(self) -> None:
        """The mirror has changed."""
        for plate in self._open:
            plate.refresh()

    def pulse(self, lit: bool) -> None:
        """Twice a second: ages, blinking symbols."""
        for plate in self._open:
            plate.pulse(lit)

    def restyle(self) -> None:
        """The theme has changed."""
        for plate in self._open:
            plate.restyle()

    def layout(self) -> list[tuple[str, int, int, bool, str]]:
        """What is open, from back to front, for `restore`: equipment, x, y, whether pinned, tab."""
        return [(one.equipment.id, one.x(), one.y(), one.is_pinned, one.tab) for one in self._open]

    def restore(self, layout: list[tuple[str, int, int, bool, str]]) -> None:
        """Open what was open before, where it was; what the plant no longer has is left out."""
        for equipment, x, y, pinned, tab in layout:
            plate = self.open(equipment)
            if plate is not None:
                plate.title.pin.setChecked(pinned)
                plate.show_tab(tab)
                plate.move(x, y)
                plate.fit(self.host.rect())

    def dispose(self) -> None:
        """The window's desk is cleared: nothing may come any more."""
        self._application.focusChanged.disconnect(self._focus_changed)
        self.host.removeEventFilter(self)
        if isinstance(self.host, QStackedWidget):
            self.host.currentChanged.disconnect(self._lift)
        for plate in list(self._open):
            plate.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            for plate in self._open:
                plate.fit(self.host.rect())
        return False

    def _build(self, equipment: str) -> Faceplate | None:
        known = self.desk.plant.equipment.get(equipment)
        if known is None or not self._make_room():
            return None
        plate = Faceplate(self.desk, known, self.host)
        if not plate.strip.buttons:  # an area or a line without anything of its own: its screen says more
            plate.deleteLater()
            return None
        plate.closed.connect(self._forget)
        plate.asked.connect(self.asked)
        plate.trend_asked.connect(self.trend_asked)
        plate.picked.connect(self.picked)
        plate.commanded.connect(self.commanded)
        plate.machine_asked.connect(self.open)
        plate.instruction_asked.connect(self.instruction_asked)
        self._open.append(plate)
        self._place(plate)
        plate.show()
        self._escape.setEnabled(True)
        return plate

    def _make_room(self) -> bool:
        if len(self._open) < MOST:
            return True
        oldest = next((plate for plate in self._open if not plate.is_pinned), None)
        if oldest is None:
            self.told.emit(tr("{count} faceplates are pinned: close one of them first", count=MOST))
            return False
        oldest.close()
        return True

    def _place(self, plate: Faceplate) -> None:
        """Over the half of the host that was not clicked, each a little lower than the one before."""
        room, size = self.host.rect(), plate.natural
        clicked_left = self.host.mapFromGlobal(QCursor.pos()).x() < room.width() / 2
        step = self._opened % 6 * _CASCADE_PX
        self._opened += 1
        x = room.width() - size.width() - _MARGIN_PX - step if clicked_left else _MARGIN_PX + step
        plate.move(QPoint(x, _MARGIN_PX + step))
        plate.fit(room)

    def _bring(self, plate: Faceplate) -> None:
        plate.raise_()
        self._open.remove(plate)
        self._open.append(plate)

    def _lift(self) -> None:
        for plate in self._open:
            plate.raise_()

    def _forget(self, equipment: str) -> None:
        plate = self.of(equipment)
        if plate is None:
            return
        focused = self._application.focusWidget()
        had_focus = isinstance(focused, QWidget) and plate.isAncestorOf(focused)
        self._open.remove(plate)
        plate.dispose()
        plate.deleteLater()
        self._escape.setEnabled(bool(self._open))
        if had_focus:
            (self._open[-1].title if self._open else self.host).setFocus()

    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        """Whatever is clicked or reached by key inside a faceplate brings it to the front."""
        plate = next((one for one in self._open if now is not None and (one is now or one.isAncestorOf(now))), None)
        if plate is not None and plate is not self._open[-1]:
            self._bring(plate)
