"""Choosing what the list shows."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms.belongings import Filter
from hmi.client.alarms.filterbar import FilterBar


@pytest.fixture
def bar(qtbot, desk, belongings):
    made = FilterBar(desk, belongings)
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_choice_narrows_the_filter(qtbot, bar):
    heard = []
    bar.changed.connect(heard.append)
    qtbot.keyClicks(bar.text, "tank")
    bar.priority.setCurrentIndex(2)
    bar.place.setCurrentIndex(bar.place.findData("cellar"))
    bar.state.setCurrentIndex(1)
    bar.class_.setCurrentIndex(bar.class_.findData("process"))
    assert heard[-1] == Filter("cellar", 2, "unacknowledged", "process", "tank")


def test_one_click_shows_all_again(qtbot, bar):
    assert bar.clear.isHidden()
    bar.priority.setCurrentIndex(1)
    qtbot.mouseClick(bar.clear, Qt.MouseButton.LeftButton)
    assert bar.wanted() == Filter()
    assert bar.clear.isHidden()
