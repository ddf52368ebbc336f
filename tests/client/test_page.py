"""What pages and labels promise."""

from PySide6.QtCore import Qt

from hmi.client.page import Page, Words, button, panel


def test_words_are_never_read_as_markup(qtbot):
    label = Words("<b>not bold</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == "<b>not bold</b>"


def test_words_too_long_are_shortened_and_told_whole_in_the_tooltip(qtbot):
    label = Words("a very long description of a tag of the filler", elide=True)
    qtbot.addWidget(label)
    label.resize(90, 20)
    label.show()
    assert label.text().endswith("…")
    assert label.toolTip() == label.whole
    label.resize(900, 20)
    assert label.text() == label.whole
    assert label.toolTip() == ""


def test_words_change_their_role(qtbot):
    label = Words("x", "muted")
    qtbot.addWidget(label)
    label.play("bad")
    assert label.property("role") == "bad"


def test_buttons_never_take_the_enter_key_of_a_dialog(qtbot):
    made = button("Go", "main", "tip", checkable=True)
    qtbot.addWidget(made)
    assert not made.autoDefault()
    assert made.isCheckable()
    assert made.toolTip() == "tip"


def test_a_plain_page_shows_no_tags_and_is_ready(qtbot, window):
    page = Page(window.shell.desk)
    qtbot.addWidget(page)
    assert len(page.tags()) == 0
    assert page.ready()
    frame = panel()
    qtbot.addWidget(frame)
    assert frame.objectName() == "panel"
