"""The inside of one window for one plant: header, places, notice, pages, faceplates, alarm banner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from hmi.client.above import Above
from hmi.client.alarms.summary import Rollup, Summary
from hmi.client.banner import Banner
from hmi.client.bottombar import BottomBar
from hmi.client.commands import Commands, ask_command
from hmi.client.display import Display
from hmi.client.frames import bodied, stacked, tablet, workstation
from hmi.client.header import Header
from hmi.client.keys import Shortcuts
from hmi.client.navigation import Navigation
from hmi.client.notice import Notice
from hmi.client.page import ALARMS, TRENDS, Desk, Page
from hmi.client.pages import PAGE_KEYS, PLACES, page_of, sheltered
from hmi.client.places import hierarchy, paths, place_above, trail
from hmi.client.theme import Theme
from hmi.client.visits import Stay, Visits
from hmi.core.setting import is_writable

MAIN, ASIDE, KIOSK = "main", "aside", "kiosk"  # what kind of window it is inside of


class Shell(QWidget):
    """One plant in one window; replaced as a whole when the engine comes back with another configuration.

    Its signals are wishes of the operator that concern more than this window's inside: the other theme, a language
    (its code), full screen, a place (its key) in a window of its own, to leave the program.
    """

    theme_asked = Signal()
    language_asked = Signal(str)
    full_screen_asked = Signal()
    window_asked = Signal(str)
    leave_asked = Signal()

    def __init__(
        self, desk: Desk, start: str = "", stay: Stay | None = None, commands: Commands | None = None, kind: str = MAIN
    ) -> None:
        super().__init__()
        self.setObjectName("shell")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.desk, self.kind = desk, kind
        self.pages: dict[str, Page] = {}
        self.page: Page | None = None
        self.summary = Summary()
        self.places = hierarchy(desk.plant)
        self._rollup = Rollup(desk.plant, paths(self.places))
        self._alarms_seen = (-1, False)
        self.visits = Visits()
        self.commands = commands or Commands(desk)
        self.header = Header(desk)
        self.navigation = Navigation(self.places, desk.theme, desk.touch)
        self.notice = Notice(desk)
        self.banner = Banner(desk)
        self.bottom = BottomBar() if desk.touch else None
        self.stack = QStackedWidget()
        self.middle = QWidget()
        self.above = Above(desk, self.middle, self.stack, kind == KIOSK)
        self._arrange()
        self._connect()
        self.shortcuts = Shortcuts(self, list(desk.plant.screens), kind == KIOSK)
        self.shortcuts.acted.connect(self.act)
        self.shortcuts.place_asked.connect(self.go)
        self._return(stay or Stay(), start)

    def _arrange(self) -> None:
        body = bodied(self.notice, self.stack)
        (tablet if self.desk.touch else workstation)(self.middle, self.navigation, body)
        self.navigation.setVisible(not self.desk.touch and self.kind != ASIDE)
        parts = [self.header, self.middle, self.banner, self.bottom]
        stacked(self, [part for part in parts if part is not None], self.middle)

    def _connect(self) -> None:
        self.navigation.asked.connect(self.go)
        self.navigation.window_asked.connect(self.window_asked)
        self.header.theme_asked.connect(self.theme_asked)
        self.header.language_asked.connect(self.language_asked)
        self.header.back_asked.connect(self.back)
        self.header.forward_asked.connect(self.forward)
        self.header.up_asked.connect(self.up)
        self.header.place_asked.connect(self.go)
        self.header.why_asked.connect(self.open_why)
        self.header.help_asked.connect(self.open_help)
        self.header.person_asked.connect(self.above.sign_in)
        self.banner.opened.connect(self.open_alarms)
        self.banner.silenced.connect(self.silence)
        self.above.place_asked.connect(self.go)
        self.above.trend_asked.connect(self.open_trend)
        self.above.tag_asked.connect(self.show_tag)
        self.above.alarm_asked.connect(self.show_alarm)
        self.above.commanded.connect(self.open_command)
        self.above.told.connect(self.banner.tell)
        self.commands.ended.connect(self._told)
        self.desk.wire.link_changed.connect(self._link_changed)
        if self.bottom is not None:
            self.bottom.asked.connect(self.act)

    def act(self, action: str) -> None:
        """Do what a key or a button of the frame is bound to."""
        actions: dict[str, Callable[[], Any]] = {
            "search": self.above.search,
            "scan": self.above.scan,
            "home": self.go_home,
            "up": self.up,
            "back": self.back,
            "forward": self.forward,
            "acknowledge": self.banner.acknowledge,
            "silence": self.silence,
            "close_faceplates": self.above.close_unpinned,
            "why": self.open_why,
            "navigation": self.toggle_navigation,
            "person": self.above.sign_in,
            "lock": self.above.lock,
            "new_window": self.ask_window,
            "language": self.header.open_languages,
            "theme": self.theme_asked.emit,
            "full_screen": self.full_screen_asked.emit,
            "keys": self.above.keys,
            "help": self.open_help,
            "leave": self.leave_asked.emit,
        }
        if action in PLACES:
            self.go(PLACES[action])
        else:
            actions[action]()

    # -- places

    def is_place(self, key: str) -> bool:
        """Whether one can go there."""
        return key in self.desk.plant.screens or key in PAGE_KEYS

    def go(self, key: str) -> None:
        """Bring a screen or page to the front; the way back is remembered."""
        if not self.is_place(key) or (self.page is not None and key == self.page.key):
            return
        if self.page is not None:
            self.visits.leave(self.page.key)
        self._show(key)

    def go_home(self) -> None:
        """To the plant's first screen."""
        self.go(next(iter(self.desk.plant.screens), ALARMS))

    def back(self) -> None:
        """To the page before."""
        if self.page is not None and (key := self.visits.back(self.page.key)):
            self._show(key)

    def forward(self) -> None:
        """Undo the last step back."""
        if self.page is not None and (key := self.visits.forward(self.page.key)):
            self._show(key)

    def up(self) -> None:
        """To the screen above in the plant; from a page that stands in no hierarchy, to the first screen."""
        if self.page is not None:
            key = place_above(self.places, self.page.key)
            if key or self.page.key in PAGE_KEYS:
                self.go(key or next(iter(self.desk.plant.screens), ""))

    def silence(self) -> None:
        """Stop the horn, and nothing else."""
        if self.desk.calls is not None:
            self.desk.calls.silence()

    def open_alarms(self) -> None:
        """The alarm list."""
        self.go(ALARMS)

    def open_trend(self, tags: object, span_s: float = 600.0) -> None:
        """Show some tags up to now, the last ten minutes of them if not told otherwise."""
        from hmi.client.trends.page import TrendsPage

        self.go(TRENDS)
        page = self.pages.get(TRENDS)
        if isinstance(page, TrendsPage) and isinstance(tags, tuple):
            page.show_tags(tags, span_s)

    def show_tag(self, name: str) -> None:
        """What is known of a tag, beside the screen that shows it; in any other place where none does."""
        tag = self.desk.plant.tag(name)
        if tag is None:
            return
        if not isinstance(self.page, Display) or tag.index not in self.page.tags():
            here = self.page.key if isinstance(self.page, Display) else next(iter(self.desk.plant.screens), "")
            self.go(self.above.index.screen_of(tag.index) or here)
        if isinstance(self.page, Display):
            self.page.show_tag(name)

    def show_alarm(self, name: str) -> None:
        """An alarm in the list; one that does not stand, by its tag."""
        from hmi.client.alarms.page import AlarmsPage

        rule = next((rule for rule in self.desk.plant.all_rules if rule.id == name), None)
        if rule is None:
            return
        if rule.tag < 0 or rule.index in self.desk.mirror.alarms:
            self.go(ALARMS)
            if isinstance(self.page, AlarmsPage):
                self.page.show_alarm(rule.index)
        else:
            self.show_tag(self.desk.plant.tags[rule.tag].name)

    def open_command(self, name: str) -> None:
        """Ask what a tag shall be set to."""
        tag = self.desk.plant.tag(name)
        if tag is not None and is_writable(tag):
            ask_command(self.desk, self.commands, tag, self)

    def open_why(self) -> None:
        """Why something on the page in front is grey."""
        if self.page is not None:
            self.above.why(self.page)

    def open_help(self) -> None:
        """The manual, where it tells of what is in front."""
        if self.page is not None:
            self.above.help(self.page.key)

    def toggle_navigation(self) -> None:
        """Show the places, or hide them: beside the page, or as a drawer over it."""
        if self.desk.touch:
            self.above.drawer(self.navigation)
        elif self.navigation.isHidden():
            self.navigation.show()
            self.navigation.focus()
        else:
            self.navigation.hide()

    def ask_window(self) -> None:
        """The page in front in a window of its own."""
        if self.page is not None and self.kind != KIOSK:
            self.window_asked.emit(self.page.key)

    # -- beats

    def refresh(self) -> None:
        """The mirror has changed: draw what is in front."""
        self._refresh_alarms(True)
        self.notice.refresh()
        self.commands.moved.emit()
        self.above.refresh()
        if self.page is not None:
            self.page.refresh()
            self.header.refresh(self.page)

    def pulse(self, lit: bool) -> None:
        """Twice a second: clock, ages, blinking symbols."""
        self.header.tick()
        self.notice.refresh()
        self.navigation.show_alarms(self.summary, lit)
        self.banner.show_alarms(self.summary, lit)
        self.above.pulse(lit)
        if self.page is not None:
            self.page.pulse(lit)

    def restyle(self, theme: Theme) -> None:
        """Take on another theme."""
        self.desk.theme = theme
        self.navigation.theme = theme
        self.header.restyle()
        self.above.restyle()
        for page in self.pages.values():
            page.restyle()
        self._alarms_seen = (-1, False)
        self.refresh()
        self.pulse(True)

    def stay(self) -> Stay:
        """Where the operator is, for the shell that comes after this one."""
        place = self.page.key if self.page is not None else ""
        shown = not self.navigation.isHidden()
        return Stay(place, self.visits, set(self.navigation.folded), shown, self.above.plates())

    def dispose(self, with_commands: bool = True) -> None:
        """This plant leaves the window: answers on their way find nobody; those to commands may go on."""
        self.desk.wire.link_changed.disconnect(self._link_changed)
        self.commands.ended.disconnect(self._told)
        if with_commands:
            self.commands.dispose()
        self.above.dispose()
        self.banner.dispose()
        for page in self.pages.values():
            page.dispose()

    def _return(self, stay: Stay, start: str) -> None:
        """Be where the operator was; at the start where the plant no longer has that."""
        if stay.folded is not None:
            self.navigation.put_folded(stay.folded)
        if stay.navigation is not None and not self.desk.touch:
            self.navigation.setVisible(stay.navigation)
        self.visits = stay.visits.without({*self.desk.plant.screens, *PAGE_KEYS})
        wanted = next((key for key in (stay.place, start) if self.is_place(key)), "")
        self._show(wanted or next(iter(self.desk.plant.screens), ALARMS))
        self.above.restore(stay.faceplates)

    def _show(self, key: str) -> None:
        self.above.clear()
        self.above.close_unpinned()
        page = self.pages.get(key) or self._build(key)
        self.page = page
        self.stack.setCurrentIndex(list(self.pages).index(key))
        self.navigation.show_place(key)
        self.header.back.setEnabled(bool(self.visits.past))
        self.header.forward.setEnabled(bool(self.visits.future))
        self.header.up.setEnabled(key in PAGE_KEYS or bool(place_above(self.places, key)))
        if self.bottom is not None:
            self.bottom.show_place(key, bool(self.visits.past))
        page.refresh()
        page.pulse(True)
        self.header.show_page(page, trail(self.places, key))
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, key: str) -> Page:
        page = page_of(key, self.desk)
        page.asked.connect(self.go)
        page.trend_asked.connect(self.open_trend)
        page.commanded.connect(self.open_command)
        page.faceplate_asked.connect(self.above.open_faceplate)
        page.instruction_asked.connect(self.above.instruction)
        self.pages[key] = page
        self.stack.addWidget(sheltered(page))
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
