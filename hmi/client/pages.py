"""The pages of a window by their keys; each is read in when it is first opened: the first screen waits for none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from hmi.client.display import Display
from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS, Desk, Page


def sheltered(page: Page) -> QWidget:
    """A page that may need more width than a tablet in portrait has: what does not fit is scrolled to."""
    if isinstance(page, Display):
        return page
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


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
    return Display(desk, desk.plant.screens[key])
