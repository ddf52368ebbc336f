"""Takes the rows of a list out of the window: as a table for a spreadsheet, or as paper; written by a thread."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk
from hmi.client.printing_table import table_pdf
from hmi.client.trends.export_files import whole
from hmi.client.trends.export_memory import usual_folder
from hmi.core.spreadsheet import safe

Lines = Iterable[Sequence[str]]
_FILTERS: Final = ("PDF (*.pdf)", "CSV (*.csv)")


class Takeaway(QObject):
    """One list's way out; lives on the Qt thread. `told` says in words how it went."""

    told = Signal(str)
    _ended = Signal(str)  # from the thread that wrote

    def __init__(self, desk: Desk, owner: QWidget, title: str, columns: Sequence[str], widths: Sequence[float]) -> None:
        """`widths`: of the columns on paper, as shares."""
        super().__init__(owner)
        self.desk, self.title, self.columns, self.widths = desk, title, tuple(columns), tuple(widths)
        self.dialog: QFileDialog | None = None
        self._owner = owner
        self._lines: Callable[[], Lines] = list
        self._ended.connect(self.told)

    def choose(self, lines: Callable[[], Lines]) -> None:
        """Ask where to, then write what `lines` gives: it is called by the thread that writes."""
        self._lines = lines
        name = f"{self.title} {words.when(self.desk.mirror.now_ns(), self.desk.zone):%Y-%m-%d %H.%M}"
        if getattr(self._owner.window(), "kiosk", False):  # whoever stands there sees nothing of the computer's files
            self.save(usual_folder() / f"{name}.pdf", lines)
            return
        self.dialog = QFileDialog(self._owner.window(), tr("Export"), str(usual_folder()))
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setNameFilters(_FILTERS)
        self.dialog.setDefaultSuffix("pdf")
        self.dialog.filterSelected.connect(self._follow)
        self.dialog.selectFile(f"{name}.pdf")
        self.dialog.fileSelected.connect(self._chosen)
        self.dialog.open()

    def save(self, path: Path, lines: Callable[[], Lines]) -> None:
        """Write it there: a table where the name ends in .csv, else paper."""
        self.told.emit(tr("Exporting …"))
        plant, now = self.desk.plant, self.desk.mirror.now_ns()
        made = words.second(now, self.desk.zone)
        foot = " · ".join((f"{self.title}, {plant_text(plant.name)}", made, self.desk.user, self.desk.station)).strip(
            " ·"
        )
        columns, widths, title = self.columns, self.widths, self.title
        if path.suffix.lower() == ".csv":
            wanted = lambda: table_of(columns, lines())  # noqa: E731
        else:
            wanted = lambda: table_pdf(title, columns, widths, lines(), foot)  # noqa: E731
        done = tr("Exported: {file}", file=str(path))
        writer = ThreadPoolExecutor(1, thread_name_prefix="hmi-takeaway")
        writer.submit(_write, path, wanted).add_done_callback(lambda step: self._tell(step, done))
        writer.shutdown(wait=False)

    def _chosen(self, path: str) -> None:
        self.save(Path(path), self._lines)

    def _follow(self, chosen: str) -> None:
        if self.dialog is not None:
            self.dialog.setDefaultSuffix("csv" if "csv" in chosen else "pdf")

    def _tell(self, step: Future[None], done: str) -> None:
        fault = step.exception()
        self._ended.emit(done if fault is None else str(fault))


def table_of(columns: Sequence[str], lines: Lines) -> bytes:
    """The rows as CSV; text that a spreadsheet would take for a formula is made plain."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(map(safe, line) for line in lines)
    return file.getvalue().encode("utf-8-sig")


def _write(path: Path, wanted: Callable[[], bytes]) -> None:
    with whole(path) as part:
        part.write_bytes(wanted())
