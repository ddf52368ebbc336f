"""The rows of a list as a file: a table or paper, whole or not at all."""

import csv

import pytest

from hmi.client.takeaway import Takeaway, table_of

COLUMNS = ("Time", "What", "Why")
LINES = [("2026-11-22 10:00:00", "Raised", "=SUM(A1)"), ("2026-11-22 10:00:05", "Acknowledged", "Ölstand <geprüft>")]


@pytest.fixture
def way_out(qtbot, desk, window):
    return Takeaway(desk, window, "Journal", COLUMNS, (1, 1, 3))


def heard(qtbot, way_out, path, lines=LINES):
    said = []
    way_out.told.connect(said.append)
    way_out.save(path, lambda: lines)
    qtbot.waitUntil(lambda: len(said) == 2, timeout=20_000)
    return said[-1]


def test_a_table_that_no_spreadsheet_takes_for_a_formula(qtbot, way_out, tmp_path):
    path = tmp_path / "journal.csv"
    assert heard(qtbot, way_out, path) == f"Exported: {path}"
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [list(COLUMNS), [*LINES[0][:2], "'=SUM(A1)"], list(LINES[1])]


def test_paper_has_all_rows_with_their_head(qtbot, way_out, tmp_path):
    path = tmp_path / "journal.pdf"
    assert heard(qtbot, way_out, path, LINES * 300) == f"Exported: {path}"
    data = path.read_bytes()
    assert data.startswith(b"%PDF-") and data.count(b"/Type /Page\n") > 5
    assert [one.name for one in tmp_path.iterdir()] == ["journal.pdf"]


def test_where_it_cannot_be_written_is_told_and_nothing_is_left(qtbot, way_out, tmp_path):
    said = heard(qtbot, way_out, tmp_path / "away" / "journal.csv")
    assert "cannot be written" in said and "\n" not in said
    assert list(tmp_path.iterdir()) == []


def test_where_to_is_asked_for_and_the_name_says_what_it_is(qtbot, way_out, tmp_path, monkeypatch):
    monkeypatch.setattr("hmi.client.takeaway.usual_folder", lambda: tmp_path)
    way_out.choose(lambda: LINES)
    assert way_out.dialog.selectedFiles()[0].endswith(".pdf")
    assert "Journal 20" in way_out.dialog.selectedFiles()[0]
    way_out.dialog.reject()


def test_what_stands_in_a_cell_is_text_and_never_markup():
    assert "<geprüft>" in table_of(COLUMNS, LINES).decode("utf-8-sig")
