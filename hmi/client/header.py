"""The strip on top: plant, where one is and its worst quality, who is here, the time, and whether the links stand."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from hmi.client import placebutton, words
from hmi.client.crumbs import Crumbs
from hmi.client.language import NAMES, plant_text, spoken, tr
from hmi.client.logo import Logo
from hmi.client.marks import QualityMark
from hmi.client.page import OUTAGES, Clickable, Desk, Page, Words, button
from hmi.client.people.who import Who
from hmi.client.places import Place
from hmi.client.style import target_px
from hmi.client.theme import font
from hmi.core import quality as q

OPEN, ENGINEERING = "open", "engineering"  # modes of the engine in which unsigned plant files run
_STEPS: Final = 10  # in which the header gives way, until everything has room


def worst_words(qualities: NDArray[Any]) -> tuple[int, str]:
    """The worst quality of a page and what to say of it: how many of its values are not as they should be."""
    total = len(qualities)
    if not total:
        return q.GOOD, ""
    worst = q.worst(qualities)
    word = q.word(worst)
    if word == "good":
        return worst, tr("1 value, good") if total == 1 else tr("{count} values, all good", count=total)
    same = q.is_bad(qualities) if word == "bad" else ~q.is_good(qualities) & ~q.is_bad(qualities)
    text = "{part} of 1 value {word}" if total == 1 else "{part} of {count} values {word}"
    return worst, tr(text, part=int(np.count_nonzero(same)), count=total, word=tr(word))


class Header(QFrame):
    """The window's head; its signals tell what the operator wants of the window."""

    theme_asked = Signal()
    language_asked = Signal(str)
    back_asked = Signal()
    forward_asked = Signal()
    up_asked = Signal()
    place_asked = Signal(str)
    why_asked = Signal()
    help_asked = Signal()
    person_asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("header")
        self.desk = desk
        self._page: Page | None = None
        self._trail: list[Place] = []
        self.setFixedHeight(target_px(True) + 8 if desk.touch else 56)
        self.plant = Words(plant_text(desk.plant.name), px=14, bold=True, elide=True)
        self.logo = Logo(desk, 28)
        self.crumbs = Crumbs()
        self.title = Words("", px=20, bold=True)
        self.level = Words("", "muted", 13)
        self.mark = QualityMark(desk.theme)
        self.quality = Clickable("muted")
        self.link_mark = QualityMark(desk.theme)
        self.link = Clickable("muted")
        self.mode = Words("", "muted", 13)
        self.who = Who(desk)
        self.where = Words(desk.station, "muted", 12)
        self.time = Words("", px=18, bold=True)
        self.date = Words("", "muted", 12)
        self.help_button = button("?", "flat", tr("Help (F1)"))
        self.theme_button = button("", "flat", tr("Day or night colours (Ctrl+T)"))
        self.language_button = button(spoken().upper(), "flat", tr("Language (Ctrl+L)"))
        self.back = button("‹", "flat", tr("Back (Alt+Left)"))
        self.forward = button("›", "flat", tr("Forward (Alt+Right)"))
        self.up = button("↑", "flat", tr("To the screen above (Alt+Up)"))
        self._arrange()
        self._connect()
        self.restyle()

    def _connect(self) -> None:
        self.quality.clicked.connect(self.why_asked)
        self.help_button.clicked.connect(self.help_asked)
        self.who.clicked.connect(self.person_asked)
        self.theme_button.clicked.connect(self.theme_asked)
        self.language_button.clicked.connect(self.open_languages)
        self.back.clicked.connect(self.back_asked)
        self.forward.clicked.connect(self.forward_asked)
        self.up.clicked.connect(self.up_asked)
        self.crumbs.asked.connect(self.place_asked)
        self.link.clicked.connect(self._ask_outages)
        self.link.setToolTip(tr("Links and outages (Shift+F9)"))

    def _arrange(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16 if not self.desk.touch else 8, 0, 8, 0)
        row.setSpacing(8)
        self.plant.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        beside = self.logo.sizeHint().width() + row.spacing() if self.logo.there else 0
        self.plant.setFixedWidth(placebutton.WIDTH - 24 - beside)
        row.addWidget(self.logo)
        row.addWidget(self.plant)
        steps = QHBoxLayout()
        steps.setSpacing(0)
        for made in (self.back, self.forward, self.up):
            made.setFont(font(20))
            steps.addWidget(made)
        row.addLayout(steps)
        for made in (self.back, self.forward):  # on a tablet the way back is at the thumb
            made.setVisible(not self.desk.touch)
        row.addWidget(self.crumbs)
        row.addWidget(self.title)
        row.addWidget(self.level)
        row.addSpacing(4)
        row.addWidget(self.mark)
        row.addWidget(self.quality)
        row.addStretch(1)
        row.addWidget(self.link_mark)
        row.addWidget(self.link)
        row.addWidget(self.mode)
        row.addSpacing(8)
        self._pairs = [self._pair(row, *pair) for pair in ((self.who, self.where), (self.time, self.date))]
        row.addWidget(self.help_button)
        row.addWidget(self.language_button)
        row.addWidget(self.theme_button)

    def _pair(self, row: QHBoxLayout, upper: Words, lower: Words) -> QWidget:
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(upper)
        column.addWidget(lower)
        column.addStretch(1)
        row.addWidget(both)
        return both

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """It fits itself to the window, and never makes the window wider."""
        return QSize(200, self.height())

    def _fit(self) -> None:
        """Where there is little room, what is needed least gives way first."""
        for step in range(_STEPS):
            self._give_way(step)
            self._row.invalidate()
            if self._row.sizeHint().width() <= self.width():
                break

    def _give_way(self, step: int) -> None:
        trail, bad = self._trail[:-1], self.link.property("role") == "bad"
        self.crumbs.show_trail(trail, 4 if step < 1 else 1 if step < 5 else 0)
        self.level.setVisible(step < 2 and bool(self.level.whole))
        self._pairs[0].setVisible(step < 4)
        self.link.setVisible(step < 3 or bad)
        self.mode.setVisible(bool(self.mode.whole) and (step < 2 or self.mode.property("role") != "muted"))
        self.plant.setVisible(step < 6 and not self.desk.touch)
        self.logo.setVisible(step < 6 and self.logo.there)
        self.date.setVisible(step < 7)
        self.title.setFont(font(20 if step < 8 else 15, bold=True))
        self.quality.setVisible(step < 9)
        for part in (self.title, self.quality, self.link, self.mode, self.level, self.crumbs, *self._pairs):
            part.ensurePolished()
            part.updateGeometry()  # what its texts need is asked for at once, not at the next event

    def show_page(self, page: Page, trail: list[Place] | None = None) -> None:
        """Another page has come to the front; `trail` leads from the top of the plant to it."""
        self._page, self._trail = page, trail or []
        self.title.say(plant_text(page.title) if self._trail else tr(page.title))
        self.level.say(f"L{page.level} {tr(words.LEVELS.get(page.level, ''))}" if page.level else "")
        self._fit()
        self.refresh(page)

    def refresh(self, page: Page) -> None:
        """Tell the worst quality of the page, and how the link is."""
        desk = self.desk
        worst, text = worst_words(desk.mirror.table.quality[page.tags()])
        self.mark.show_quality(worst, desk.theme)
        changed = text != self.quality.whole
        self.quality.say(text)
        self.quality.setToolTip(tr("Why? (F10)") if text and not q.is_good(worst) else "")
        if changed:
            self._fit()
        self.quality.play("muted" if q.is_good(worst) else "bad" if q.is_bad(worst) else "stale")
        self.show_link()

    def show_link(self) -> None:
        """Tell in words whether the engine is heard."""
        mirror, state = self.desk.mirror, self.desk.wire.state
        down = mirror.link_down
        text = tr("Engine linked") if not down else tr("Engine silent") if state == "silent" else tr("Engine away")
        self.link_mark.show_quality(q.BAD_NO_COMMUNICATION if down else q.GOOD, self.desk.theme)
        self.link_mark.setVisible(down)
        if text != self.link.whole:
            self.link.play("bad" if down else "muted")
            self.link.say(text)
            self._fit()

        self._show_mode(mirror.health.mode if mirror.health else "")

    def _show_mode(self, mode: str) -> None:
        """Say that plant files run which nobody vouches for: quietly where no key is trusted, else for all to see."""
        text = {ENGINEERING: tr("Engineering mode"), OPEN: tr("Engineering")}.get(mode, "")
        if text != self.mode.whole:
            self.mode.play("plain" if mode == ENGINEERING else "muted")  # colours are for what is wrong in the plant
            self._weigh_mode()
            self.mode.say(text)
            self.mode.setToolTip(tr("The plant's files are not held to a signature: hmi status") if text else "")
            self._fit()

    def _weigh_mode(self) -> None:
        self.mode.setFont(font(13, bold=self.mode.property("role") == "plain"))

    def _ask_outages(self) -> None:
        self.place_asked.emit(OUTAGES)

    def tick(self) -> None:
        """The clock goes on; it is the engine's, in the plant's time zone."""
        now = words.when(self.desk.mirror.now_ns(), self.desk.zone)
        is_first = self.who.look() or not self.time.whole
        self.time.say(f"{now:%H:%M:%S}")
        self.time.setToolTip(f"{now:%Y-%m-%d} {now.tzname()}")
        self.date.say(f"{now:%Y-%m-%d} {now.tzname()}")
        if is_first:
            self._fit()

    def restyle(self) -> None:
        """Name the theme that the button leads to."""
        self.theme_button.setText(tr("Night") if self.desk.theme.name == "day" else tr("Day"))
        self._weigh_mode()  # a new style gives every label the weight that it was made with

    def open_languages(self) -> None:
        """Let the operator choose the language of the window."""
        menu = QMenu(self)
        for code, name in NAMES.items():
            action = menu.addAction(name)
            action.setProperty("language", code)
            action.setCheckable(True)
            action.setChecked(code == spoken())
            action.triggered.connect(self._choose_language)
        menu.aboutToHide.connect(menu.deleteLater)
        popup_below(menu, self.language_button)

    def _choose_language(self) -> None:
        self.language_asked.emit(str(self.sender().property("language")))


def popup_below(menu: QMenu, below: QPushButton) -> None:
    """Open a menu under a button, its right edges in line."""
    corner = below.mapToGlobal(QPoint(below.width(), below.height()))
    menu.popup(corner - QPoint(menu.sizeHint().width(), 0))
    first = next(iter(menu.actions()), None)
    checked: Any = next((one for one in menu.actions() if one.isChecked()), first)
    menu.setActiveAction(checked)
