"""The text of a step: it opens nothing and loads nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument

from hmi.client.instructions.text import StepText

IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def text(qtbot, bench, desk):
    made = StepText(desk)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src='file:///etc/passwd'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>* { color: red }</style>",
        "<table><tr><td>x</td></tr></table>",
    ],
)
def test_html_is_text(text, hostile):
    text.put(f"Words {hostile}")
    assert hostile in text.toPlainText()


def test_nothing_is_loaded_and_nothing_is_opened(text, tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    text.put(f"![x]({picture}) ![y](https://example.com/a.png) [z](https://example.com)")
    for name in (str(picture), "https://example.com/a.png", QUrl.fromLocalFile(str(picture))):
        assert text.loadResource(IMAGE, name) is None
    assert not text.openLinks() and not text.openExternalLinks()


def test_a_link_says_where_it_leads(qtbot, text):
    with qtbot.waitSignal(text.asked) as heard:
        text.anchorClicked.emit(QUrl("screen:filler"))
    assert heard.args == ["screen", "filler"]


def test_a_long_text_begins_at_its_beginning(text):
    text.resize(300, 100)
    text.put("# First\n\n" + "words\n\n" * 200 + "- a\n- b")
    assert text.verticalScrollBar().value() == 0
