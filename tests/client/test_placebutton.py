"""One row of the column of places."""

import pytest
from PySide6.QtCore import QPoint, Qt

from hmi.client.alarms.summary import Tally
from hmi.client.placebutton import PlaceButton
from hmi.client.places import Place
from hmi.client.theme import day


def row(qtbot, place):
    """A row of usual width."""
    made = PlaceButton(place, place.title, day(), 36)
    qtbot.addWidget(made)
    made.resize(240, 36)
    made.show()
    return made


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(), "Tank"),
        (Tally(1, 1, 2), "Tank, 1 alarm of priority 2"),
        (Tally(4, 1, 1), "Tank, 4 alarms, highest priority 1"),
    ],
)
def test_its_alarms_are_told_in_words_too(qtbot, tally, words):
    made = row(qtbot, Place("tank", "Tank"))
    made.show_tally(tally, True, day())
    assert made.accessibleName() == words


def test_a_group_is_folded_wherever_it_is_clicked(qtbot):
    made = row(qtbot, Place("@hall", "Hall", children=2))
    folds, clicks = [], []
    made.fold_asked.connect(folds.append)
    made.clicked.connect(lambda: clicks.append(True))
    for x in (5, 200):
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(x, 18))
    qtbot.keyClick(made, Qt.Key.Key_Return)
    assert (folds, clicks) == (["@hall"] * 3, [])


def test_a_title_that_has_no_room_is_told_in_full(qtbot):
    made = row(qtbot, Place("x", "A screen with a title that is much too long for this"))
    made.grab()
    assert made.toolTip() == made.title
    short = row(qtbot, Place("y", "Tank"))
    short.grab()
    assert short.toolTip() == ""


def test_open_and_folded_look_different(qtbot):
    made = row(qtbot, Place("x", "Tank", children=1))
    is_open = made.grab().toImage()
    made.show_open(False)
    assert made.grab().toImage() != is_open
