"""How a line is drawn: symbols blink, texts do not; what is quiet has a letter."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from hmi.client.alarms.cells import STANDING_COLUMNS, Cells
from hmi.client.alarms.lines import Lines


@pytest.fixture
def draw(desk, model, belongings, tell):
    def picture(state, lit=True, chosen=False):
        tell((0, state))
        model.put()
        model.show(state if state == "shelved" else "standing")
        lines, entry, box = Lines(desk, model, Cells(desk, belongings)), model.entry(0), QRect(0, 0, 600, 32)
        image = QImage(600, 32, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        spots = [(STANDING_COLUMNS[0], 0, 44), (STANDING_COLUMNS[3], 44, 300), (STANDING_COLUMNS[4], 344, 200)]
        lines.draw(painter, box, entry, spots, chosen)
        lines.mark(painter, QRect(0, 0, 44, 32), entry, lit, chosen)
        painter.end()
        return image.copy(0, 0, 44, 32), image.copy(44, 0, 556, 32)

    return picture


def test_the_symbol_of_what_calls_blinks_and_the_text_does_not(draw):
    (lit, text), (dark, again) = draw("unacknowledged"), draw("unacknowledged", lit=False)
    assert lit != dark
    assert text == again


def test_the_symbol_of_what_was_acknowledged_is_steady(draw):
    assert draw("acknowledged")[0] == draw("acknowledged", lit=False)[0]


def test_what_returned_is_an_outline_and_what_is_shelved_a_letter(draw):
    marks = [draw(state)[0] for state in ("acknowledged", "returned-unacknowledged", "shelved")]
    assert marks[0] != marks[1] != marks[2] != marks[0]


def test_what_is_chosen_looks_chosen(draw):
    assert draw("acknowledged")[1] != draw("acknowledged", chosen=True)[1]
