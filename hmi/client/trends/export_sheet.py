"""Taking a trend out: as what, what of it, where to, and how far it is; the sheet stays until it is done."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QWidget

from hmi.client import words
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.sentences import said
from hmi.client.trends.export_files import CsvFile, HistoryFile
from hmi.client.trends.export_job import Asked, ExportJob
from hmi.client.trends.export_memory import Remembered, recall, remember, usual_file, usual_folder
from hmi.client.trends.export_parquet import ParquetFile
from hmi.client.trends.export_report import KINDS, Paper, PictureFile, ReportFile
from hmi.client.trends.toolbar import span_text
from hmi.core.edges import begin_of, edges_of, step_of
from hmi.link.messages import Reply

FORMS: Final = (("csv", "CSV"), ("parquet", "Parquet"), ("png", "Picture (PNG)"), ("pdf", "Report (PDF)"))
VALUES: Final = (
    ("raw", "Every value"),
    ("drawn", "As drawn"),
    ("1m", "1 min"),
    ("15m", "15 min"),
    ("1h", "1 h"),
    ("8h", "8 h"),
    ("1d", "1 d"),
)
_HAS_PARQUET: Final = importlib.util.find_spec("pyarrow") is not None
_TABLES: Final = ("csv", "parquet")
_SIZE, _TOUCH_SIZE = (700, 330), (760, 430)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be taken out: tags, from when to when (ns), in how many intervals it is drawn, how to picture it."""

    tags: tuple[str, ...]
    span: tuple[int, int]
    points: int
    paper: Callable[[], Paper]
    picture: Callable[[], QImage]


