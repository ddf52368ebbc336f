"""Every page by its key."""

import itertools

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget

from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS
from hmi.client.pages import PLACES, Shelter, page_of, sheltered
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.window import Window

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


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

    def least():
        hint = page.minimumSizeHint()
        return QSize(hint.width(), max(hint.height(), page.layout().minimumHeightForWidth(hint.width())))

    qtbot.waitUntil(lambda: page.size() == least(), timeout=5000)
    assert shelter.horizontalScrollBar().maximum() > 0
    page.dispose()


def test_a_screen_needs_no_shelter(qtbot, window):
    page = page_of("tank", window.shell.desk)
    qtbot.addWidget(page)
    assert sheltered(page) is page


def squeezed(page: QWidget) -> list[str]:
    """Parts of a page that lie on one another, or are lower than they can be read."""
    found = []
    for host in [page, *page.findChildren(QWidget)]:
        if host.layout() is None or not host.isVisible():
            continue
        parts = [one for one in host.findChildren(QWidget, options=DIRECT) if one.isVisible() and not one.isWindow()]
        laid = [one for one in parts if host.layout().indexOf(one) >= 0 or isinstance(one, QLabel | QAbstractItemView)]
        for one, other in itertools.combinations(laid, 2):
            if one.geometry().intersects(other.geometry()):
                found.append(f"{one} lies on {other}")
        texts = [one for one in laid if not isinstance(one, QAbstractItemView)]  # a list may be of one row
        found += [f"{one} is too low" for one in texts if one.height() < one.minimumSizeHint().height()]
    return found


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("size", [(640, 480), (800, 600), (1024, 768), (1280, 800), (800, 1280)])
def test_in_no_window_is_anything_squeezed(qtbot, qapp, wire, clock, size, touch):
    dress(qapp, day(), touch)
    window = Window(wire, clock, day(), touch=touch, user="anna", station="desk")
    qtbot.addWidget(window)
    window.resize(*size)
    window.show()
    wire.start()
    window.frame.beat()
    for key in PLACES.values():
        window.shell.go(key)
        window.wire.tick()
        window.frame.beat()
        qtbot.waitUntil(lambda: not squeezed(window.shell.page), timeout=5000)
    window.stop()
    dress(qapp, day(), False)
