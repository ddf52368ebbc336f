"""How somebody says what a tag shall be set to."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.wish import Reasons, Wish
from hmi.core.policy import Rules
from hmi.core.setting import Unacceptable
from hmi.core.tags import Tag


def wish_of(qtbot, desk, name, rules=Rules()):  # noqa: B008 - frozen
    made = Wish(desk, desk.plant.tag(name), rules)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_number_is_typed(qtbot, desk):
    wish = wish_of(qtbot, desk, "pump.speed")
    assert wish.pad is None  # there is a keyboard at a desk
    heard = []
    wish.changed.connect(lambda: heard.append(wish.entry.text()))
    qtbot.keyClicks(wish.entry, "45")
    assert heard == ["4", "45"]
    assert wish.value() == 45.0


def test_a_choice_is_tapped(qtbot, desk):
    wish = wish_of(qtbot, desk, "pump.running")
    with pytest.raises(Unacceptable, match="Choose one: On, Off"):
        wish.value()
    qtbot.mouseClick(wish.buttons[0], Qt.MouseButton.LeftButton)
    assert wish.value() == 0.0
    assert wish.told(0.0) == "Off" and wish.told(7.0) == ""


def test_a_tablet_has_a_pad_that_fits_the_tag(qtbot, desk):
    desk.touch = True
    wish = wish_of(qtbot, desk, "pump.speed")
    assert not wish.pad.keys["±"].isEnabled()  # 0 to 60
    assert wish.pad.keys["."].isEnabled()
    assert wish_of(qtbot, desk, "recipe.name").pad is None
    assert wish_of(qtbot, desk, "pump.running").pad is None


def test_a_tablet_offers_the_usual_reasons(qtbot, desk):
    assert Reasons(desk, 200).buttons == []
    desk.touch = True
    reasons = Reasons(desk, 200)
    qtbot.addWidget(reasons)
    reasons.show()
    qtbot.mouseClick(reasons.buttons[1], Qt.MouseButton.LeftButton)
    assert reasons.entry.text() == "Quality"


def test_counts_have_no_decimals_on_the_pad(qtbot, desk):
    desk.touch = True
    wish = Wish(desk, Tag(0, "a", "c", "x", "int16", low=-5, high=5), Rules())
    qtbot.addWidget(wish)
    assert not wish.pad.keys["."].isEnabled()
    assert wish.pad.keys["±"].isEnabled()