class ExportSheet(Overlay):
    """Chooses, writes with progress, and says in one line where the file is, or why there is none.

    With `free` False (a kiosk, from which nobody shall see the computer's folders) it goes to the usual folder.
    """

    def __init__(self, desk: Desk, host: QWidget, shown: Shown, free: bool = True, memory: Path | None = None) -> None:
        super().__init__(desk, host, _TOUCH_SIZE if desk.touch else _SIZE)
        self.shown, self._free = shown, free
        self._memory = memory or usual_file(desk.station)
        self.remembered = recall(self._memory)
        self.forms, self.values = QButtonGroup(self), QButtonGroup(self)
        self.told = Words("", px=13)
        self.told.setWordWrap(True)
        self.save_button, self.leave_button = button(tr("Save as …"), "main"), button(tr("Cancel"))
        self.job: ExportJob | None = None
        self.dialog: QFileDialog | None = None
        self._arrange()
        self.forms.idClicked.connect(self._show_values)
        self.save_button.clicked.connect(self.choose)
        self.leave_button.clicked.connect(self.leave)
        self.closed.connect(self._stop)
        self._show_values()
        self.open(self.save_button)

    def _arrange(self) -> None:
        count = len(self.shown.tags)
        self.column.addWidget(Words(tr("Export"), px=16, bold=True))
        what = "1 pen, {span}" if count == 1 else "{count} pens, {span}"
        span = span_text(self.shown.span, self.desk.zone)
        self.column.addWidget(Words(tr(what, count=count, span=span), "muted", 13))
        self._add_row(tr("As"), self.forms, FORMS, self.remembered.form)
        self._add_row(tr("Values, or mean, minimum and maximum of each"), self.values, VALUES, self.remembered.values)
        self.column.addStretch(1)
        self.column.addWidget(self.told)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave_button)
        row.addWidget(self.save_button)
        self.column.addLayout(row)

    def _add_row(self, title: str, group: QButtonGroup, choices: tuple[tuple[str, str], ...], chosen: str) -> None:
        self.column.addWidget(Words(title, "muted", 12))
        row = QHBoxLayout()
        row.setSpacing(6)
        keys = [key for key, _ in choices]
        for number, (key, text) in enumerate(choices):
            made = button(tr(text), checkable=True)
            made.setChecked(key == (chosen if chosen in keys else keys[0]))
            group.addButton(made, number)
            row.addWidget(made)
        row.addStretch(1)
        self.column.addLayout(row)

    @property
    def form(self) -> str:
        """As what it is to be taken out."""
        return FORMS[max(0, self.forms.checkedId())][0]

    def _show_values(self) -> None:
        parquet = self.forms.button(1)
        if not _HAS_PARQUET:
            if parquet.isChecked():  # as it was remembered from another time
                self.forms.button(0).setChecked(True)
            parquet.setEnabled(False)
            parquet.setToolTip(tr("Not installed here: pip install 'hmi[parquet]'"))
        for one in self.values.buttons():
            one.setEnabled(self.form in _TABLES)

    def choose(self) -> None:
        """Ask where to, beginning where the last one went."""
        folder = Path(self.remembered.folder) if self.remembered.folder else usual_folder()
        name = f"{self._name()}.{self.form}"
        if not self._free:
            self.save(_unused(usual_folder() / name))
            return
        self.dialog = QFileDialog(self.window(), tr("Export"), str(folder if folder.is_dir() else Path.home()))
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setDefaultSuffix(self.form)
        self.dialog.setNameFilter(f"{tr(FORMS[max(0, self.forms.checkedId())][1])} (*.{self.form})")
        self.dialog.selectFile(name)
        self.dialog.fileSelected.connect(self._chosen)
        self.dialog.open()

    def save(self, path: Path) -> None:
        """Write it there."""
        values = VALUES[max(0, self.values.checkedId())][0]
        self.remembered = Remembered(str(path.parent), self.form, values)
        remember(self._memory, self.remembered)
        try:
            asked, open_file = self._asked(values)
        except ValueError as error:
            self.told.say(words.sentence(said(str(error))))
            return
        self.job = ExportJob(self.desk.wire, asked, path, open_file)
        self.job.told.connect(self.told.say)
        self.job.ended.connect(self._ended)
        self.told.say(tr("Exporting …"))
        self._be_busy(True)
        self.job.start()

    def _asked(self, values: str) -> tuple[Asked, Callable[[Path], HistoryFile]]:
        """What of history is needed, and what is made of it; raises ValueError for too many steps."""
        tags, (start, stop) = self.shown.tags, self.shown.span
        if self.form == "png":
            image = self.shown.picture()
            return Asked((), start, stop), lambda path: PictureFile(path, image)
        if self.form == "pdf":
            paper = self.shown.paper()
            known = tuple(tag for _, _, tag, _ in paper.pens)
            return Asked(known, start, stop, edges=(start, stop), kinds=KINDS), lambda path: ReportFile(path, paper)
        made: Callable[[Path], HistoryFile] = CsvFile if self.form == "csv" else ParquetFile
        whole = Asked(tags, start, stop)
        if values == "raw":
            return whole, made
        if values == "drawn":
            return replace(whole, points=self.shown.points), made
        step = step_of(values)
        edges = edges_of(begin_of(start, step, self.desk.zone), stop, step, self.desk.zone)
        return replace(whole, edges=tuple(edges.tolist())), made

    def _name(self) -> str:
        start, stop = (words.when(edge, self.desk.zone) for edge in self.shown.span)
        return f"trend {start:%Y-%m-%d %H.%M} - {stop:%Y-%m-%d %H.%M}"

    def _chosen(self, path: str) -> None:
        self.save(Path(path))

    def _be_busy(self, busy: bool) -> None:
        for one in (*self.forms.buttons(), *self.values.buttons(), self.save_button):
            one.setEnabled(not busy)
        if not busy:
            self._show_values()

    def _ended(self, well: bool, text: str) -> None:
        if well and self.job is not None:
            start, stop = self.shown.span
            args = {"tags": list(self.shown.tags), "from_ns": start, "to_ns": stop, "file": str(self.job.path)}
            self.desk.wire.ask("exported", args, _no_answer_needed)
        self.job = None
        self.told.play("" if well else "bad")
        self.told.say(said(text))
        self._be_busy(False)
        self.leave_button.setText(tr("Close") if well else tr("Cancel"))

    def _stop(self) -> None:
        """The sheet goes: so does what is not finished."""
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        if self.job is not None:
            self.job.ended.disconnect(self._ended)
            self.job.told.disconnect(self.told.say)
            self.job.cancel()
            self.job = None


def _no_answer_needed(reply: Reply) -> None:
    """The file is there; that the journal cannot be written is told by an alarm of the engine."""


def _unused(path: Path) -> Path:
    """The same name with a number behind it where there is such a file already."""
    numbered: Any = (path.with_stem(f"{path.stem} ({number})") for number in range(2, 1000))
    return path if not path.exists() else next((one for one in numbered if not one.exists()), path)
