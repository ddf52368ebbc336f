"""What the player looks like on a desk and on a tablet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QBoxLayout

from hmi.client.instructions.form import PlayerForm
from hmi.client.style import dress, target_px
from hmi.client.theme import day

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


@pytest.mark.parametrize(
    ("touch", "size", "body", "middle"),
    [
        (False, (1100, 700), ACROSS, DOWN),  # picture beside the text
        (False, (500, 700), DOWN, DOWN),
        (True, (780, 1100), DOWN, DOWN),  # held upright: the answer below, where the thumbs are
        (True, (1240, 600), DOWN, ACROSS),  # held across there is no height to spare
    ],
)
def test_it_fits_the_room_there_is(qtbot, bench, desk, touch, size, body, middle):
    form = PlayerForm(replace(desk, touch=touch))
    qtbot.addWidget(form)
    form.show()
    form.resize(*size)
    assert (form.body.direction(), form.middle.direction()) == (body, middle)


def test_a_glove_hits_its_buttons(qtbot, qapp, bench, desk):
    dress(qapp, day(), True)
    form = PlayerForm(replace(desk, touch=True))
    qtbot.addWidget(form)
    form.show()
    assert all(one.height() >= target_px(True) for one in (form.main, form.hold, *form.others.values()))
    assert [one.text() for one in form.others.values()] == ["Leave out …", "Remark …", "Give up …"]
    dress(qapp, day(), False)
