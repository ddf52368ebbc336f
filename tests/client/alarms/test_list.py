"""The list on the glass: mouse, keys, and selections that stay on their alarm."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms.cells import Cells
from hmi.client.alarms.list import AlarmList


@pytest.fixture
def shown(qtbot, desk, model, belongings, tell):
    made = AlarmList(desk, model, Cells(desk, belongings))
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    tell((0, "unacknowledged"), (1, "unacknowledged"), (2, "acknowledged"), (3, "acknowledged"))
    again(made)
    return made


def again(made):
    made.model.put()
    made.refresh()


def click(qtbot, made, line, keys=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, keys, made.box_of(line).center())


def test_a_click_chooses_one_and_ctrl_one_more(qtbot, shown):
    click(qtbot, shown, 1)
    assert shown.chosen == {1}
    click(qtbot, shown, 3, Qt.KeyboardModifier.ControlModifier)
    assert shown.chosen == {1, 3}
    click(qtbot, shown, 2, Qt.KeyboardModifier.ShiftModifier)
    assert shown.chosen == {2, 3}


def test_a_selection_stays_on_its_alarm_and_goes_with_it(qtbot, shown, tell):
    click(qtbot, shown, 1)
    tell((0, "acknowledged"))
    again(shown)
    assert (shown.model.line_of(1), shown.chosen) == (0, {1})
    tell((1, "normal"))
    with qtbot.waitSignal(shown.chosen_changed):
        again(shown)
    assert shown.chosen == set()


def test_keys_move_choose_and_open(qtbot, shown):
    shown.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(shown, key)
    assert shown.chosen == {1}
    qtbot.keyClick(shown, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert shown.chosen == {1, 2, 3}
    qtbot.keyClick(shown, Qt.Key.Key_Home)
    with qtbot.waitSignal(shown.opened) as opened:
        qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert opened.args == [0]


def test_only_lines_that_are_wholly_seen_count_as_seen(shown):
    shown.resize(900, 32 * 3 + 14)
    assert shown.seen_rules() == [0, 1]
    shown.select(3)
    assert shown.seen_rules() == [2, 3]


def test_a_click_on_the_head_of_a_group_closes_it(qtbot, shown):
    shown.model.group(True)
    shown.refresh()
    assert shown.seen_rules() == [0, 1, 2, 3]
    click(qtbot, shown, 0)
    assert len(shown.model) == 3
    assert shown.chosen == set()


def test_keys_pass_the_heads_of_groups(qtbot, shown):
    shown.model.group(True)
    shown.refresh()
    shown.setFocus()
    for _ in range(len(shown.model) + 1):
        qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert shown.chosen == {3}


def test_where_there_is_little_room_columns_give_way(shown):
    names = [column.name for column, _, _ in shown.spots()]
    assert "title" in names
    shown.resize(1400, 300)
    assert len(shown.spots()) > len(names)


def test_a_change_draws_its_line_and_no_other(shown, tell, qtbot):
    drawn = []
    draw = shown.lines.draw
    shown.lines.draw = lambda painter, box, entry, *more: (drawn.append(entry.rule), draw(painter, box, entry, *more))
    qtbot.waitExposed(shown)
    shown.viewport().repaint()
    drawn.clear()
    tell((3, "latched-acknowledged"))
    again(shown)
    qtbot.waitUntil(lambda: bool(drawn), timeout=5000)
    assert drawn == [3]
