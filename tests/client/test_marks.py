"""Marks that never rely on colour alone."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from hmi.client.marks import PriorityCount, QualityMark, draw_quality, priority_outline, priority_pixmap
from hmi.client.theme import day, night
from hmi.core import quality as q


def inked(image):
    """How many pixels are not transparent."""
    return sum(image.pixelColor(x, y).alpha() > 0 for x in range(image.width()) for y in range(image.height()))


def test_every_priority_has_a_shape_of_its_own():
    box = QRectF(0, 0, 40, 40)
    outlines = [tuple((p.x(), p.y()) for p in priority_outline(box, priority)) for priority in (1, 2, 3, 4)]
    assert len(set(outlines)) == 4


@pytest.mark.parametrize("theme", [day(), night()])
def test_filled_and_outlined_differ_and_both_are_seen(qapp, theme):
    filled = priority_pixmap(1, theme, 24, 1.0).toImage()
    hollow = priority_pixmap(1, theme, 24, 1.0, filled=False).toImage()
    assert inked(filled) > inked(hollow) > 20


@pytest.mark.parametrize(
    ("quality", "seen"),
    [(q.GOOD, False), (q.UNCERTAIN, True), (q.UNCERTAIN_LAST_USABLE, True), (q.BAD_TIMEOUT, True)],
)
def test_quality_is_drawn_unless_it_is_good(qapp, quality, seen):
    image = QImage(20, 20, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    draw_quality(painter, QRectF(0, 0, 20, 20), quality, day())
    painter.end()
    assert (inked(image) > 0) is seen


def test_the_quality_mark_is_only_repainted_when_it_changes(qtbot):
    mark = QualityMark(day())
    qtbot.addWidget(mark)
    mark.show_quality(q.BAD, day())
    assert inked(mark.grab().toImage()) > 0


def test_a_count_tells_its_number_to_a_screen_reader(qtbot):
    count = PriorityCount(2, day())
    qtbot.addWidget(count)
    count.show_count(3, True, day())
    assert count.accessibleName() == "Priority 2: 3"
    assert not count.grab().isNull()
