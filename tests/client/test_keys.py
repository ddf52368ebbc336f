"""The keys of the window."""

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from hmi.client.keys import GROUPS, KEYS

OPENS_MENU_OR_LEAVES_THE_DISPLAY = ("language", "full_screen")


def test_no_key_does_two_things():
    bound = Counter(QKeySequence(key.keys).toString() for key in KEYS if key.action)
    assert "" not in bound
    assert [keys for keys, count in bound.items() if count > 1] == []


def test_every_key_stands_in_a_group_of_the_list():
    assert {key.group for key in KEYS} == set(GROUPS)


def test_every_action_is_one_that_the_shell_knows(window):
    for key in KEYS:
        if key.action and key.action not in OPENS_MENU_OR_LEAVES_THE_DISPLAY:
            window.shell.act(key.action)
    for aside in list(window.asides):
        aside.close()
    window.shell.above.clear()
    window.change_theme()


def test_ctrl_and_a_number_lead_to_a_screen(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.shell.page.key == list(window.shell.desk.plant.screens)[2]
