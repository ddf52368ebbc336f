"""Every page by its key."""

import pytest

from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS
from hmi.client.pages import page_of


@pytest.mark.parametrize("key", [ALARMS, JOURNAL, SYSTEM, TRENDS, "tank"])
def test_a_key_gives_its_page(qtbot, window, key):
    page = page_of(key, window.shell.desk)
    qtbot.addWidget(page)
    assert page.key == key
    page.dispose()


def test_a_place_that_is_not_there_is_no_page(window):
    with pytest.raises(KeyError):
        page_of("nowhere", window.shell.desk)
