"""What others wrote stays text in a spreadsheet, and what is a number stays one."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.spreadsheet import safe


@pytest.mark.cr("3.5")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+2", "'=1+2"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("+1+1", "'+1+1"),
        ("-2-cmd|' /C calc'!A0", "'-2-cmd|' /C calc'!A0"),
        ("\uff1dcmd", "'\uff1dcmd"),
        ("Tank;=cmd|' /C calc'!A0;full", "Tank;'=cmd|' /C calc'!A0;full"),
        ("Tank; @SUM(A1)", "Tank; '@SUM(A1)"),
        ("two\n=lines", "two\n'=lines"),
        ("", ""),
        ("a=1", "a=1"),
        (" =1", "' =1"),
        ('Tank;"=cmd', "Tank;\"'=cmd"),
        ("a,=1", "a,=1"),
        ("-12.5", "-12.5"),
        ("-1,234.5e-3", "-1,234.5e-3"),
        ("range; -5 to 5", "range; -5 to 5"),
        ("a - b", "a - b"),
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text: str, shown: str):
    assert safe(text) == shown


@settings(max_examples=1000, deadline=None)
@given(st.text(st.sampled_from("=+-@;,\t\r\n'\"a1 \uff1d"), max_size=12), st.sampled_from(",;\t"))
def test_no_cell_of_any_reader_begins_with_a_formula(text: str, separator: str):
    """Written with commas, as we do, and cut where a spreadsheet of another country cuts, quotes or no quotes."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow(["x", safe(text)])
    cells = list(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=separator))
    if separator != ",":  # that is ours: it is only cut where there are no quotes around it
        cells += [out.getvalue().split(separator)]
    for cell in (cell.lstrip(" ") for row in cells for cell in row[1:]):
        assert cell[:1] not in ("=", "@", "\uff1d"), (text, cell)
