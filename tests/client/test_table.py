"""Tables of the window."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.table import NARROWEST, Rows, Table


@pytest.fixture
def rows():
    model = Rows(("Tag", "Value", "Note"), right=("Value",))
    model.put([("a", "1", "x"), ("b", "2", "y")])
    return model


def test_only_rows_that_changed_are_drawn_again(qtbot, rows):
    changed = []
    rows.dataChanged.connect(lambda first, last, roles: changed.append(first.row()))
    rows.put([("a", "1", "x"), ("b", "3", "y")])
    assert changed == [1]
    assert rows.data(rows.index(1, 1)) == "3"


def test_another_number_of_rows_is_a_new_table(qtbot, rows):
    with qtbot.waitSignal(rows.modelReset):
        rows.put([("a", "1", "x")])
    assert rows.rowCount() == 1


def test_columns_of_no_width_share_what_is_left(qtbot, window, rows):
    table = Table(window.shell.desk, rows, (100, 60, 0), "nothing")
    qtbot.addWidget(table)
    table.resize(500, 200)
    table.show()
    assert table.columnWidth(0) == 100
    assert sum(table.columnWidth(column) for column in range(3)) == table.viewport().width()


def test_the_program_s_own_choice_of_a_row_does_not_depend_on_the_keys_held(qtbot, window, rows):
    table = Table(window.shell.desk, rows, (100, 60, 0), "nothing")
    qtbot.addWidget(table)
    table.show()
    table.selectRow(0)
    qtbot.keyPress(table, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)  # Ctrl+U, the page opens
    table.selectRow(1)
    qtbot.keyRelease(table, Qt.Key.Key_Control)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]
    assert table.currentIndex().row() == 1


def test_a_row_that_is_not_there_changes_nothing(qtbot, window, rows):
    table = Table(window.shell.desk, rows, (100, 60, 0), "nothing")
    qtbot.addWidget(table)
    table.selectRow(1)
    table.selectRow(99)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]


def test_it_is_as_high_as_its_rows_with_or_without_a_header(qtbot, window, rows):
    table = Table(window.shell.desk, rows, (100, 60, 0), "nothing")
    qtbot.addWidget(table)
    table.fit(1)
    one = table.height()
    table.horizontalHeader().hide()
    table.fit(1)
    assert one - table.height() == table.horizontalHeader().sizeHint().height()
    assert table.height() == table.verticalHeader().defaultSectionSize() + 2 * table.frameWidth()


def test_spare_columns_go_where_there_is_no_room(qtbot, window, rows):
    table = Table(window.shell.desk, rows, (100, 60, 0), "nothing", spare=(1,))
    qtbot.addWidget(table)
    table.resize(100 + NARROWEST + 10, 200)
    table.show()
    assert table.isColumnHidden(1)
    table.resize(500, 200)
    assert not table.isColumnHidden(1)


def test_an_empty_table_says_so(qtbot, window):
    table = Table(window.shell.desk, Rows(("A",)), (0,), "Nothing here")
    qtbot.addWidget(table)
    table.resize(300, 200)
    blank = table.grab().toImage()
    table.say_empty("")
    assert table.grab().toImage() != blank


def test_it_can_be_as_high_as_its_rows(qtbot, window, rows):
    table = Table(window.shell.desk, rows, (0, 0, 0), "")
    qtbot.addWidget(table)
    table.fit(8)
    two = table.height()
    rows.put([("a", "1", "x")] * 5)
    table.fit(4)
    assert table.height() > two
