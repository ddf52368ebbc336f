"""The strip on top: plant, screen and its worst quality, who is here, the time, and whether the link stands."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout

from hmi.client import navigation, words
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Page, Words, button
from hmi.client.theme import font
from hmi.core import quality as q

_READ_MS: Final = 12_000


def worst_words(qualities: NDArray[Any]) -> tuple[int, str]:
    """The worst quality of a page and what to say of it: how many of its values are not as they should be."""
    total = len(qualities)
    if not total:
        return q.GOOD, ""
    worst = q.worst(qualities)
    word = q.word(worst)
    if word == "good":
        return worst, f"{words.count(total, 'value')}, {'all ' if total > 1 else ''}good"
    same = q.is_bad(qualities) if word == "bad" else ~q.is_good(qualities) & ~q.is_bad(qualities)
    return worst, f"{int(np.count_nonzero(same))} of {words.count(total, 'value')} {word}"


class Why(Words):
    """The quality of a page in words; a click asks for the reason."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__("", "muted", 13)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()


class Header(QFrame):
    """The window's head; `theme_asked` when the operator wants the other of day and night."""

    theme_asked = Signal()
    back_asked = Signal()
    forward_asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("header")
        self.desk = desk
        self._page: Page | None = None
        self.setFixedHeight(68 if desk.touch else 56)
        self.plant = Words(desk.plant.name, px=14, bold=True, elide=True)
        self.title = Words("", px=20, bold=True)
        self.level = Words("", "muted", 13)
        self.mark = QualityMark(desk.theme)
        self.quality = Why()
        self.quality.clicked.connect(self.explain)
        self.link_mark = QualityMark(desk.theme)
        self.link = Words("", "muted", 13)
        self.who = Words("", px=13)
        self.where = Words("", "muted", 12)
        self.time = Words("", px=18, bold=True)
        self.date = Words("", "muted", 12)
        self.theme_button = button("", "flat", "Day or night colours (Ctrl+T)")
        self.theme_button.clicked.connect(self.theme_asked)
        self.back = button("‹", "flat", "Back (Alt+Left)")
        self.forward = button("›", "flat", "Forward (Alt+Right)")
        self.back.clicked.connect(self.back_asked)
        self.forward.clicked.connect(self.forward_asked)
        self.who.say(desk.user or "nobody signed in")
        self.where.say(desk.station)
        self._arrange()
        self.restyle()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        self.plant.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.plant.setFixedWidth(navigation.WIDTH + (24 if self.desk.touch else 0) - 24)
        row.addWidget(self.plant)
        for made in (self.back, self.forward):
            made.setFont(font(20))
            row.addWidget(made)
        row.addSpacing(4)
        row.addWidget(self.title)
        row.addSpacing(4)
        row.addWidget(self.level)
        row.addSpacing(12)
        row.addWidget(self.mark)
        row.addWidget(self.quality)
        row.addStretch(1)
        row.addWidget(self.link_mark)
        row.addWidget(self.link)
        row.addSpacing(16)
        for upper, lower in ((self.who, self.where), (self.time, self.date)):
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addStretch(1)
            pair.addWidget(upper)
            pair.addWidget(lower)
            pair.addStretch(1)
            row.addLayout(pair)
            row.addSpacing(12)
        row.addWidget(self.theme_button)

    def show_page(self, page: Page) -> None:
        """Another page has come to the front."""
        self._page = page
        self.title.say(page.title)
        self.level.say(f"L{page.level} {words.LEVELS.get(page.level, '')}" if page.level else "")
        self.refresh(page)

    def refresh(self, page: Page) -> None:
        """Tell the worst quality of the page, and how the link is."""
        desk = self.desk
        worst, text = worst_words(desk.mirror.table.quality[page.tags()])
        self.mark.show_quality(worst, desk.theme)
        self.quality.say(text)
        self.quality.play("muted" if q.is_good(worst) else "bad" if q.is_bad(worst) else "stale")
        self.show_link()

    def explain(self) -> None:
        """Say why the page is not as it should be, where the operator clicked."""
        if self._page is not None and (text := self._page.why()):
            place = self.quality.mapToGlobal(self.quality.rect().bottomLeft())
            plain = text.replace("<", "\u2039")  # a tooltip that looks like markup would be read as markup
            QToolTip.showText(place, plain, self.quality, self.quality.rect(), _READ_MS)

    def show_link(self) -> None:
        """Tell in words whether the engine is heard."""
        mirror, state = self.desk.mirror, self.desk.wire.state
        down = mirror.link_down
        text = "Engine linked" if not down else "Engine silent" if state == "silent" else "Engine away"
        self.link_mark.show_quality(q.BAD_NO_COMMUNICATION if down else q.GOOD, self.desk.theme)
        self.link.say(text)
        self.link.play("bad" if down else "muted")

    def tick(self) -> None:
        """The clock goes on; it is the engine's, in the plant's time zone."""
        now = words.when(self.desk.mirror.now_ns(), self.desk.zone)
        self.time.say(f"{now:%H:%M:%S}")
        self.date.say(f"{now:%Y-%m-%d} {now.tzname()}")

    def restyle(self) -> None:
        """Name the theme that the button leads to."""
        self.theme_button.setText("Night" if self.desk.theme.name == "day" else "Day")
