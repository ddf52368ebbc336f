"""The inside of the window for one plant: header, navigation, notice, pages, alarm banner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hmi.client.alarms.page import AlarmsPage
from hmi.client.alarms.summary import Rollup, Summary
from hmi.client.banner import Banner
from hmi.client.command import CommandDialog, Commands, place_over
from hmi.client.diagnostics import SystemPage
from hmi.client.display import Display
from hmi.client.header import Header
from hmi.client.journal import JournalPage
from hmi.client.navigation import Navigation
from hmi.client.notice import Notice
from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS, Desk, Page
from hmi.client.theme import Theme
from hmi.core.setting import is_writable

_PAGE_KEYS: Final = ((ALARMS, "F5"), (TRENDS, "F6"), (JOURNAL, "F7"), (SYSTEM, "F9"))
_PAGES: Final[dict[str, Callable[[Desk], Page]]] = {ALARMS: AlarmsPage, JOURNAL: JournalPage, SYSTEM: SystemPage}


class Shell(QWidget):
    """One plant on one window; replaced as a whole when the engine comes back with another configuration.

    `theme_asked`: the operator wants the other of day and night.
    """

    theme_asked = Signal()
    full_screen_asked = Signal()

    def __init__(self, desk: Desk, start: str = "") -> None:
        super().__init__()
        self.setObjectName("shell")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.desk = desk
        self.pages: dict[str, Page] = {}
        self.page: Page | None = None
        self.summary = Summary()
        self._rollup = Rollup(desk.plant)
        self._alarms_seen = (-1, False)
        self._past: list[str] = []
        self._future: list[str] = []
        self.commands = Commands(desk, self)
        self.header = Header(desk)
        self.navigation = Navigation(desk.plant.screens, desk.theme, desk.touch)
        self.notice = Notice(desk)
        self.banner = Banner(desk)
        self.stack = QStackedWidget()
        self._arrange()
        self._connect()
        self._bind_keys()
        self.go(start if start in self._places() else self._places()[0])

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        body = QVBoxLayout()
        body.setContentsMargins(8, 8, 8, 8)
        body.setSpacing(8)
        body.addWidget(self.notice)
        body.addWidget(self.stack, 1)
        middle.addWidget(self.navigation)
        middle.addLayout(body, 1)
        column.addWidget(self.header)
        column.addLayout(middle, 1)
        column.addWidget(self.banner)

    def _connect(self) -> None:
        self.navigation.asked.connect(self.go)
        self.header.theme_asked.connect(self.theme_asked)
        self.header.back_asked.connect(self.back)
        self.header.forward_asked.connect(self.forward)
        self.banner.opened.connect(self.open_alarms)
        self.commands.ended.connect(self._told)
        self.desk.wire.link_changed.connect(self._link_changed)

    def _bind_keys(self) -> None:
        for number, screen in enumerate(self._places()[: min(4, len(self.desk.plant.screens))], 1):
            self._bind(f"F{number}", self._go_by_key).setProperty("key_of_place", screen)
        for place, keys in _PAGE_KEYS:
            self._bind(keys, self._go_by_key).setProperty("key_of_place", place)
        self._bind("F8", self.banner.acknowledge)
        self._bind("Alt+Left", self.back)
        self._bind("Alt+Right", self.forward)
        self._bind("F11", self.full_screen_asked.emit)
        self._bind("Ctrl+T", self.theme_asked.emit)

    def _bind(self, keys: str, action: Callable[[], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(action)
        return shortcut

    def _places(self) -> list[str]:
        return list(self.navigation.buttons)

    def _go_by_key(self) -> None:
        self.go(str(self.sender().property("key_of_place")))

    def go(self, key: str) -> None:
        """Bring a screen or page to the front; the way back is remembered."""
        if key not in self._places() or (self.page is not None and key == self.page.key):
            return
        if self.page is not None:
            self._past.append(self.page.key)
            self._future.clear()
        self._show(key)

    def back(self) -> None:
        """To the page before."""
        if self._past and self.page is not None:
            self._future.append(self.page.key)
            self._show(self._past.pop())

    def forward(self) -> None:
        """Undo the last step back."""
        if self._future and self.page is not None:
            self._past.append(self.page.key)
            self._show(self._future.pop())

    def open_alarms(self) -> None:
        """The banner was clicked."""
        self.go(ALARMS)

    def open_trend(self, tags: object, span_s: float = 600.0) -> None:
        """Show some tags up to now, the last ten minutes of them if not told otherwise."""
        from hmi.client.trends.page import TrendsPage

        self.go(TRENDS)
        page = self.pages.get(TRENDS)
        if isinstance(page, TrendsPage) and isinstance(tags, tuple):
            page.show_tags(tags, span_s)

    def open_command(self, name: str) -> None:
        """Ask what a tag shall be set to."""
        tag = self.desk.plant.tag(name)
        if tag is not None and is_writable(tag):
            place_over(CommandDialog(self.desk, self.commands, tag, self), self.window())

    def pick(self, name: str) -> None:
        """Show what is known of a tag on the screen in front."""
        if isinstance(self.page, Display):
            self.page.pick(name)

    def refresh(self) -> None:
        """The mirror has changed: draw what is in front."""
        self._refresh_alarms(True)
        self.notice.refresh()
        self.commands.moved.emit()
        if self.page is not None:
            self.page.refresh()
            self.header.refresh(self.page)

    def pulse(self, lit: bool) -> None:
        """Twice a second: clock, ages, blinking symbols."""
        self.header.tick()
        self.notice.refresh()
        self.navigation.show_alarms(self.summary, lit)
        self.banner.show_alarms(self.summary, lit)
        if self.page is not None:
            self.page.pulse(lit)

    def restyle(self, theme: Theme) -> None:
        """Take on another theme."""
        self.desk.theme = theme
        self.navigation.theme = theme
        self.header.restyle()
        for page in self.pages.values():
            page.restyle()
        self._alarms_seen = (-1, False)
        self.refresh()
        self.pulse(True)

    def dispose(self) -> None:
        """This plant leaves the window: answers on their way find nobody."""
        self.desk.wire.link_changed.disconnect(self._link_changed)
        self.commands.dispose()
        self.banner.dispose()
        for page in self.pages.values():
            page.dispose()

    def _show(self, key: str) -> None:
        page = self.pages.get(key) or self._build(key)
        self.page = page
        self.stack.setCurrentWidget(page)
        self.navigation.show_place(key)
        self.header.back.setEnabled(bool(self._past))
        self.header.forward.setEnabled(bool(self._future))
        page.refresh()
        page.pulse(True)
        self.header.show_page(page)

    def _build(self, key: str) -> Page:
        if key == TRENDS:
            from hmi.client.trends.page import TrendsPage  # pyqtgraph costs half a second: not before it is needed

            page: Page = TrendsPage(self.desk)
        elif key in _PAGES:
            page = _PAGES[key](self.desk)
        else:
            page = Display(self.desk, self.desk.plant.screens[key])
        page.asked.connect(self.go)
        page.trend_asked.connect(self.open_trend)
        page.commanded.connect(self.open_command)
        self.pages[key] = page
        self.stack.addWidget(page)
        return page

    def _refresh_alarms(self, lit: bool) -> None:
        now = (self.desk.mirror.alarms_version, self.desk.mirror.link_down)
        if now != self._alarms_seen:
            self._alarms_seen = now
            self.summary = self._rollup.summary(self.desk.mirror.alarms)
            self.navigation.show_alarms(self.summary, lit)
            self.banner.show_alarms(self.summary, lit)

    def _link_changed(self) -> None:
        self.header.show_link()
        self.notice.refresh()

    def _told(self, tag: int, outcome: str, text: str) -> None:
        if outcome != "confirmed":
            self.banner.tell(text)
