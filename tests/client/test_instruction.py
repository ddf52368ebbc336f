"""A work instruction over the page."""

import dataclasses

import pytest
from PySide6.QtCore import Qt

TEXT = "# Bowl overflows\n\n1. Stop the filler\n2. <script>alert(1)</script> Close HV-102\n\n[more](https://x.y)\n"


@pytest.fixture
def above(window):
    """What lies above the pages of a plant with one instruction."""
    desk = window.shell.desk
    texts = {**desk.plant.texts, "instructions/overflow.md": TEXT}
    desk.plant = dataclasses.replace(desk.plant, texts=texts)
    return window.shell.above


def test_it_is_read_and_closed_by_key(qtbot, above):
    above.instruction("overflow")
    text = above.overlay.text.toPlainText()
    assert "Stop the filler" in text
    assert "<script>" in text  # markup of other kinds is text
    qtbot.keyClick(above.overlay.text, Qt.Key.Key_Escape)
    assert above.overlay is None


def test_links_lead_nowhere(above):
    above.instruction("overflow")
    assert not above.overlay.text.openLinks()
    above.clear()


def test_one_that_is_not_there_is_said_so(window):
    window.shell.above.instruction("nothing")
    assert window.shell.above.overlay is None
    assert "no instruction nothing" in window.shell.banner.told.whole
