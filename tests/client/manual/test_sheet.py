"""The manual over the page."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextCursor, QTextDocument

from hmi.client.keylist import KeyList
from hmi.client.language import speak
from hmi.client.manual.book import Book
from hmi.client.manual.sheet import Manual
from hmi.client.window import Window

IMAGE = QTextDocument.ResourceType.ImageResource.value
HOSTILE = """# Hostile
<script>alert(1)</script><img src="https://example.com/x.png">

![remote](https://example.com/x.png) ![other](file:///etc/passwd) ![up](pictures/../../secret.png)
[out](https://example.com) [script](javascript:alert(1)) [there](other.md#there)

## Below
Text.
"""


@pytest.fixture
def shown(qtbot: Any, window: Window) -> Manual:
    """The manual, opened by F1 on the alarms page."""
    window.shell.go(":alarms")
    qtbot.keyClick(window, Qt.Key.Key_F1)
    overlay = window.shell.above.overlay
    assert isinstance(overlay, Manual)
    return overlay


def hostile(window: Window) -> Manual:
    """A book that means no good."""
    book = Book({"hostile.md": HOSTILE, "other.md": "# Other\n\n## There\nHere.\n"})
    return Manual(window.shell.desk, window.shell.middle, book, book.sections[0])


def heading_on_top(shown: Manual) -> str:
    return shown.chapter.textCursor().block().text()


def test_f1_opens_it_where_it_tells_of_the_page_and_closes_it_again(qtbot: Any, window: Window, shown: Manual) -> None:
    assert shown.chapter.file == "operating.md"
    assert heading_on_top(shown) == "Alarms"
    assert shown.shown[shown.contents.currentIndex().row()].title == "Alarms"
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.shell.above.overlay is None


def test_a_chapter_is_one_click_away(qtbot: Any, shown: Manual) -> None:
    row = next(number for number, one in enumerate(shown.shown) if one.place == "security.md")
    shown.contents.scrollTo(shown.model.index(row, 0))
    place = shown.contents.visualRect(shown.model.index(row, 0)).center()
    qtbot.mouseClick(shown.contents.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.chapter.file == "security.md"
    assert shown.chapter.toPlainText().startswith("Security")


def test_it_is_searched_as_one_types_and_enter_opens_the_first(qtbot: Any, shown: Manual) -> None:
    qtbot.keyClicks(shown.entry, "shelved suppressed faceplate")
    assert 0 < shown.model.rowCount() < len(shown.book.sections)
    qtbot.keyClick(shown.entry, Qt.Key.Key_Return)
    marked = {mark.cursor.selectedText().lower() for mark in shown.chapter.extraSelections()}
    assert "shelved" in marked
    shown.entry.setText("nobody wrote this word: xyzzy")
    assert shown.model.rowCount() == 0
    assert "no section" in shown.told.whole
    shown.entry.clear()
    assert shown.model.rowCount() == len(shown.book.sections)


def test_its_own_links_are_followed_and_no_others(window: Window) -> None:
    made = hostile(window)
    for link in ("https://example.com", "javascript:alert(1)", "file:///etc/passwd", "//host/other.md", "gone.md"):
        made.chapter.anchorClicked.emit(QUrl(link))
        assert made.chapter.file == "hostile.md", link
    made.chapter.anchorClicked.emit(QUrl("other.md#there"))
    assert (made.chapter.file, heading_on_top(made)) == ("other.md", "There")
    made.leave()


def test_it_loads_nothing_but_its_own_pictures(window: Window) -> None:
    made = hostile(window)
    assert "<script>" in made.chapter.toPlainText()
    for name in ("https://example.com/x.png", "file:///etc/passwd", "/etc/passwd", "pictures/../../secret.png"):
        assert made.chapter.loadResource(IMAGE, QUrl(name)) is None, name
    picture = made.chapter.loadResource(IMAGE, QUrl("pictures/filler.png"))
    assert isinstance(picture, QImage)
    assert picture.width() <= made.chapter.viewport().width()
    made.leave()


def test_the_keys_are_listed_from_it(qtbot: Any, window: Window, shown: Manual) -> None:
    shown._ask_keys()
    assert isinstance(window.shell.above.overlay, KeyList)


def test_upright_the_contents_stand_above(window: Window, shown: Manual) -> None:
    window.resize(800, 1280)
    assert shown._side.geometry().bottom() <= shown.chapter.geometry().top()
    window.resize(1280, 800)
    assert shown._side.geometry().right() <= shown.chapter.geometry().left()


def test_a_faceplate_in_hand_opens_its_chapter(qtbot: Any, window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    plates = window.shell.above._faceplates()
    monkeypatch.setattr(type(plates), "have_keyboard", True)
    window.shell.act("help")
    assert heading_on_top(window.shell.above.overlay) == "Faceplates"


def test_in_another_language_it_says_that_it_is_english(window: Window) -> None:
    speak("de")
    window.shell.act("help")
    from hmi.client.page import Words

    texts = [words.whole for words in window.shell.above.overlay.findChildren(Words)]
    assert "Das Handbuch ist auf Englisch" in texts


def test_without_a_manual_the_window_says_so(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmi.client.manual.book.manual", lambda: Book({}))
    window.shell.act("help")
    assert window.shell.above.overlay is None
    assert "manual cannot be read" in window.shell.banner.told.whole


def test_every_paragraph_has_a_place_of_its_own(shown: Manual) -> None:
    layout = shown.chapter.document().documentLayout()
    block, below = shown.chapter.document().begin(), 0.0
    while block.isValid():
        place = layout.blockBoundingRect(block)
        if block.text().strip():
            assert place.height() > 0, block.text()
        if QTextCursor(block).currentTable() is None:
            assert place.top() >= below - 1, block.text()
            below = place.top() + place.height() / 2
        block = block.next()
