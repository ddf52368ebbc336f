"""Choosing pens."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.trends.chooser import Chooser, matching
from hmi.client.trends.pens import MOST
from hmi.core.tags import Tag


def tags(count=3):
    words = ("Filler bowl level", "Filler speed", "Capper torque")
    return [Tag(i, f"line1.tag{i}", "c", "x", "float64", description=words[i % 3]) for i in range(count)]


@pytest.mark.parametrize(
    ("text", "found"), [("", [0, 1, 2]), ("filler", [0, 1]), ("LEVEL fill", [0]), ("tag2", [2]), ("nothing", [])]
)
def test_all_words_must_be_in_name_or_description(text, found):
    assert [tag.index for tag in matching(tags(), text)] == found


@pytest.fixture
def chooser(qtbot, window):
    made = Chooser(window.shell.desk)
    qtbot.addWidget(made)
    made.resize(380, 500)
    made.show()
    return made


def click(qtbot, chooser, row):
    place = chooser.table.visualRect(chooser.model.index(row, 1)).center()
    qtbot.mouseClick(chooser.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_text_tags_are_not_offered(chooser):
    assert all("recipe" not in row[1] for row in chooser.model.rows)
    assert len(chooser.model.rows) == 5


def test_a_click_puts_a_pen_in_and_another_takes_it_out(qtbot, chooser):
    chosen = []
    chooser.chosen.connect(chosen.append)
    chooser.show_pens([0])
    assert chooser.model.rows[0][0] == "✓"
    click(qtbot, chooser, 1)
    click(qtbot, chooser, 0)
    assert chosen == [(0, 1), (1,)]
    assert chooser.told.text() == f"1 of {MOST} used"


def test_searching_narrows_the_list(qtbot, chooser):
    qtbot.keyClicks(chooser.search, "pump")
    assert [row[1].split("·")[-1].strip() for row in chooser.model.rows] == ["pump.speed", "pump.running"]


def test_no_more_than_eight(qtbot, chooser):
    chooser._pens = list(range(100, 100 + MOST))
    chosen = []
    chooser.chosen.connect(chosen.append)
    click(qtbot, chooser, 0)
    assert chosen == []
    assert "At most" in chooser.told.text()
