"""The machine beside the step: the values it is about, live, and whether its condition holds now."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hmi.client.faceplate.reading import Reading
from hmi.client.language import tr
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Words
from hmi.core.expr import ExprError
from hmi.core.steps import conditions
from hmi.core.steps.conditions import Condition, compiled
from hmi.core.steps.model import AnyStep, Capture, Verify, Wait, Write
from hmi.core.tags import Tag


class Live(QWidget):
    """Rows of values with their quality; on the Qt thread, refreshed with the mirror."""

    def __init__(self, desk: Desk, step: AnyStep) -> None:
        super().__init__()
        self.desk = desk
        self.condition = _condition(desk, step)
        self._hold_s = getattr(step, "hold_s", 0.0)
        self._since: float | None = None  # it has held since then, as far as this window has seen
        self.rows = [
            (Reading(desk, tag, {}), Words("", "value", 18, bold=True), QualityMark(desk.theme, 18))
            for tag in tags_of(desk, step)
        ]
        self.holds = Words("", px=15, bold=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(0, 1)
        for number, (reading, value, mark) in enumerate(self.rows):
            grid.addWidget(Words(reading.name, "muted", 14, elide=True), number, 0)
            grid.addWidget(mark, number, 1)
            grid.addWidget(value, number, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)
        column.addWidget(self.holds)
        self.holds.setVisible(self.condition is not None)
        self.setVisible(bool(self.rows))
        self.refresh()

    @property
    def is_so(self) -> bool:
        """Whether the condition holds, and has for as long as it has to."""
        held = self.desk.clock.monotonic() - self._since if self._since is not None else -1.0
        return self.condition is not None and held >= self._hold_s

    def refresh(self) -> None:
        """The mirror has changed."""
        for reading, value, mark in self.rows:
            value.say(reading.text())
            mark.show_quality(reading.quality, self.desk.theme)
        if self.condition is not None:
            self._tell(self.condition)

    def _tell(self, condition: Condition) -> None:
        truth = condition.truth(self._read)
        now = self.desk.clock.monotonic()
        self._since = (self._since if self._since is not None else now) if truth.holds else None
        if not truth.known:
            text, role = tr("It cannot be told: a value is not good"), "bad"
        elif not truth.holds:
            text, role = tr("Not so yet"), ""
        elif self._hold_s and now - (self._since or now) < self._hold_s:
            text, role = (
                tr(
                    "It holds; {seconds} s of {wanted} s",
                    seconds=f"{now - (self._since or now):.0f}",
                    wanted=f"{self._hold_s:g}",
                ),
                "",
            )
        else:
            text, role = tr("It is so"), "value"
        self.holds.play(role)
        self.holds.say(text)

    def _read(self, name: str) -> conditions.Reading:
        table, index = self.desk.mirror.table, self.desk.plant.tag_index[name]
        value = float(table.value[index])
        return conditions.Reading(value if value == value else None, int(table.quality[index]))


def tags_of(desk: Desk, step: AnyStep) -> list[Tag]:
    """What a step is about: the tags of its condition, those that stand beside it, the one that it writes or takes."""
    condition = _condition(desk, step)
    names = [*(condition.names if condition else ()), *step.tags]
    if isinstance(step, Write | Capture):
        names.append(step.tag)
    return [tag for name in dict.fromkeys(names) if (tag := desk.plant.tag(name)) is not None]


def _condition(desk: Desk, step: AnyStep) -> Condition | None:
    text = step.needs if isinstance(step, Verify) else step.until if isinstance(step, Wait) else ""
    try:
        return compiled(text, desk.plant.tag_index) if text else None
    except ExprError:
        return None  # it names a tag that the plant has no longer: the engine says so when the step is done
