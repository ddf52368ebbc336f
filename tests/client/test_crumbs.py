"""The way up by name."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.crumbs import Crumbs
from hmi.client.places import Place

TRAIL = [Place("a", "Plant"), Place("@hall", "Hall & yard"), Place("b", "Line", 2)]


@pytest.fixture
def crumbs(qtbot):
    """An empty way."""
    made = Crumbs()
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_place_above_is_a_click_away_but_groups_have_nothing_to_show(qtbot, crumbs):
    asked = []
    crumbs.asked.connect(asked.append)
    crumbs.show_trail(TRAIL, 4)
    assert [made.accessibleName() for made in crumbs.buttons] == ["Plant", "Hall & yard", "Line"]
    for made in crumbs.buttons:
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
    assert asked == ["a", "b"]


@pytest.mark.parametrize(("most", "names"), [(0, []), (1, ["Line"]), (2, ["Hall & yard", "Line"])])
def test_where_there_is_little_room_the_nearest_are_kept(crumbs, most, names):
    crumbs.show_trail(TRAIL, most)
    assert [made.accessibleName() for made in crumbs.buttons] == names


def test_a_long_name_is_shortened_and_an_ampersand_is_one(crumbs):
    crumbs.show_trail([Place("a", "A very long name of a hall in which many lines stand"), TRAIL[1]], 4)
    assert crumbs.buttons[0].text().endswith("…")
    assert crumbs.buttons[1].text() == "Hall && yard"
