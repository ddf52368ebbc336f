"""The pages of a window by their keys; each is read in when it is first opened: the first screen waits for none."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from hmi.client.display import Display
from hmi.client.page import ALARMS, INSTRUCTIONS, JOURNAL, OUTAGES, SYSTEM, TRENDS, TRUST, Desk, Page

# The pages that every plant has, by the name that keys and buttons know them by.
PLACES: Final = dict(
    alarms=ALARMS,
    trends=TRENDS,
    journal=JOURNAL,
    system=SYSTEM,
    instructions=INSTRUCTIONS,
    trust=TRUST,
    outages=OUTAGES,
)
PAGE_KEYS: Final = frozenset(PLACES.values())


class Shelter(QScrollArea):
    """A page as large as the room for it, and never smaller than it can be: what does not fit is scrolled to."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        done = super().eventFilter(watched, event)
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        """Not by what the page would like, as Qt does for rows that break, but by the least it can do with."""
        least, room = self._page.minimumSizeHint(), self.viewport().size()
        layout = self._page.layout()
        wrapped = layout.minimumHeightForWidth(max(least.width(), room.width())) if layout is not None else 0
        self._page.resize(least.expandedTo(QSize(0, wrapped)).expandedTo(room))


def sheltered(page: Page) -> QWidget:
    """A page that may need more room than a tablet or a small window has, in a place where it has it."""
    return page if isinstance(page, Display) else Shelter(page)


def page_of(key: str, desk: Desk) -> Page:
    """A new page: one of those every plant has, or one of the plant's screens."""
    if key == TRENDS:
        from hmi.client.trends.page import TrendsPage  # pyqtgraph costs half a second

        return TrendsPage(desk)
    if key == ALARMS:
        from hmi.client.alarms.page import AlarmsPage

        return AlarmsPage(desk)
    if key == JOURNAL:
        from hmi.client.journal import JournalPage

        return JournalPage(desk)
    if key == SYSTEM:
        from hmi.client.diagnostics import SystemPage

        return SystemPage(desk)
    if key == INSTRUCTIONS:
        from hmi.client.instructions.page import InstructionsPage

        return InstructionsPage(desk)
    if key == TRUST:
        from hmi.client.trust.page import TrustPage

        return TrustPage(desk)
    if key == OUTAGES:
        from hmi.client.outages.page import OutagesPage

        return OutagesPage(desk)
    return Display(desk, desk.plant.screens[key])
