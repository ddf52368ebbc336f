"""A window that is used for months: pages, windows, themes and languages come and go, and nothing stays behind.

Twenty rounds show what stays behind at each; HMI_CYCLES=200 is the long form.
"""

import gc
import os

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

CYCLES = int(os.environ.get("HMI_CYCLES", "20"))
KINDS = (QWidget, QTimer, QObject)


def settled(window):
    """Let a second go by, and Qt and Python throw away what nobody holds."""
    for _ in range(2):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        window.pulse(True)
        gc.collect()


def counted(window):
    """How many objects there are below the window, of each kind, and how many windows."""
    children = [len(window.findChildren(kind)) for kind in KINDS]
    return [*children, len(QApplication.topLevelWidgets()), len(QApplication.allWidgets())]


def objects_alive():
    """How many things Python keeps, without the messages of Qt that pytest-qt collects."""
    return sum(not str(type(thing).__module__).startswith("pytestqt") for thing in gc.get_objects())


def go_round(window):
    """Every place once, and back."""
    for place in (*window.shell.desk.plant.screens, ":alarms", ":journal", ":trends", ":system"):
        window.shell.go(place)
    while window.shell.visits.past:
        window.shell.back()


def overlays(window):
    for action in ("keys", "search", "scan", "why"):
        window.shell.act(action)
    window.shell.above.clear()


def another_window(window):
    aside = window.open_aside("tank")
    aside.shell.go("pump")
    aside.close()


def another_theme(window):
    window.change_theme()
    window.change_theme()


def another_language(window):
    window.change_language("de")
    window.change_language("en")


def tag_panel(window):
    window.shell.show_tag("tank.level")
    window.shell.page.unpick()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("act", [go_round, overlays, another_window, another_theme, another_language, tag_panel])
def test_nothing_stays_behind(window, act):
    act(window)  # what is kept on purpose is there now
    settled(window)
    before = counted(window)
    settled(window)
    objects = objects_alive()
    for number in range(CYCLES):
        act(window)
        if number % 20 == 19:
            settled(window)
    settled(window)
    grown = objects_alive() - objects
    assert counted(window) == before
    assert grown < 100 + 4 * CYCLES  # caches may fill, but a page or an overlay is hundreds of objects
    assert not [timer for timer in window.shell.findChildren(QTimer) if timer.isActive()]
