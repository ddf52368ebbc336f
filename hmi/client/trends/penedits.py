"""What an operator does to the rows of pens: drop tags among them, move them, take them out, change their scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject

from hmi.client.drag import tags_in
from hmi.client.language import tr
from hmi.client.table import Index
from hmi.client.trends.pens import can_be_drawn
from hmi.client.trends.pentable import SCALE
from hmi.core.trends import TrendPen

if TYPE_CHECKING:
    from hmi.client.trends.page import TrendsPage


class PenEdits(QObject):
    """Carries out the wishes of one trend page's table, plot and pen panel; on the Qt thread."""

    def __init__(self, page: TrendsPage) -> None:
        super().__init__(page)
        self._page = page
        page.plot.dropped.connect(self._dropped)
        page.model.dropped.connect(self.put_before)
        page.table.doubleClicked.connect(self.open)
        page.table.clicked.connect(self._clicked)
        page.pen_panel.changed.connect(self._set)
        page.pen_panel.moved.connect(self._move)
        page.pen_panel.removed.connect(self._remove)

    def put_before(self, tags: tuple[int, ...], row: int) -> None:
        """Tags were dropped on the table: new ones come in before a row, those that are there move."""
        page = self._page
        have = [pen.tag.index for pen in page.pens]
        new = [tag for tag in tags if tag in have or can_be_drawn(page.desk.plant.tags[tag])]
        before = [tag for tag in have[:row] if tag not in new]
        pens = [*before, *new, *(tag for tag in have if tag not in new and tag not in before)]
        if not new:
            page.toolbar.told.say(tr("A trend draws numbers and states that history keeps"))
        elif len(pens) > max(page.chooser.most, len(have)):
            page.toolbar.told.say(tr("At most {most} pens", most=page.chooser.most))
        elif pens != have:
            page.choose(tuple(pens), pens.index(new[0]))

    def open(self, *args: Any) -> None:
        """Show the chosen pen's panel."""
        row = self._page.row()
        if row >= 0:
            self._page.pen_panel.show_pen(self._page.pens[row])
            self._page.sides.show_panel("pen")

    def _clicked(self, index: Index) -> None:
        if index.column() == SCALE:
            self.open()

    def _dropped(self, data: QMimeData) -> None:
        """Tags were dropped on the plot."""
        self.put_before(tags_in(data, self._page.desk.plant), len(self._page.pens))

    def _set(self, setting: TrendPen) -> None:
        row = self._page.row()
        self._page.pens[row].setting = setting
        self._page.set_pens(self._page.pens, row)

    def _move(self, by: int) -> None:
        row, tags = self._page.row(), [pen.tag.index for pen in self._page.pens]
        if 0 <= row + by < len(tags):
            tags[row], tags[row + by] = tags[row + by], tags[row]
            self._page.choose(tuple(tags), row + by)

    def _remove(self) -> None:
        row = self._page.row()
        left = tuple(pen.tag.index for place, pen in enumerate(self._page.pens) if place != row)
        self._page.choose(left, max(0, row - 1))
        if not left:
            self._page.sides.close_panel()
