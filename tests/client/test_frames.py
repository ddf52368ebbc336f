"""The frames of a window."""

import pytest
from PySide6.QtWidgets import QFrame, QWidget

from hmi.client.frames import bodied, stacked, tablet, workstation


@pytest.fixture
def middle(qtbot):
    """An empty window of 800 px."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    return made


def test_at_a_workstation_the_places_stand_beside_the_page(middle):
    places, page = QFrame(), QFrame()
    places.setFixedWidth(200)
    workstation(middle, places, page)
    middle.show()
    assert (places.x(), page.x(), page.width()) == (0, 200, 600)


def test_on_a_tablet_the_page_has_the_whole_width(middle):
    places, page = QFrame(), QFrame()
    tablet(middle, places, page)
    middle.show()
    assert (places.isVisible(), page.width()) == (False, 800)


def test_strips_keep_their_height_and_one_grows(middle):
    strips = [QFrame() for _ in range(3)]
    for strip in (strips[0], strips[2]):
        strip.setFixedHeight(50)
    stacked(middle, strips, strips[1])
    middle.show()
    assert [strip.height() for strip in strips] == [50, 500, 50]


def test_a_notice_takes_room_only_while_it_is_there(qtbot):
    notice, stack = QFrame(), QFrame()
    notice.setFixedHeight(40)
    body = bodied(notice, stack)
    qtbot.addWidget(body)
    notice.hide()
    body.resize(400, 300)
    body.show()
    assert stack.height() == 284
