"""A plant's own accent and logo in the window, by day and by night."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from hmi.client.logo import Logo
from hmi.client.people.sheet import SignIn
from hmi.client.theme import theme_of
from tests.client.conftest import texts

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#ff0000" d="M0 0h20v20h-20z"/></svg>'
BRANDING = '\n[branding]\naccent_day = "#1D674C"\naccent_night = "#8FD8B8"\nlogo = "branding/logo.svg"\n'


@pytest.fixture
def branded(qtbot, window, engine):
    """The window, after the engine has started again with the plant's own look."""
    files = texts()
    engine.hang_up()
    window.frame.beat()
    engine.start({**files, "plant.toml": files["plant.toml"] + BRANDING, "branding/logo.svg": SVG})
    qtbot.waitUntil(lambda: window.wire.state == "linked" and window.theme.brand == "#1D674C", timeout=5000)
    return window


def colour_at(widget: QWidget, x: int, y: int) -> str:
    """What is seen at a place of a widget, on the ground that it stands on."""
    top = widget.window()
    return QColor(top.grab().toImage().pixelColor(widget.mapTo(top, QPoint(x, y)))).name().upper()


def test_its_shape_is_drawn_in_the_accent_of_the_theme_and_nowhere_in_its_own_colour(branded):
    logo = branded.shell.header.logo
    assert logo.isVisible()
    assert (logo.width(), logo.height()) == (56, 28)
    for own in ("#1D674C", "#8FD8B8"):
        assert branded.theme.accent == own
        assert colour_at(logo, 10, 10) == own
        assert colour_at(logo, 50, 10) == branded.theme.raised
        branded.change_theme()
    assert branded.theme.accent == "#1D674C"


def test_the_line_below_the_header_is_the_plants(branded):
    header = branded.shell.header
    assert colour_at(header, 300, header.height() - 2) == "#1D674C"


def test_it_stands_where_people_sign_in(qtbot, branded):
    sheet = SignIn(branded.shell.desk, branded.shell, branded.present)
    (logo,) = sheet.findChildren(Logo)
    qtbot.waitUntil(lambda: colour_at(logo, 10, 10) == "#1D674C", timeout=5000)  # it has its place when it is laid out
    sheet.leave()


def test_a_plant_without_branding_looks_as_it_did(window):
    header = window.shell.header
    assert header.logo.isHidden()
    assert window.theme == theme_of("day")
    assert colour_at(header, 300, header.height() - 2) == window.theme.raised
    assert colour_at(header, 300, header.height() - 1) == window.theme.frame
