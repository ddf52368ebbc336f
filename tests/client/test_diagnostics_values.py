"""The values that are not good, on the system page."""

import pytest
from PySide6.QtGui import QGuiApplication

from hmi.client.diagnostics_values import WrongValues, to_do, wrong_rows
from hmi.core import quality as q


@pytest.fixture
def values(window, engine, qtbot):
    engine.set({"tank.level": 1.0, "door.open": 0.0}, q.BAD_NODE_ID_UNKNOWN)
    engine.set({"pump.speed": 1.0}, q.UNCERTAIN_LAST_USABLE)
    window.frame.beat()
    made = WrongValues(window.shell.desk)
    qtbot.addWidget(made)
    made.reasons = {"tank.level": "the controller has no node ns=2;s=Level"}
    made.refresh()
    return made


def listed(values):
    return [row[0] for row in values.model.rows]


def test_names_reason_connection_address_and_age(window, values):
    (level, *_) = wrong_rows(window.shell.desk.plant, window.shell.desk.mirror, values.reasons)
    assert level == (
        "tank.level",
        "Bad",
        "The controller has no node ns=2;s=Level",
        "Compare the tag's address in tags.csv with the device",
        "line",
        "ns=2;s=Level",
        "0 s",
    )


@pytest.mark.parametrize("quality", [code for name, code in vars(q).items() if name.startswith("BAD")])
def test_there_is_something_to_do_about_every_bad_value(quality):
    assert to_do(quality, "line")
    assert to_do(quality, "") == "see the tags it is made of"


def test_counts_of_all_tags(values):
    assert values.title.text() == "Values: 2 of 6 good, 1 uncertain, 3 bad, 1 missing"  # the recipe has never come


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("NODE", ["tank.level"]),
        ("door", ["door.open"]),
        ("line bad", ["tank.level", "door.open", "recipe.name"]),
        ("turbine", []),
    ],
)
def test_every_word_of_a_search_must_be_found(values, words, found):
    values.search.setText(words)
    assert listed(values) == found
    assert f"{len(found)} found" in values.title.text()
    assert values.copying.isEnabled() == bool(found)


def test_a_search_that_finds_nothing_does_not_claim_that_all_is_well(values):
    values.search.setText("turbine")
    assert values.table.empty == "Nothing found: clear the search to see all"
    values.search.clear()
    assert len(listed(values)) == 4


def test_all_or_the_picked_rows_are_copied(values):
    values.copying.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("Tag\tQuality\tReason")
    values.table.selectRow(0)
    values.copy()
    assert QGuiApplication.clipboard().text().splitlines()[1:] == ["\t".join(values.model.rows[0])]
    values.model.put([(*values.model.rows[0][:2], "=cmd|' /C calc'!A0", *values.model.rows[0][3:])])
    values.table.clearSelection()
    values.copy()
    assert "\t'=cmd" in QGuiApplication.clipboard().text(), "what a device says is no formula where it is pasted"
