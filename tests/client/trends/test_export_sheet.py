"""Exporting from the window: the form, what of history, where to; progress, the end in one line, and cancelling."""

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog

from hmi.client.trends import export_sheet
from hmi.client.trends.export_memory import Remembered, recall, remember
from hmi.client.trends.export_report import Paper
from hmi.client.trends.export_sheet import FORMS, VALUES, ExportSheet, Shown
from hmi.link.messages import Reply

S = 1_000_000_000


def image():
    made = QImage(300, 200, QImage.Format.Format_RGB32)
    made.fill(QColor("white"))
    return made


def paper():
    return Paper("Trend", ("Small plant",), "by anna", image(), [(QColor("#00007F"), "Level", "tank.level", str)])


@pytest.fixture
def opened(desk, host, hour, tmp_path):
    def make(free=True):
        shown = Shown(("tank.level", "pump.speed"), hour, 30, paper, image)
        return ExportSheet(desk, host, shown, free, tmp_path / "exports.json")

    return make


def choose(sheet, form, values="raw"):
    sheet.forms.button([key for key, _ in FORMS].index(form)).click()
    sheet.values.button([key for key, _ in VALUES].index(values)).click()


@pytest.mark.parametrize(
    ("form", "values", "told"),
    [
        ("csv", "raw", "720 rows"),
        ("csv", "drawn", "42 rows"),
        ("csv", "15m", "10 rows"),  # the hour begins at 07:13, the first quarter at 07:00
        ("parquet", "1h", "4 rows"),
        ("pdf", "raw", "Saved as"),
        ("png", "raw", "Saved as"),
    ],
)
def test_every_form_is_written_told_and_recorded(opened, heard, tmp_path, engine, form, values, told):
    sheet = opened()
    choose(sheet, form, values)
    out = tmp_path / f"out.{form}"
    sheet.save(out)
    assert not sheet.save_button.isEnabled()
    heard(lambda: sheet.job is None)
    assert sheet.told.whole.startswith(told) and sheet.told.whole.endswith(str(out))
    assert out.stat().st_size > 100
    heard(lambda: engine.requests[-1].verb == "exported")
    assert engine.requests[-1].args["file"] == str(out) and engine.requests[-1].args["tags"] == list(sheet.shown.tags)
    assert sheet.save_button.isEnabled() and sheet.leave_button.text() == "Close"
    sheet.leave()
    assert recall(tmp_path / "exports.json") == Remembered(str(tmp_path), form, values)


def test_the_next_one_begins_as_the_last_one_was(opened, heard, tmp_path):
    sheet = opened()
    choose(sheet, "csv", "8h")
    sheet.save(tmp_path / "out.csv")
    heard(lambda: sheet.job is None)
    sheet.leave()
    again = opened()
    assert again.form == "csv" and VALUES[again.values.checkedId()][0] == "8h"
    again.choose()
    assert Path(again.dialog.directory().absolutePath()) == tmp_path
    again.leave()


def test_a_file_is_chosen_in_the_dialog(qtbot, opened, heard, tmp_path, desk):
    sheet = opened()
    sheet.choose()
    dialog = sheet.dialog
    assert isinstance(dialog, QFileDialog) and dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "csv"
    assert "trend 2026-02-25 07.13 - 2026-02-25 08.13" in dialog.selectedFiles()[0]
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(tmp_path / "mine.csv"))
    dialog.accept()
    heard(lambda: (tmp_path / "mine.csv").exists() and sheet.job is None)
    sheet.leave()


def test_values_are_not_asked_of_a_picture(opened):
    sheet = opened()
    choose(sheet, "pdf")
    assert not any(one.isEnabled() for one in sheet.values.buttons())
    choose(sheet, "parquet")
    assert all(one.isEnabled() for one in sheet.values.buttons())
    sheet.leave()


def test_closing_it_cancels_and_leaves_no_file(qtbot, opened, tmp_path, engine):
    engine.answers["samples"] = lambda request: None  # it never answers
    sheet = opened()
    sheet.save(tmp_path / "out.csv")
    qtbot.waitUntil((tmp_path / "out.csv.part").exists)
    job = sheet.job
    sheet.leave()
    job._writer.shutdown()
    assert not list(tmp_path.glob("out.csv*"))


def test_a_fault_is_told_in_its_colour_and_can_be_tried_again(opened, heard, tmp_path, engine):
    engine.answers["samples"] = lambda request: Reply(request.number, False, "history is damaged there")
    sheet = opened()
    sheet.save(tmp_path / "out.csv")
    heard(lambda: sheet.job is None)
    assert sheet.told.whole == "Nothing was exported: history is damaged there"
    assert sheet.told.property("role") == "bad"
    assert sheet.save_button.isEnabled()
    sheet.leave()


def test_in_a_kiosk_no_folder_is_shown(opened, heard, tmp_path, monkeypatch):
    monkeypatch.setattr(export_sheet, "usual_folder", lambda: tmp_path)
    for name in ("trend 2026-02-25 07.13 - 2026-02-25 08.13.csv", "trend 2026-02-25 07.13 - 2026-02-25 08.13 (2).csv"):
        sheet = opened(free=False)
        sheet.choose()
        assert sheet.dialog is None
        heard(lambda sheet=sheet: sheet.job is None)
        assert (tmp_path / name).exists()
        sheet.leave()


def test_more_steps_than_can_be_are_said(desk, host, tmp_path, clock):
    long = (clock.now_ns() - 400 * 86400 * S, clock.now_ns())
    sheet = ExportSheet(desk, host, Shown(("tank.level",), long, 30, paper, image), True, tmp_path / "exports.json")
    choose(sheet, "csv", "1m")
    sheet.save(tmp_path / "out.csv")
    assert sheet.told.whole.startswith("That makes more than 200000 steps") and sheet.job is None
    sheet.leave()


def test_without_pyarrow_there_is_no_parquet_to_choose(opened, monkeypatch, tmp_path):
    monkeypatch.setattr(export_sheet, "_HAS_PARQUET", False)
    remember(tmp_path / "exports.json", Remembered(form="parquet"))
    sheet = opened()
    assert not sheet.forms.button(1).isEnabled() and "hmi[parquet]" in sheet.forms.button(1).toolTip()
    assert sheet.form == "csv"
    sheet.leave()
