"""What one can do with what a trend shows, beside looking at it: compare, export, copy, and write a note about it."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QTableView, QWidget

from hmi.client import words
from hmi.client.choices import title_of
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.table import DISPLAY
from hmi.client.theme import font
from hmi.client.trends.compare_histogram import HistogramStudy
from hmi.client.trends.compare_overlay import RunsStudy
from hmi.client.trends.compare_xy import XyStudy
from hmi.client.trends.comparesheet import Sight, Study
from hmi.client.trends.export_report import Paper
from hmi.client.trends.export_sheet import ExportSheet, Shown
from hmi.client.trends.notes import NoteSheet, When
from hmi.client.trends.shift import DAYS, ShiftedPen, days_before, said_shift
from hmi.client.trends.toolbar import span_text
from hmi.core.spreadsheet import safe

_SHARP: Final = 2  # pixels of a picture for one of the screen
_MOST_EVENTS: Final = 200
_MOST_TITLES: Final = 3  # pens that a report is called after
_HEAD_PX: Final = 28


class Tools(QObject):
    """The menu behind a button of the trend page, and its keys; on the Qt thread."""

    def __init__(self, page: Any, opener: QPushButton) -> None:
        """`page` is the TrendsPage."""
        super().__init__(page)
        self._page, self._opener = page, opener
        self.sheet: QWidget | None = None
        opener.clicked.connect(self.open_menu)
        for key, act in (("N", self.note), ("E", self.export), ("Ctrl+C", self.copy_table)):
            shortcut = QShortcut(QKeySequence(key), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    @property
    def _desk(self) -> Desk:
        desk: Desk = self._page.desk
        return desk

    def span(self) -> tuple[int, int]:
        """What is in view, as far as it has been."""
        start, stop = self._page.travel.span()
        now = self._desk.mirror.now_ns()
        return min(start, now - 1), min(stop, now)

    def menu(self) -> QMenu:
        """Everything that can be done now."""
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        has_pens = bool(self._page.pens)
        for text, act in ((tr("Note …"), self.note), (tr("Export …"), self.export)):
            menu.addAction(text).triggered.connect(act)
        for text, act in ((tr("Copy table"), self.copy_table), (tr("Copy picture"), self.copy_picture)):
            menu.addAction(text).triggered.connect(act)
        menu.addSeparator()
        studies = (
            (tr("Runs over each other …"), RunsStudy),
            (tr("XY plot …"), XyStudy),
            (tr("Histogram and capability …"), HistogramStudy),
        )
        for text, kind in studies:
            action = menu.addAction(text)
            action.triggered.connect(partial(self.study, kind))
            action.setEnabled(has_pens)
        menu.addSeparator()
        self._add_shifts(menu)
        return menu

    def open_menu(self) -> None:
        """Below its button."""
        menu = self.menu()
        corner = self._opener.mapToGlobal(QPoint(self._opener.width(), self._opener.height()))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _add_shifts(self, menu: QMenu) -> None:
        pen = self._chosen()
        shift = menu.addMenu(tr("Shift in time: {pen}", pen=title_of(pen.tag)) if pen else tr("Shift in time"))
        shift.setEnabled(pen is not None)
        now = self._desk.mirror.now_ns()
        for days, text in DAYS:
            back = days_before(now, days, self._desk.zone)
            shift.addAction(tr(text)).triggered.connect(partial(self.shift, back, tr(text)))
        pair = self._page.plot.pair_ns
        if pair is not None and pair[0] != pair[1]:
            back = abs(pair[1] - pair[0])
            text = tr("From cursor to cursor: {age}", age=words.age(back / 1e9))
            shift.addAction(text).triggered.connect(partial(self.shift, back, said_shift(back)))
        if any(one.shift_ns for one in self._page.pens):
            menu.addAction(tr("Take shifted pens away")).triggered.connect(self.unshift)

    def _chosen(self) -> Any:
        """The pen that is marked in the table; the first where none is."""
        pens, row = self._page.pens, self._page.row()
        return pens[row] if 0 <= row < len(pens) else pens[0] if pens else None

    # -- comparing

    def shift(self, shift_ns: int, said: str, *args: Any) -> None:
        """Draw the chosen pen a second time, as it was so much earlier."""
        pen = self._chosen()
        if pen is not None and not any(
            one.tag == pen.tag and one.shift_ns == shift_ns for one in self._page.pens if one.shift_ns
        ):
            self._page.set_pens(numbered([*self._page.pens, ShiftedPen(pen, shift_ns, said)]), self._page.row())
            self._page.ask()

    def unshift(self, *args: Any) -> None:
        """Draw every pen only as it is."""
        self._page.set_pens(numbered([pen for pen in self._page.pens if not pen.shift_ns]))
        self._page.ask()

    def study(self, kind: type[Study], *args: Any) -> Study | None:
        """Open a sheet on which something of the trend is compared."""
        tags = tuple(dict.fromkeys(pen.tag for pen in self._page.pens))
        pen = self._chosen()
        if pen is None:
            return None
        made = kind(self._desk, self._page, Sight(tags, tags.index(pen.tag), self.span()))  # type: ignore[call-arg,arg-type]
        if isinstance(made, RunsStudy):
            made.shift_asked.connect(self._shift_run)
        self._hold(made)
        return made

    def _shift_run(self, shift_ns: int) -> None:
        self.shift(shift_ns, tr("run before"))

    # -- taking out

    def export(self) -> None:
        """Open the sheet that exports."""
        tags = tuple(dict.fromkeys(pen.tag.name for pen in self._page.pens))
        if tags:
            points = max(100, min(5000, self._page.plot.width()))
            shown = Shown(tags, self.span(), points, self.paper, self.picture)
            self._hold(ExportSheet(self._desk, self._page, shown, not _is_in_kiosk(self._page)))

    def copy_table(self) -> None:
        """Put the table of pens on the clipboard, as text that spreadsheets understand."""
        QApplication.clipboard().setText(table_text(self._page.table))
        self._page.toolbar.told.say(tr("The table is on the clipboard"))

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QApplication.clipboard().setImage(self.picture())
        self._page.toolbar.told.say(tr("The picture is on the clipboard"))

    def picture(self) -> QImage:
        """The trend with its table, and above them what it is and of when."""
        plot, table = image_of(self._page.plot), image_of(self._page.table)
        width, theme = max(plot.width(), table.width()) // _SHARP, self._desk.theme
        height = _HEAD_PX + (plot.height() + table.height()) // _SHARP
        made = QImage(QSize(width, height) * _SHARP, QImage.Format.Format_RGB32)
        made.setDevicePixelRatio(_SHARP)
        made.fill(QColor(theme.background))
        painter = QPainter(made)
        painter.setFont(font(13, bold=True))
        painter.setPen(theme.colour("text"))
        place = QRectF(8, 0, width - 16, _HEAD_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, " · ".join(self._lines()))
        painter.drawImage(QPoint(0, _HEAD_PX), plot)
        painter.drawImage(QPoint(0, _HEAD_PX + plot.height() // _SHARP), table)
        painter.end()
        return made

    def paper(self) -> Paper:
        """The trend for a report."""
        desk, page = self._desk, self._page
        pens = [
            (page.model.colour(row), title_of(pen.tag), pen.tag.name, partial(_written, pen))
            for row, pen in enumerate(page.pens)
            if not pen.shift_ns
        ]
        now = f"{words.source_time(desk.mirror.now_ns(), desk.zone)[:16]}"
        foot = tr(
            "Exported by {user} at {station}, {time}", user=desk.user or "–", station=desk.station or "–", time=now
        )
        titles = [title for _, title, _, _ in pens]
        title = ", ".join(titles[:_MOST_TITLES]) + (" …" if len(titles) > _MOST_TITLES else "")
        return Paper(title or tr("Trend"), tuple(self._lines()), foot, image_of(page.plot), pens, self._events())

    def _lines(self) -> list[str]:
        return [self._desk.plant.name, span_text(self.span(), self._desk.zone)]

    def _events(self) -> tuple[str, ...]:
        start, stop = self.span()
        found = [
            one
            for one in self._page.plot.marks.events
            if start <= max(one.time_ns, one.until_ns) and one.time_ns <= stop
        ]
        dated = [f"{words.source_time(one.time_ns, self._desk.zone)[:10]} {one.text}" for one in found[-_MOST_EVENTS:]]
        more = len(found) - len(dated)
        return (*((tr("{count} earlier ones are left out", count=more),) if more else ()), *dated)

    # -- notes

    def note(self) -> None:
        """Open the sheet for a note about the pointer's moment, the cursors, what is in view, or now."""
        pen = self._chosen()
        self._hold(NoteSheet(self._desk, self._page, self.whens(), pen.tag if pen else None))

    def whens(self) -> list[When]:
        """The times that a note may be about, the likeliest first."""
        now, plot = self._desk.mirror.now_ns(), self._page.plot
        found: list[When] = []
        if plot.marks.cursor is not None:
            moment = min(plot.base_ns + int(plot.marks.cursor * 1e9), now)
            found.append((tr("The pointer"), (moment, moment)))
        if plot.pair_ns is not None:
            first, second = sorted(min(moment, now) for moment in plot.pair_ns)
            found.append((tr("From cursor to cursor"), (first, second)))
        view, present = (tr("What is in view"), self.span()), (tr("Now"), (now, now))
        return [*found, *([present, view] if self._page.travel.live else [view, present])]

    def _hold(self, sheet: QWidget) -> None:
        self.sheet = sheet
        closed: Any = getattr(sheet, "closed")  # noqa: B009 - every sheet is an Overlay
        closed.connect(self._let_go)

    def _let_go(self) -> None:
        was_note = isinstance(self.sheet, NoteSheet)
        self.sheet = None
        if was_note:
            self._page.ask()  # so that its mark is seen


