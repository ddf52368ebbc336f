"""A trend on paper: one page or as many as it takes, and the figures of the pens in words."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from hmi.client.trends.export_report import KINDS, Paper, PictureFile, ReportFile, figures_of, pdf_of
from hmi.core.aggregate import Aggregates
from hmi.core.errors import HmiError


def paper(events: int = 0) -> Paper:
    image = QImage(1200, 500, QImage.Format.Format_RGB32)
    image.fill(QColor("#F3F3F3"))
    pens = [
        (QColor("#00007F"), "Tank level", "tank.level", "{:.1f} %".format),
        (QColor("#1B6E5A"), "Speed", "pump.speed", "{:.0f}".format),
    ]
    lines = ("Small plant", "2026-02-25 07:00 to 08:00 CET")
    return Paper("Trend", lines, "exported by anna at desk", image, pens, tuple(f"event {n}" for n in range(events)))


def figures(tag: str, *numbers: float) -> Aggregates:
    edges, values = np.array([0, 10], np.int64), np.array(numbers).reshape(-1, 1)
    return Aggregates(tag, KINDS, edges, values, np.array([0.985]), np.zeros(1, np.uint32))


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", data))


def test_figures_are_written_as_the_pen_writes_its_numbers(qapp):
    made = paper()
    made.statistics["tank.level"] = figures("tank.level", 1.0, 99.0, 50.25, np.nan, 360.0)
    first, second = figures_of(made)
    assert first == ("1", "Tank level", "tank.level", "1.0 %", "99.0 %", "50.2 %", "–", "360", "98.5 %")
    assert second[3:] == ("–",) * 5 + ("",)


@pytest.mark.parametrize(("events", "least", "most"), [(0, 1, 1), (60, 2, 4)])
def test_it_has_as_many_pages_as_it_takes(qapp, events, least, most):
    data = pdf_of(paper(events)).data()
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    assert least <= pages(data) <= most


def test_files_appear_whole_and_from_another_thread(qapp, tmp_path: Path) -> None:
    report, picture = ReportFile(tmp_path / "out.pdf", paper()), PictureFile(tmp_path / "out.png", paper().image)
    report.add(figures("tank.level", 1, 2, 3, 4, 5))
    thread = threading.Thread(target=lambda: (report.keep(), picture.keep()))
    thread.start()
    thread.join()
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
    assert QImage(str(tmp_path / "out.png")).width() == 1200
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_gone_is_one_line(qapp, tmp_path: Path) -> None:
    for file in (ReportFile(tmp_path / "no" / "out.pdf", paper()), PictureFile(tmp_path / "no" / "x", paper().image)):
        file.drop()
        with pytest.raises(HmiError, match="nothing was exported"):
            file.keep()
