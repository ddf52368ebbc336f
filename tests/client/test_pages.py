"""Every page by its key."""

import pytest

from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS
from hmi.client.pages import Shelter, page_of, sheltered


@pytest.mark.parametrize("key", [ALARMS, JOURNAL, SYSTEM, TRENDS, "tank"])
def test_a_key_gives_its_page(qtbot, window, key):
    page = page_of(key, window.shell.desk)
    qtbot.addWidget(page)
    assert page.key == key
    page.dispose()


def test_a_place_that_is_not_there_is_no_page(window):
    with pytest.raises(KeyError):
        page_of("nowhere", window.shell.desk)


@pytest.mark.parametrize("key", [ALARMS, JOURNAL, SYSTEM])
def test_a_sheltered_page_fills_the_room_and_scrolls_only_below_its_least(qtbot, window, key):
    page = page_of(key, window.shell.desk)
    shelter = sheltered(page)
    qtbot.addWidget(shelter)
    shelter.resize(1400, 1100)
    shelter.show()
    assert isinstance(shelter, Shelter)
    assert page.size() == shelter.viewport().size()
    shelter.resize(50, 40)
    qtbot.waitUntil(lambda: page.size() == page.minimumSizeHint().expandedTo(shelter.viewport().size()), timeout=5000)
    assert shelter.horizontalScrollBar().maximum() > 0
    page.dispose()


def test_a_screen_needs_no_shelter(qtbot, window):
    page = page_of("tank", window.shell.desk)
    qtbot.addWidget(page)
    assert sheltered(page) is page