def numbered(pens: list[Any]) -> list[Any]:
    """The same, each with its place as its number."""
    for number, pen in enumerate(pens, 1):
        pen.number = number
    return pens


def table_text(table: QTableView) -> str:
    """What a table shows, columns apart by tabs."""
    model = table.model()
    columns = [column for column in range(1, model.columnCount()) if not table.isColumnHidden(column)]
    head = [str(model.headerData(column, Qt.Orientation.Horizontal, DISPLAY) or "") for column in columns]
    rows = [
        [str(model.index(row, column).data(DISPLAY) or "") for column in columns] for row in range(model.rowCount())
    ]
    return "\n".join("\t".join(safe(re.sub(r"[\t\r\n]", " ", cell)) for cell in row) for row in [head, *rows])


def image_of(widget: QWidget) -> QImage:
    """What a widget looks like, twice as sharp as on the screen."""
    made = QImage(widget.size() * _SHARP, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(_SHARP)
    made.fill(QColor("white"))
    QWidget.render(widget, made, QPoint())
    return made


def _written(pen: Any, value: float) -> str:
    return words.number(value, words.decimals(pen.tag) + 1)


def _is_in_kiosk(widget: QWidget | None) -> bool:
    """Whether a widget is in a window that shows nothing of the computer."""
    while widget is not None:
        if getattr(widget, "kind", "") == "kiosk":
            return True
        widget = widget.parentWidget()
    return False
