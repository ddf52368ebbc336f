"""`hmi alarms document` of the demo plant."""

import csv
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO

import pytest

from hmi.cli import main
from hmi.commands.alarm_document import table
from hmi.commands.children import hmi_command
from hmi.core.alarms.document import COLUMNS
from hmi.plantfiles.folder import check_folder, find_plant, load_folder


def test_the_table_has_every_alarm_with_its_rationalisation(tmp_path):
    out = tmp_path / "alarms.csv"
    assert main(["alarms", "document", "bottling", "--out", str(out)]) == 0
    found = list(csv.DictReader(StringIO(out.read_text(encoding="utf-8"))))
    plant, _ = check_folder(find_plant("bottling"))
    assert {row["id"] for row in found} == {rule.id for rule in plant.all_rules}
    assert list(found[0]) == list(COLUMNS)
    needed = ("cause", "effect", "action", "class", "computed", "rationalised", "raised", "shelving", "status")
    assert [row["id"] for row in found if not all(row[key] for key in needed)] == []


def test_the_page_is_one_file_that_a_browser_prints(tmp_path, capsys):
    out = tmp_path / "alarms.html"
    assert main(["alarms", "document", "bottling", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    HTMLParser().feed(text)
    assert "@media print" in text and "<script" not in text and "http" not in text
    assert text.count("<article>") == len(check_folder(find_plant("bottling"))[0].all_rules)
    assert str(out) in capsys.readouterr().out


def test_on_paper_it_has_sheets_with_every_alarm(tmp_path):
    out = tmp_path / "alarms.pdf"
    command = hmi_command("alarms", "document", "bottling", "--out", str(out))
    assert subprocess.run(command, timeout=60, check=False).returncode == 0  # in a process that has no Qt yet
    data = out.read_bytes()
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    assert data.count(b"/Type /Page\n") > 20
    assert [path.name for path in tmp_path.iterdir()] == ["alarms.pdf"]


@pytest.mark.parametrize(
    ("name", "text"), [("a.docx", "FILE.pdf, FILE.html or FILE.csv"), ("away/a.csv", "cannot be written")]
)
def test_where_it_cannot_go_is_said_in_one_line(tmp_path, capsys, name, text):
    assert main(["alarms", "document", "bottling", "--out", str(tmp_path / name)]) == 1
    told = capsys.readouterr().err
    assert text in told and told.count("\n") == 1


def test_a_spreadsheet_takes_no_text_for_a_formula():
    plant = load_folder(find_plant("bottling"))
    hostile = replace(plant, rules=(replace(plant.rules[0], cause="=cmd|' /C calc'!A0", effect=""),))
    row = next(row for row in csv.DictReader(StringIO(table(hostile), newline="")) if row["id"] == plant.rules[0].id)
    assert row["cause"] == "'=cmd|' /C calc'!A0"
    assert row["effect"] == "", "an empty cell stays empty"
