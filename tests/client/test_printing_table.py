"""A table on paper: every row, on as many sheets as it takes."""

import re

import pytest

from hmi.client.printing_table import table_pdf

COLUMNS = ("Time", "Alarm", "Why")


def sheets(data):
    return len(re.findall(rb"/Type /Page\n", data))


@pytest.mark.parametrize(("rows", "least", "most"), [(0, 1, 1), (10, 1, 1), (500, 8, 20)])
def test_as_many_sheets_as_it_takes(qapp, rows, least, most):
    lines = [("10:00:00", f"Bowl level {number}", "known cause") for number in range(rows)]
    data = table_pdf("Journal", COLUMNS, (1, 2, 3), lines, "foot")
    assert data.startswith(b"%PDF-")
    assert least <= sheets(data) <= most


def test_a_long_text_is_wrapped_and_one_without_an_end_is_cut(qapp):
    few = [("10:00:00", "Bowl level", "because " * 40)] * 20
    assert sheets(table_pdf("Journal", COLUMNS, (1, 2, 3), few, "")) == 2
    endless = [("10:00:00", "Bowl level", "x" * 100_000)]
    assert sheets(table_pdf("Journal", COLUMNS, (1, 2, 3), endless, "")) == 1
