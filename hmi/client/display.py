"""A page that shows one of the plant's screens, with the panel of the tag that was picked beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QCursor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from hmi.client.mimic.canvas import Mimic
from hmi.client.mimic.rich_lines import past_tags
from hmi.client.page import Desk, Page
from hmi.client.past import ask_past
from hmi.core.screens.model import Screen

if TYPE_CHECKING:
    from hmi.client.tagpanel import TagPanel

ROOMY_PX: Final = 1100  # a mimic narrower than this is no longer pleasant to read


class Display(Page):
    """One mimic in the window."""

    def __init__(self, desk: Desk, screen: Screen) -> None:
        super().__init__(desk)
        self.screen_of_plant = screen
        self.key, self.title, self.level = screen.id, screen.title or screen.id, screen.level
        self.mimic = Mimic(screen, desk.plant, desk.mirror, desk.theme)
        self.mimic.go.connect(self.asked)
        self.mimic.picked.connect(self.pick)
        self.mimic.command.connect(self.commanded)
        self.mimic.faceplate.connect(self.faceplate_asked)
        self.setFocusProxy(self.mimic)
        self.side: TagPanel | None = None
        self._questions: list[int] = []  # for photographs
        self._left = False  # where the panel lies when it has to lie over the mimic
        inputs = {tag for one in screen.elements for bind in one.binds.values() for tag in bind.inputs}
        self._tags = np.array(sorted(inputs), np.intp)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.mimic, 1)

    def tags(self) -> NDArray[Any]:
        return self._tags

    def refresh(self) -> None:
        self.mimic.refresh()
        if self.side is not None:
            self.side.refresh()

    def pulse(self, lit: bool) -> None:
        self.mimic.refresh()  # it has ages and blinking symbols of its own
        if self.side is not None:
            self.side.pulse()

    def why(self) -> str:
        """The cause of the worst value on the screen, and whose side it is on."""
        return self.mimic.why("")

    def restyle(self) -> None:
        self.mimic.set_theme(self.desk.theme)
        if self.side is not None:
            self.side.update()
            self.side.refresh()

    def pick(self, name: str) -> None:
        """Open the panel of a tag; picking it again closes it."""
        tag = self.desk.plant.tag(name)
        same = self.side is not None and tag is not None and self.side.tag.index == tag.index
        self.unpick()
        if tag is None or same:
            return
        from hmi.client.tagpanel import TagPanel

        self.side = TagPanel(self.desk, tag)
        self.side.closed.connect(self.unpick)
        self.side.trend_asked.connect(self.trend_asked)
        self.side.commanded.connect(self.commanded)
        self._left = self.mapFromGlobal(QCursor.pos()).x() > self.width() / 2
        self._place_side()

    def show_tag(self, name: str) -> None:
        """Have the panel of a tag open."""
        if self.side is None or self.side.tag.name != name:
            self.pick(name)

    def showEvent(self, event: QShowEvent) -> None:
        """What the engine alone has is asked for each time it comes to the front: small trends' past, photographs."""
        super().showEvent(event)
        if self.desk.mirror.link_down:
            return
        tags = past_tags(self.mimic.compiled)
        if tags:
            ask_past(self.desk, tags)
        if any("picture" in element.options for element in self.screen_of_plant.elements):
            from hmi.client.photographs import ask_pictures

            self.dispose()
            self._questions = ask_pictures(self.desk, self.screen_of_plant, self._redraw)

    def dispose(self) -> None:
        for number in self._questions:
            self.desk.wire.forget(number)
        self._questions = []

    def _redraw(self) -> None:
        self.mimic.set_theme(self.desk.theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_side()

    def _place_side(self) -> None:
        """Beside the mimic where there is room, else over the half of it that was not picked."""
        side = self.side
        if side is None:
            return
        if self.width() - side.width() >= ROOMY_PX:
            self._row.addWidget(side)
        else:
            self._row.removeWidget(side)
            side.setParent(self)
            side.setGeometry(0 if self._left else self.width() - side.width(), 0, side.width(), self.height())
            side.raise_()
        side.show()

    def unpick(self) -> None:
        """Close the panel."""
        if self.side is not None:
            self._row.removeWidget(self.side)
            self.side.hide()
            self.side.deleteLater()
            self.side = None
