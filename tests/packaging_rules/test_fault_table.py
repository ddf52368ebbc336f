"""The table of faults is what a test run says, row by row, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "fault_table.py"
RESULTS = """<?xml version="1.0"?><testsuites><testsuite>
<testcase name="test_killed[3]"><properties><property name="rows" value="1"/>
<property name="measured" value="live again: 2.10 s (at most 5 s)"/></properties></testcase>
<testcase name="test_killed[300]"><properties><property name="rows" value="1"/></properties>
<skipped message="a long trial"/></testcase>
<testcase name="test_frozen"><properties><property name="rows" value="2 3"/></properties>
<failure message="x">trace</failure></testcase>
<testcase name="test_network"><properties><property name="rows" value="4"/></properties>
<skipped message="networks of our own need root"/></testcase>
<testcase name="test_of_something_else"/>
</testsuite></testsuites>"""
PAGE = "# Faults\n\n<!-- faults: written by make faults -->\nold\n<!-- end of faults -->\n\nThe end.\n"


def run(folder: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    (folder / "faults.xml").write_text(RESULTS)
    command = [sys.executable, str(SCRIPT), str(folder / "faults.xml"), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)


def test_each_row_is_passed_failed_or_not_run_and_says_why(tmp_path):
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (1, "1 passed, 2 failed, 47 not run\n")
    lines = (tmp_path / "faults.md").read_text().splitlines()
    assert lines[2].startswith("| 1 | A server is killed and comes back | passed | 1 (+1 not run) | live again: 2.10 s")
    assert "| failed: test_frozen | 1 |" in lines[3]
    assert "| not run | 0 (+1 not run) | networks of our own need root |" in lines[5]
    assert "speaks no Sparkplug" in lines[50]
    rows = json.loads((tmp_path / "faults.json").read_text())["rows"]
    assert [row["row"] for row in rows] == list(range(1, 51))
    assert rows[0]["passed"] == ["test_killed[3]"]


def test_the_table_of_the_manual_is_written_between_its_marks(tmp_path):
    page = tmp_path / "faults_chapter.md"
    page.write_text(PAGE)
    run(tmp_path, "--manual", str(page))
    text = page.read_text()
    assert text.startswith("# Faults\n\n<!-- faults: written by make faults -->\n| # | fault |")
    assert text.endswith("<!-- end of faults -->\n\nThe end.\n")
    assert "\nold\n" not in text


@pytest.mark.parametrize("text", ["# Faults\n", "<!-- faults: written by make faults -->\n"])
def test_a_chapter_without_marks_is_left_alone(tmp_path, text):
    page = tmp_path / "chapter.md"
    page.write_text(text)
    done = run(tmp_path, "--manual", str(page))
    assert done.returncode == 1 and "nothing was written" in done.stderr
    assert page.read_text() == text


def test_the_manual_has_the_marks():
    text = (SCRIPT.parents[1] / "resources" / "manual" / "faults.md").read_text(encoding="utf-8")
    assert text.count("<!-- faults: written by make faults -->") == text.count("<!-- end of faults -->") == 1


def test_of_a_trial_that_was_run_again_the_last_result_holds(tmp_path):
    again = tmp_path / "again.xml"
    again.write_text(RESULTS.replace('<failure message="x">trace</failure>', ""))
    done = run(tmp_path, str(again))
    assert (done.returncode, done.stdout) == (0, "3 passed, 0 failed, 47 not run\n")
