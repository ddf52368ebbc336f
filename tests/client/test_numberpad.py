"""Digits on the glass."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from hmi.client.numberpad import BACK, CLEAR, NumberPad
from hmi.client.style import target_px


@pytest.fixture
def field(qtbot):
    made = QLineEdit()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def pad(qtbot, field):
    made = NumberPad(field)
    qtbot.addWidget(made)
    made.show()
    return made


def press(qtbot, pad, keys):
    for key in keys:
        qtbot.mouseClick(pad.keys[key], Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("45.5", "45.5"),
        ("1.2.3", "1.23"),
        ("12±", "-12"),
        ("12±±", "12"),
        (["1", "2", BACK], "1"),
        (["1", "2", CLEAR, "7"], "7"),
    ],
)
def test_keys_type(qtbot, pad, field, keys, text):
    press(qtbot, pad, keys)
    assert field.text() == text


def test_keys_type_where_the_cursor_stands(qtbot, pad, field):
    field.setText("15")
    field.setCursorPosition(1)
    press(qtbot, pad, "2")
    assert field.text() == "125"


def test_keys_are_large_enough_for_a_glove(pad):
    assert all(min(key.width(), key.height()) >= target_px(True) for key in pad.keys.values())


def test_what_makes_no_sense_cannot_be_typed(qtbot, field):
    pad = NumberPad(field, negative=False, decimals=False)
    qtbot.addWidget(pad)
    pad.show()
    press(qtbot, pad, "3±.5")
    assert field.text() == "35"


def test_keys_say_themselves(pad):
    assert [pad.keys[key].accessibleName() for key in ("±", BACK, CLEAR)] == [
        "Change the sign",
        "Delete the last digit",
        "Clear",
    ]
