"""What lies above the pages of one window: faceplates, and one overlay at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.language import tr
from hmi.client.layout import Plate
from hmi.client.navigation import Navigation
from hmi.client.overlay import Overlay
from hmi.client.page import SYSTEM, Desk, Page

if TYPE_CHECKING:
    from hmi.client.faceplate.faceplates import Faceplates
    from hmi.client.kiosk import Leaving
    from hmi.client.search.index import Found, Index


class Above(QObject):
    """Opens and closes them; its signals carry where the operator wants to go from there.

    Overlays cover `host`, faceplates stay within `stack`. What they need is read in when it is first asked for.
    """

    place_asked = Signal(str)
    trend_asked = Signal(object)
    tag_asked = Signal(str)
    alarm_asked = Signal(str)
    commanded = Signal(str)
    told = Signal(str)

    def __init__(self, desk: Desk, host: QWidget, stack: QWidget, kiosk: bool = False) -> None:
        super().__init__(host)
        self.desk, self.host, self.stack, self._kiosk = desk, host, stack, kiosk
        self.overlay: Overlay | None = None
        self.faceplates: Faceplates | None = None
        self._index: Index | None = None

    @property
    def index(self) -> Index:
        """The names of the plant, as they are searched."""
        if self._index is None:
            from hmi.client.search.index import Index

            self._index = Index(self.desk.plant)
        return self._index

    # -- overlays

    def search(self) -> None:
        """The palette that finds everything."""
        from hmi.client.search.palette import Palette

        self._lay(lambda: Palette(self.desk, self.host, self.index)).chosen.connect(self.go_to)

    def scan(self) -> None:
        """The field that waits for the code on a machine."""
        from hmi.client.search.scan import Scan

        self._lay(lambda: Scan(self.desk, self.host, self.index)).chosen.connect(self.open_faceplate)

    def sign_in(self) -> None:
        """Who works here: sign in, out, or let somebody else."""
        from hmi.client.people.sheet import SignIn

        if self.desk.present is not None:
            self._lay(lambda: SignIn(self.desk, self.host, self.desk.present))

    def lock(self) -> None:
        """Nothing is sent from this station until somebody signs in."""
        if self.desk.present is not None:
            self.clear()
            self.desk.present.lock()

    def keys(self) -> None:
        """The list of keys."""
        from hmi.client.keylist import KeyList

        self._lay(lambda: KeyList(self.desk, self.host, self._kiosk))

    def help(self, key: str) -> None:
        """The manual, at the faceplate that has the keyboard, else at the page with this key; once more closes it."""
        from hmi.client.manual.book import FACEPLATE, manual
        from hmi.client.manual.sheet import Manual

        if isinstance(self.overlay, Manual):
            self.clear()
            return
        at_plate = self.faceplates is not None and self.faceplates.have_keyboard
        book = manual()
        if not book.sections:
            self.told.emit(tr("The manual cannot be read: it is not in the program's folder"))
            return
        first = book.about(FACEPLATE if at_plate else key)
        self._lay(lambda: Manual(self.desk, self.host, book, first)).keys_asked.connect(self.keys)

    def why(self, page: Page) -> None:
        """Why something on a page is grey."""
        from hmi.client.why import Why, causes

        found = causes(self.desk, page.tags())
        self._lay(lambda: Why(self.desk, self.host, found)).system_asked.connect(self._ask_system)

    def instruction(self, name: str, equipment: str = "", alarm: str = "") -> None:
        """A work instruction, to be read and to be started: for a machine or an alarm where it is opened from one."""
        from hmi.client.instructions.sheet import Sheet

        if name not in self.desk.plant.instructions:
            self.told.emit(tr("There is no instruction {name} in this plant's files", name=name))
            return
        made = self._lay(lambda: Sheet(self.desk, self.host, name, equipment, alarm))
        made.place_asked.connect(self.place_asked)
        made.link_asked.connect(self._follow)
        made.revisions_asked.connect(self.revisions)

    def revisions(self, name: str) -> None:
        """What has changed in a work instruction, and how far it is released."""
        from hmi.client.instructions.revisions import Revisions

        self._lay(lambda: Revisions(self.desk, self.host, name))

    def _follow(self, kind: str, name: str) -> None:
        """Where a link of an instruction leads, inside of the plant."""
        if kind == "screen" and name in self.desk.plant.screens:
            self.clear()
            self.place_asked.emit(name)
        elif kind == "equipment" and name in self.desk.plant.equipment:
            self.open_faceplate(name)
        elif kind == "instruction":
            self.instruction(name)

    def drawer(self, navigation: Navigation) -> None:
        """The places over the page; once more to close them."""
        from hmi.client.drawer import Drawer

        if isinstance(self.overlay, Drawer):
            self.clear()
        else:
            self._lay(lambda: Drawer(self.desk, self.host, navigation))

    def leaving(self) -> Leaving:
        """The question whether the program is to be left; `agreed` when it is."""
        from hmi.client.kiosk import Leaving

        made: Leaving = self._lay(lambda: Leaving(self.desk, self.host))
        return made

    def clear(self) -> None:
        """Close the overlay."""
        if self.overlay is not None:
            self.overlay.leave()

    def go_to(self, found: Found) -> None:
        """To what the search found."""
        from hmi.client.search.index import ALARM, EQUIPMENT, INSTRUCTION, TAG

        ways: dict[str, Callable[[str], Any]] = {
            TAG: self.tag_asked.emit,
            ALARM: self.alarm_asked.emit,
            EQUIPMENT: self.open_faceplate,
            INSTRUCTION: self.instruction,
        }
        ways.get(found.kind, self.place_asked.emit)(found.key)

    def in_use(self) -> bool:
        """Whether somebody is in the middle of something: an overlay, a dialog, a button that is held."""
        held = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        return self.overlay is not None or held or QApplication.activeModalWidget() is not None

    def lay(self, make: Callable[[], Any]) -> Any:
        """Another overlay, made by whoever asks; the one that was open goes."""
        return self._lay(make)

    def _lay(self, make: Callable[[], Any]) -> Any:
        self.clear()
        self.overlay = made = make()
        made.closed.connect(self._gone)
        return made

    def _gone(self) -> None:
        self.overlay = None

    def _ask_system(self) -> None:
        self.place_asked.emit(SYSTEM)

    # -- faceplates

    def open_faceplate(self, equipment: str) -> None:
        """The small window of a machine; one that has none is shown by its screen."""
        self.clear()
        plate = self._faceplates().open(equipment)
        machine = self.desk.plant.equipment.get(equipment)
        if plate is None and machine is not None and machine.screen:
            self.place_asked.emit(machine.screen)

    def close_unpinned(self) -> None:
        """The screen changes: faceplates that are not pinned go with it."""
        if self.faceplates is not None:
            self.faceplates.close_unpinned()

    def plates(self) -> list[Plate]:
        """The faceplates that are open, from back to front."""
        return [] if self.faceplates is None else self.faceplates.layout()

    def restore(self, plates: list[Plate]) -> None:
        """Open faceplates that were open before."""
        if plates:
            self._faceplates().restore(plates)

    def _faceplates(self) -> Faceplates:
        if self.faceplates is None:
            from hmi.client.faceplate.faceplates import Faceplates

            self.faceplates = made = Faceplates(self.desk, self.stack)
            made.asked.connect(self.place_asked)
            made.trend_asked.connect(self.trend_asked)
            made.picked.connect(self.tag_asked)
            made.commanded.connect(self.commanded)
            made.instruction_asked.connect(self.instruction)
            made.told.connect(self.told)
        return self.faceplates

    # -- beats

    def refresh(self) -> None:
        """The mirror has changed."""
        if self.faceplates is not None:
            self.faceplates.refresh()

    def pulse(self, lit: bool) -> None:
        """Twice a second."""
        if self.faceplates is not None:
            self.faceplates.pulse(lit)

    def restyle(self) -> None:
        """The theme has changed."""
        if self.faceplates is not None:
            self.faceplates.restyle()

    def dispose(self) -> None:
        """The window's inside goes away."""
        self.clear()
        if self.faceplates is not None:
            self.faceplates.dispose()
