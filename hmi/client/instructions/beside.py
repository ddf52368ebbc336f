"""The machine beside the step on a workstation: its live screen, and the trend of what the step is about."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.client.faceplate.trend import Trend
from hmi.client.instructions.live import tags_of
from hmi.client.instructions.work import Held
from hmi.client.language import plant_text
from hmi.client.mimic.canvas import Mimic
from hmi.client.page import Desk, Words
from hmi.client.trends.pens import can_be_drawn
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.core.steps.job import Job
from hmi.core.steps.model import Procedure

_ROOMY_PX: Final = 760  # of the screen of a whole machine: narrower it cannot be read
_LEAST: Final = (220, 160)  # px of the screen, below which it says nothing


class Beside(QWidget):
    """Follows the job that is shown; what is asked of the machine goes on as signals, like from any screen."""

    asked = Signal(str)
    picked = Signal(str)
    commanded = Signal(str)
    faceplate_asked = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.mimic: Mimic | None = None
        self.trend: Trend | None = None
        self._shown: tuple[str, tuple[int, ...]] = ("", ())
        self.title = Words("", "muted", 13, bold=True, elide=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.title)

    def show_job(self, held: Held | None, width: int = 0) -> bool:
        """Show the machine of a job and the values of its step, `width` px wide; False: there is nothing to show."""
        step = held.step if held is not None else None
        plant = self.desk.plant
        screen = screen_of(plant, held.job, held.procedure, width) if held is not None else None
        drawn = tuple(tag.index for tag in tags_of(self.desk, step) if can_be_drawn(tag)) if step is not None else ()
        shown = (screen.id if screen is not None and step is not None else "", drawn)
        if shown != self._shown:
            if shown[0] != self._shown[0]:
                self._show_screen(screen if shown[0] else None)
            if shown[1] != self._shown[1]:
                self._show_trend(drawn)
            self._shown = shown
        return bool(shown[0] or shown[1])

    def tags(self) -> set[int]:
        """Indexes of the tags that it shows now."""
        found = set(self._shown[1])
        if self.mimic is not None:
            elements = self.mimic.screen_shown.elements
            found |= {tag for one in elements for bind in one.binds.values() for tag in bind.inputs}
        return found

    def refresh(self) -> None:
        """The mirror has changed."""
        if self.isVisible():
            if self.mimic is not None:
                self.mimic.refresh()
            if self.trend is not None:
                self.trend.refresh()

    def restyle(self) -> None:
        """The theme has changed."""
        if self.mimic is not None:
            self.mimic.set_theme(self.desk.theme)
        if self.trend is not None:
            self.trend.restyle()

    def dispose(self) -> None:
        """No answer may come any more."""
        if self.trend is not None:
            self.trend.dispose()

    def _show_screen(self, screen: Screen | None) -> None:
        self._drop(self.mimic)
        self.mimic = None
        self.title.say(plant_text(screen.title) if screen is not None else "")
        if screen is None:
            return
        made = self.mimic = Mimic(screen, self.desk.plant, self.desk.mirror, self.desk.theme)
        made.setMinimumSize(*_LEAST)
        made.go.connect(self.asked)
        made.picked.connect(self.picked)
        made.command.connect(self.commanded)
        made.faceplate.connect(self.faceplate_asked)
        self._column.insertWidget(1, made, 3)

    def _show_trend(self, tags: tuple[int, ...]) -> None:
        if self.trend is not None:
            self.trend.dispose()
        self._drop(self.trend)
        self.trend = None
        if tags:
            self.trend = Trend(self.desk, tags, {})
            self._column.addWidget(self.trend, 2)

    def _drop(self, widget: QWidget | None) -> None:
        if widget is not None:
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()


def screen_of(plant: Plant, job: Job, procedure: Procedure | None, width: int = _ROOMY_PX) -> Screen | None:
    """The screen of the machine that a job is about, or of what that is part of; None where there is none.

    Where there is little room (`width` px) its faceplate's own small screen is shown instead.
    """
    named = job.context.get("equipment", "")
    machines = (named,) if named else procedure.equipment if procedure is not None else ()
    for machine in machines:
        plate = plant.equipment[machine].faceplate if machine in plant.equipment else None
        if width < _ROOMY_PX and plate is not None and plate.operate is not None:
            return plate.operate
        for one in reversed(plant.lineage(machine)):
            if one.screen in plant.screens:
                return plant.screens[one.screen]
    return None
