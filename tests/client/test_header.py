"""The header is honest about the page, the link and the time."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from hmi.client.header import worst_words
from hmi.core import quality as q
from hmi.link.messages import Health


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        ([], ""),
        ([q.GOOD], "1 value, good"),
        ([q.GOOD, q.GOOD], "2 values, all good"),
        ([q.GOOD, q.UNCERTAIN_LAST_USABLE, q.UNCERTAIN_LAST_USABLE], "2 of 3 values stale"),
        ([q.UNCERTAIN_LAST_USABLE, q.BAD_TIMEOUT], "1 of 2 values bad"),
        ([q.UNCERTAIN, q.GOOD], "1 of 2 values uncertain"),
    ],
)
def test_the_worst_quality_of_a_page_in_words(codes, text):
    assert worst_words(np.array(codes, np.uint32))[1] == text


def test_it_names_plant_screen_level_and_who_is_here(window):
    header = window.shell.header
    assert header.plant.whole == "Small plant"
    assert header.title.text() == "Overview"
    assert header.level.text() == "L1 Overview"
    assert header.who.text() == "anna"
    assert header.where.text() == "desk"


def test_the_clock_is_the_engines_in_the_plants_zone(window, clock):
    window.shell.pulse(True)
    before = window.shell.header.time.text()
    assert window.shell.header.date.text().endswith("CET")
    clock.advance(1.0)
    window.shell.pulse(True)
    assert window.shell.header.time.text() != before


def test_a_bad_value_on_the_page_shows_in_the_header(window, engine):
    engine.set({"tank.level": 0.0}, q.BAD_COMMUNICATION)
    window.frame.beat()
    assert window.shell.header.quality.text() == "1 of 1 value bad"
    assert window.shell.header.quality.property("role") == "bad"


def test_the_link_is_told_in_words(window, engine, clock):
    assert window.shell.header.link.text() == "Engine linked"
    clock.advance(2.1)
    window.frame.beat()
    assert window.shell.header.link.text() == "Engine silent"
    engine.hang_up()
    window.frame.beat()
    assert window.shell.header.link.text() == "Engine away"


def test_its_buttons_lead_back_forward_and_to_the_other_theme(qtbot, window):
    shell = window.shell
    shell.go("tank")
    qtbot.mouseClick(shell.header.back, Qt.MouseButton.LeftButton)
    assert shell.page.key == "overview"
    qtbot.mouseClick(shell.header.forward, Qt.MouseButton.LeftButton)
    assert shell.page.key == "tank"
    qtbot.mouseClick(shell.header.theme_button, Qt.MouseButton.LeftButton)
    assert shell.desk.theme.name == "night"
    assert shell.header.theme_button.text() == "Day"


def test_a_click_on_the_quality_says_why(qtbot, window, engine):
    engine.set({"tank.level": 0.0}, q.BAD_COMMUNICATION)
    window.frame.beat()
    qtbot.mouseClick(window.shell.header.quality, Qt.MouseButton.LeftButton)
    assert any("communication fault" in text for text in window.shell.above.overlay.texts)


@pytest.mark.parametrize(
    ("mode", "text", "role"),
    [("", "", ""), ("signed", "", ""), ("open", "Engineering", "muted"), ("engineering", "Engineering mode", "plain")],
)
def test_it_says_that_plant_files_run_which_nobody_vouches_for(window, engine, mode, text, role):
    window.shell.desk.mirror.health = Health(now_ns=1, mode=mode)
    header = window.shell.header
    header.show_link()
    assert header.mode.whole == text
    assert not text or (header.mode.property("role") == role and header.mode.isVisibleTo(header))
    assert header.mode.font().bold() is (mode == "engineering")
    window.shell.header.theme_asked.emit()
    assert header.mode.font().bold() is (mode == "engineering")
    header.resize(400, header.height())
    assert header.mode.isVisibleTo(header) is (mode == "engineering")
