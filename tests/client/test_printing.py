"""What goes on paper: every line of it, on sheets with a foot."""

import re

from hmi.client.printing import pdf_of

ROWS = "".join(f"<tr><td>{number}</td><td>Bowl level high</td></tr>" for number in range(200))
PAGE = f"<html><head><style>p {{}}</style></head><body><table>{ROWS}</table></body></html>"


def sheets(data):
    return len(re.findall(rb"/Type /Page\n", data))


def size(data):
    return [round(float(one)) for one in re.search(rb"/MediaBox \[([\d. ]+)\]", data)[1].split()[2:]]


def test_a_long_table_takes_as_many_sheets_as_it_needs(qapp):
    short, long = pdf_of("<p>No alarm</p>", "Journal", "foot"), pdf_of(PAGE, "Journal", "foot")
    assert sheets(short) == 1
    assert 3 <= sheets(long) <= 8
    assert short.startswith(b"%PDF-")


def test_a_wide_one_lies_on_its_side(qapp):
    assert size(pdf_of(PAGE, "Journal", "foot")) == [595, 842]
    assert size(pdf_of(PAGE, "Journal", "foot", landscape=True)) == [842, 595]
