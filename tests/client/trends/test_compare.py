"""What can be done with a trend, on the page itself: shift, compare, note, export, copy."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hmi.client.trends.compare import table_text
from hmi.client.trends.compare_histogram import HistogramStudy
from hmi.client.trends.compare_overlay import RunsStudy
from hmi.client.trends.compare_xy import XyStudy
from hmi.client.trends.export_sheet import ExportSheet
from hmi.client.trends.notes import NoteSheet
from hmi.link.messages import Reply

S = 1_000_000_000
DAY = 86_400 * S


@pytest.fixture
def page(window):
    window.shell.go(":trends")
    window.frame.beat()
    return window.shell.page


def act(menu, text):
    """Do what an entry of the menu says."""
    entries = [one for top in menu.actions() for one in (top.menu().actions() if top.menu() else [top])]
    next(one for one in entries if one.text() == text).trigger()
    menu.deleteLater()


def asked(engine, verb="history"):
    return [request.args for request in engine.requests if request.verb == verb]


def test_yesterday_is_drawn_beside_today_and_taken_away(page, engine, window, clock):
    act(page.tools.menu(), "Yesterday")
    window.frame.beat()
    assert [(pen.tag.name, pen.shift_ns, pen.number) for pen in page.pens][-1] == ("tank.level", DAY, 4)
    assert asked(engine)[-1]["to_ns"] > clock.now_ns() - DAY
    assert asked(engine)[-1]["from_ns"] < clock.now_ns() - DAY - 500 * S
    ghost = page.pens[-1]
    assert ghost.series.window is not None and page.ready()
    moment = clock.now_ns() - 60 * S
    assert ghost.strokes.at(moment)[0] == pytest.approx(((moment - DAY) // S % 6000) / 60.0, abs=0.2)
    assert page.model.data(page.model.index(3, 1)) == "Tank level · Yesterday"
    act(page.tools.menu(), "Yesterday")
    assert len(page.pens) == 4  # once is enough
    page.choose((1, 0))
    assert [pen.shift_ns for pen in page.pens] == [0, 0, DAY]
    assert page.pens[1] is not page.pens[2]
    act(page.tools.menu(), "Take shifted pens away")
    assert [pen.tag.name for pen in page.pens] == ["tank.temperature", "tank.level"]


def test_a_shift_from_cursor_to_cursor(page, window):
    page.toolbar.pair_button.click()
    first, second = page.plot.pair_ns
    menu = page.tools.menu()
    texts = [one.text() for top in menu.actions() if top.menu() for one in top.menu().actions()]
    assert texts[-1].startswith("From cursor to cursor: 3 min")
    act(menu, texts[-1])
    assert page.pens[-1].shift_ns == second - first


def test_the_run_before_is_laid_under_the_present_one(page):
    study = page.tools.study(RunsStudy)
    study.shift_asked.emit(600 * S)
    study.leave()
    assert (page.pens[-1].shift_ns, page.pens[-1].said) == (600 * S, "run before")


@pytest.mark.parametrize("kind", [XyStudy, HistogramStudy, RunsStudy])
def test_each_comparison_opens_over_the_page_and_esc_closes_it(qtbot, page, kind):
    page.table.selectRow(1)
    study = page.tools.study(kind)
    assert isinstance(page.tools.sheet, kind) and study.sight.tags[study.sight.chosen].name == "tank.temperature"
    assert study.sight.span[1] <= page.desk.mirror.now_ns()
    qtbot.keyClick(study, Qt.Key.Key_Escape)
    assert page.tools.sheet is None


def test_without_pens_there_is_nothing_to_compare_or_export(page):
    page.set_pens([])
    assert page.tools.study(XyStudy) is None
    page.tools.export()
    assert page.tools.sheet is None
    menu = page.tools.menu()
    off = [one.text() for one in menu.actions() if not one.isEnabled()]
    assert off == ["Runs over each other …", "XY plot …", "Histogram and capability …", "Shift in time"]
    menu.deleteLater()


def test_a_note_by_key_is_about_the_pointer_and_marked_when_it_is_kept(qtbot, page, engine, window, clock):
    page.setFocus()
    page.plot.point(clock.now_ns() - 30 * S)
    page.toolbar.pair_button.click()
    qtbot.keyClick(page, Qt.Key.Key_N)
    sheet = page.tools.sheet
    assert isinstance(sheet, NoteSheet)
    names = [name for name, _ in page.tools.whens()]
    assert names == ["The pointer", "From cursor to cursor", "Now", "What is in view"]
    kept = []

    def keep(request):
        kept.append(request.args)
        return Reply(request.number, True, "kept", {"id": 1})

    engine.answers["note"] = keep
    engine.answers["notes"] = lambda request: Reply(
        request.number,
        True,
        "",
        [{"id": 1, "time_ns": clock.now_ns(), "source_ns": args["from_ns"], "category": "note", "subject": args["tag"],
          "why": args["text"], "user": "anna"} for args in kept],
    )  # fmt: skip
    sheet.text.setPlainText("Seal changed")
    sheet.keep()
    window.frame.beat()
    assert kept[0]["from_ns"] == pytest.approx(clock.now_ns() - 30 * S, abs=S) and kept[0]["tag"] == "tank.level"
    window.frame.beat()
    [mark] = page.plot.marks.events
    assert (mark.kind, mark.time_ns) == ("note", kept[0]["from_ns"])
    assert "Seal changed" in page.plot.told_at(mark.time_ns)
    page.plot.grab()


def test_letters_typed_into_a_field_are_no_keys_of_the_trend(qtbot, page):
    page.toolbar.choose_button.click()
    page.chooser.search.setFocus()
    qtbot.keyClicks(page.chooser.search, "ne")
    assert page.chooser.search.text() == "ne" and page.tools.sheet is None


def test_export_is_of_the_pens_and_what_is_in_view(qtbot, page, clock, tmp_path, monkeypatch):
    monkeypatch.setattr("hmi.client.trends.export_sheet.usual_file", lambda station: tmp_path / "exports.json")
    page.setFocus()
    act(page.tools.menu(), "Yesterday")
    qtbot.keyClick(page, Qt.Key.Key_E)
    sheet = page.tools.sheet
    assert isinstance(sheet, ExportSheet)
    assert sheet.shown.tags == ("tank.level", "tank.temperature", "pump.speed")
    assert sheet.shown.span[1] == clock.now_ns()
    paper = sheet.shown.paper()
    assert paper.lines[0] == "Small plant" and "CET" in paper.lines[1]
    assert paper.foot == "Exported by anna at desk, 2026-02-25 07:13"
    assert [tag for _, _, tag, _ in paper.pens] == list(sheet.shown.tags)
    assert sheet.shown.picture().width() >= 2 * page.plot.width()
    sheet.leave()


def test_the_clipboard_takes_the_table_and_the_picture(qtbot, page):
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Pen\t") and lines[1].startswith("Tank level\t")
    assert len({line.count("\t") for line in lines}) == 1
    assert page.toolbar.told.whole == "The table is on the clipboard"
    assert table_text(page.table) == QApplication.clipboard().text()
    page.tools.copy_picture()
    assert QApplication.clipboard().image().width() >= page.plot.width()


def test_in_a_kiosk_the_export_shows_no_folders(page, window, tmp_path, monkeypatch):
    monkeypatch.setattr("hmi.client.trends.export_sheet.usual_file", lambda station: tmp_path / "exports.json")
    for kind, free in (("kiosk", False), ("main", True)):
        window.shell.kind = kind
        page.tools.export()
        assert page.tools.sheet._free is free
        page.tools.sheet.leave()
