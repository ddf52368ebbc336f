"""Two revisions side by side: marks by shape and word, what people wrote as text, pictures of both."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from hmi.client.instructions.diffview import DiffView, marked
from hmi.client.instructions.drawing import Drawing
from hmi.core.steps.diff import Difference, Part, Shown, compared
from hmi.core.steps.model import Picture, Procedure, Read

OLD = Read(id="open", title="Open", text="Turn it left.", pictures=(Picture("pump.svg", "Pump"),))
NEW = Read(id="open", title="Open", text="Turn it right.", pictures=(Picture("pump.svg", "Pump"),))
MORE = Read(id="more", title="Look")


def procedure(*steps, **more):
    return Procedure(instruction="seal", title="Seal", revision="1", sources={}, steps=steps, **more)


@pytest.fixture
def view(qtbot, bench, desk):
    host = QWidget()
    qtbot.addWidget(host)
    made = DiffView(desk, host)
    made.setParent(host)
    host.resize(900, 700)
    made.resize(900, 700)
    host.show()
    return made


def texts(view):
    return [label.text() for label in view.widget().findChildren(QLabel)]


def test_changed_steps_are_marked_and_the_others_are_only_named(view):
    view.show_differences(compared(procedure(OLD, MORE), procedure(NEW, MORE)), "revision 1", "revision 2")
    assert view.rows == ["The whole instruction", "≠ Open · changed", "Look"]
    said = "\n".join(texts(view))
    assert "revision 1" in said and "revision 2" in said
    assert "Turn it <b><s>left</s></b>." in said and "Turn it <b><u>right</u></b>." in said
    assert view.grab().width() == 900


def test_what_came_and_went_is_marked_by_its_sign(view):
    view.show_differences(compared(procedure(OLD), procedure(MORE)))
    assert [row[:1] for row in view.rows[1:]] == ["−", "+"]


def test_pictures_stand_on_both_sides_when_they_differ(view, bench):
    older = bench.attachments.keep_drawing('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    differing = Difference("a", "A", "changed", (), (Shown("pump.svg", older),), (Shown("pump.svg"),))
    view.show_differences([differing])
    view.desk.wire.tick()
    assert [one.is_there for one in view.widget().findChildren(Drawing)] == [True, True]
    same = Difference("a", "A", "changed", (Part("text", "x", "y"),), (Shown("pump.svg"),), (Shown("pump.svg"),))
    view.show_differences([same])
    assert view.widget().findChildren(Drawing) == []


@pytest.mark.parametrize(
    ("before", "after", "is_new", "html"),
    [
        ("<b>x</b>", "<b>y</b>", True, "&lt;b&gt;<b><u>y</u></b>&lt;/b&gt;"),
        ("a\nb", "a\nc", False, "a<br/><b><s>b</s></b>"),
        ("", "<img src='x'>", True, "&lt;img src=&#x27;x&#x27;&gt;"),
        ("x" * 9000, "y", False, "x" * 9000),
    ],
)
def test_what_people_wrote_is_never_markup(before, after, is_new, html):
    assert marked(Part("text", before, after), is_new) == html
