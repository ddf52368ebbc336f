"""Trend groups: the plant's are opened with a click, what is shown is kept as one's own."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.client.trends.groups import Groups
from hmi.core.trends import TrendGroup, TrendPen

PLANT = TrendGroup("level", "Level and speed", 3600.0, (TrendPen("tank.level"), TrendPen("pump.speed", side="right")))
SHOWN = TrendGroup("", "", 600.0, (TrendPen("tank.temperature", low=0.0, high=50.0),))


@pytest.fixture
def groups(qtbot, desk, tmp_path):
    desk.plant = replace(desk.plant, trends={"level": PLANT})
    desk.own = tmp_path
    made = Groups(desk, lambda key, title: replace(SHOWN, id=key, title=title))
    qtbot.addWidget(made)
    made.resize(380, 500)
    made.show()
    return made


def click(qtbot, groups, row):
    place = groups.table.visualRect(groups.model.index(row, 0)).center()
    qtbot.mouseClick(groups.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_opens_a_group(qtbot, groups):
    assert groups.model.rows == [("Level and speed", "", "2 pens")]
    with qtbot.waitSignal(groups.chosen) as chosen:
        click(qtbot, groups, 0)
    assert chosen.args == [PLANT]
    assert not groups.drop_button.isEnabled()  # it is the plant's


def test_what_is_shown_is_kept_and_removed_again(qtbot, groups, tmp_path):
    qtbot.keyClicks(groups.title, "Night shift")
    groups.keep_button.click()
    assert groups.told.text() == "Kept: Night shift"
    assert groups.model.rows[1] == ("Night shift", "mine", "1 pens")
    text = next(tmp_path.rglob("night-shift.toml")).read_text("utf-8")
    assert 'tag = "tank.temperature"\nrange = [0.0, 50.0]' in text
    with qtbot.waitSignal(groups.chosen) as chosen:
        click(qtbot, groups, 1)
    assert chosen.args == [replace(SHOWN, id="night-shift", title="Night shift")]
    groups.drop_button.click()
    assert groups.told.text() == "Removed: Night shift"
    assert len(groups.model.rows) == 1


def test_the_same_name_replaces_and_an_id_of_the_plant_is_left_alone(qtbot, groups, tmp_path):
    for title in ("Level", "level"):
        groups.title.setText(title)
        groups.keep_button.click()
    assert [file.stem for file in tmp_path.rglob("*.toml")] == ["level-2"]
    assert [row[0] for row in groups.model.rows] == ["Level and speed", "level"]


def test_without_a_name_or_pens_nothing_is_kept(groups, tmp_path):
    groups.keep_button.click()
    assert groups.told.text() == "Give it a name first"
    groups._shown = lambda key, title: None
    groups.title.setText("Empty")
    groups.keep_button.click()
    assert groups.told.text() == "There are no pens to keep"
    assert list(tmp_path.rglob("*.toml")) == []


def test_where_nothing_is_kept_there_is_no_field_for_it(qtbot, desk):
    made = Groups(desk, lambda key, title: None)
    qtbot.addWidget(made)
    made.show()
    assert not made.title.isVisible()
    assert made.model.rows == []
