"""The sheet over a trend: choices by button, Esc leads back."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.trends.comparegraph import Graph
from hmi.client.trends.comparesheet import Picker, Sight, Study, axis_title


@pytest.fixture
def picker(qtbot):
    made = Picker(["one", "two", "a name that is far too long to be shown in full on a button like this"])
    qtbot.addWidget(made)
    made.resize(160, 32)
    made.show()
    return made


def test_a_picker_says_what_is_chosen_and_tells_a_change(qtbot, picker):
    told = []
    picker.picked.connect(told.append)
    assert picker.text().startswith("one")
    picker.pick(2)
    assert told == [2] and picker.toolTip().endswith("like this")
    assert picker.fontMetrics().horizontalAdvance(picker.text()) < picker.width()
    picker.put([])
    assert not picker.isEnabled() and picker.text().startswith("–")


def test_its_menu_offers_all_and_marks_the_chosen(picker):
    picker.pick(1)
    menu = picker.menu()
    assert [action.isChecked() for action in menu.actions()] == [False, True, False]
    menu.actions()[0].trigger()
    assert picker.chosen == 0
    menu.close()


def test_titles_have_the_unit_in_brackets(desk):
    tag = desk.plant.tag("tank.level")
    assert axis_title(tag) == "Tank level [%]"


def test_esc_leads_back_and_nothing_more_is_wanted(qtbot, desk, host):
    gone = []

    class Made(Study):
        def forget(self):
            gone.append(True)

    sheet = Made(desk, host, "Title", Graph(desk), Sight(desk.plant.tags[:1], 0, (0, 1)))
    sheet.open(sheet.leave_button)
    assert sheet.sheet.width() > 0.9 * host.width() and sheet.sheet.height() > 0.9 * host.height()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert gone == [True] and not sheet.isVisible()
