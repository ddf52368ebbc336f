"""What lies above the pages: one overlay at a time, faceplates, and where they lead."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.aside import spot_of
from hmi.client.keylist import KeyList
from hmi.client.search.index import Found
from hmi.client.search.palette import Palette


def test_one_overlay_at_a_time(window):
    above = window.shell.above
    above.keys()
    assert isinstance(above.overlay, KeyList)
    above.search()
    assert isinstance(above.overlay, Palette)
    above.clear()
    assert above.overlay is None
    above.clear()


def test_going_elsewhere_closes_it(window):
    window.shell.above.keys()
    window.shell.go("tank")
    assert window.shell.above.overlay is None


@pytest.mark.parametrize(
    ("kind", "key", "place"),
    [("screen", "tank", "tank"), ("page", ":journal", ":journal"), ("tag", "tank.level", "overview")],
)
def test_what_was_found_is_gone_to(window, kind, key, place):
    window.shell.above.go_to(Found(kind, key, 1.0))
    assert window.shell.page.key == place


def test_a_tag_opens_its_panel_and_stays_open(window):
    for _ in range(2):
        window.shell.above.go_to(Found("tag", "pump.running", 1.0))
        assert window.shell.page.side.tag.name == "pump.running"


def test_an_alarm_that_stands_is_selected_in_the_list_another_is_shown_by_its_tag(window, engine):
    engine.alarm(1, "unacknowledged")
    engine.alarm(2, "acknowledged")
    window.frame.beat()
    window.shell.above.go_to(Found("alarm", "tank.temperature.h", 1.0))
    assert window.shell.page.key == ":alarms"
    assert window.shell.page.help.rule.id == "tank.temperature.h"
    window.shell.above.go_to(Found("alarm", "door.open", 1.0))
    assert window.shell.page.side.tag.name == "door.open"


# ------------------------------------------------------------------------------------ faceplates

EQUIPMENT = """
[[equipment]]
id = "tank1"
name = "Day tank"
code = "TNK-01"
screen = "tank"
instructions = ["overflow"]

[[equipment]]
id = "yard"
name = "Yard"
kind = "area"
screen = "pump"
"""


@pytest.fixture
def machines(window, engine, qtbot):
    """The small plant with a machine that has a faceplate, and an area that has none."""
    more = {"equipment.toml": EQUIPMENT, "instructions/overflow.md": "# Tank overflows\nClose HV-102"}
    engine.hang_up()
    window.frame.beat()
    engine.start({**engine.files, **more})
    qtbot.waitUntil(lambda: window.wire.state == "linked", timeout=5000)
    return window


def test_a_faceplate_opens_over_the_page_and_goes_with_it_unless_it_is_pinned(machines):
    above = machines.shell.above
    above.open_faceplate("tank1")
    assert above.faceplates.ids == ["tank1"]
    machines.shell.go("pump")
    assert above.faceplates.ids == []
    above.open_faceplate("tank1")
    above.faceplates.of("tank1").title.pin.setChecked(True)
    machines.shell.go("tank")
    assert above.faceplates.ids == ["tank1"]


def test_open_faceplates_survive_a_change_of_language(machines):
    machines.shell.above.open_faceplate("tank1")
    machines.change_language("de")
    assert machines.shell.above.faceplates.ids == ["tank1"]
    machines.change_language("en")


def test_pinned_faceplates_are_remembered_others_are_not(machines):
    machines.shell.above.open_faceplate("tank1")
    assert spot_of(machines, machines.shell).faceplates == ()
    machines.shell.above.faceplates.of("tank1").title.pin.setChecked(True)
    assert [plate[0] for plate in spot_of(machines, machines.shell).faceplates] == ["tank1"]


def test_what_has_no_faceplate_is_shown_by_its_screen(machines):
    machines.shell.above.open_faceplate("yard")
    assert machines.shell.page.key == "pump"


def test_its_instruction_is_read_from_the_faceplate(machines):
    above = machines.shell.above
    above.open_faceplate("tank1")
    above.faceplates.instruction_asked.emit("overflow", "tank1", "")
    assert "Close HV-102" in above.overlay.text.toPlainText()
    above.clear()


def test_esc_closes_the_overlay_first_and_then_the_faceplate(qtbot, machines):
    above = machines.shell.above
    above.open_faceplate("tank1")
    above.keys()
    qtbot.keyClick(machines.focusWidget(), Qt.Key.Key_Escape)
    assert (above.overlay, above.faceplates.ids) == (None, ["tank1"])
    qtbot.keyClick(machines.focusWidget(), Qt.Key.Key_Escape)
    assert above.faceplates.ids == []
