"""One look for the whole program."""

import pytest

from hmi.client.page import button
from hmi.client.style import TARGET_PX, TOUCH_PX, dress, sheet
from hmi.client.theme import day, night


@pytest.mark.parametrize("theme", [day(), night()])
@pytest.mark.parametrize("touch", [False, True])
def test_every_colour_of_the_sheet_is_filled_in(theme, touch):
    text = sheet(theme, touch)
    assert theme.background in text
    assert "{background}" not in text


@pytest.mark.parametrize(("touch", "least"), [(False, TARGET_PX), (True, TOUCH_PX)])
def test_buttons_are_large_enough_for_what_hits_them(qtbot, qapp, touch, least):
    dress(qapp, day(), touch)
    made = button("+")
    qtbot.addWidget(made)
    made.ensurePolished()
    assert made.sizeHint().height() >= least
    assert made.sizeHint().width() >= (least if touch else 0)
    dress(qapp, day(), False)


def test_dressing_sets_the_palette(qapp):
    dress(qapp, night(), False)
    assert qapp.palette().window().color().name().upper() == night().background
    dress(qapp, day(), False)
