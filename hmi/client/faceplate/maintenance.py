"""The maintenance tab: how much the machine has worked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.faceplate.reading import Reading
from hmi.client.faceplate.tab import Tab, scrolled
from hmi.client.language import plant_text, tr
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Words
from hmi.core import quality as q
from hmi.core.tags import Tag


class Figure(QWidget):
    """One figure: what it is, what it reads, and what is wrong with it when something is."""

    def __init__(self, desk: Desk, label: str, tag: Tag) -> None:
        super().__init__()
        self.desk = desk
        self.reading = Reading(desk, tag, {tag.index: plant_text(label)} if label else {})
        self.value = Words("", "value", 18, bold=True)
        self.mark = QualityMark(desk.theme, 16)
        self.reason = Words("", "bad", 12, elide=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Words(self.reading.name, px=13, elide=True), 1)
        row.addWidget(self.mark)
        row.addWidget(self.value, 0, Qt.AlignmentFlag.AlignRight)
        row.addWidget(Words(self.reading.unit, "muted", 13))
        column.addLayout(row)
        column.addWidget(self.reason)

    def refresh(self) -> None:
        """Tell what the mirror knows now."""
        quality = self.reading.quality
        good = bool(q.is_good(quality))
        self.value.say(self.reading.value())
        self.mark.show_quality(quality, self.desk.theme)
        self.mark.setVisible(not good)
        self.reason.say("" if good else words.sentence(tr(q.reason(quality))))
        self.reason.setVisible(not good)
        self.reason.play("bad" if bool(q.is_bad(quality)) else "stale")


class Maintenance(Tab):
    """Run hours, starts and whatever else the machine's type counts."""

    title = "Maintenance"

    def __init__(self, desk: Desk, figures: tuple[tuple[str, int], ...]) -> None:
        super().__init__(desk)
        self.figures = [Figure(desk, label, desk.plant.tags[tag]) for label, tag in figures]
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(16, 8, 16, 8)
        lines.setSpacing(0)
        for figure in self.figures:
            lines.addWidget(figure)
        lines.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(inside))

    def refresh(self) -> None:
        for figure in self.figures:
            figure.refresh()

    def restyle(self) -> None:
        self.refresh()
