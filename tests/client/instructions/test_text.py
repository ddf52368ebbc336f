"""The text of a step: it opens nothing and loads nothing; drawings stand beside it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QWidget

from hmi.client.instructions.text import Drawing, Large, StepText
from hmi.core.steps.model import Picture

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


def test_a_drawing_is_shown_and_enlarged_by_a_touch(qtbot, bench, desk):
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    host.show()
    drawing = Drawing(desk, Picture("pump.svg", "The pump"), host)
    drawing.setParent(host)
    drawing.resize(200, 100)
    drawing.show()
    assert drawing.is_there and drawing.accessibleName() == "The pump"
    assert not drawing.grab().isNull()
    qtbot.mouseClick(drawing, Qt.MouseButton.LeftButton)
    large = host.findChild(Large)
    assert large.isVisible() and large.drawing.width() > 400
    qtbot.mouseClick(large, Qt.MouseButton.LeftButton)
    assert not large.isVisible()


def test_one_that_is_not_there_says_its_words(qtbot, bench, desk):
    drawing = Drawing(desk, Picture("none.svg"))
    qtbot.addWidget(drawing)
    assert not drawing.is_there
    assert not drawing.grab().isNull()
