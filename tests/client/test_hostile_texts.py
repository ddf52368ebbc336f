"""A window in which everything that others write is markup: shown as it stands on every page, and never believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTextEdit, QWidget

from hmi.client.alarms.page import AlarmsPage
from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS, TRUST, Words
from hmi.client.pages import PLACES
from hmi.client.window import Window
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.link.messages import ConnectionRow, Health, Reply
from tests.client.conftest import SmallEngine, texts

MARK = "<img src='file:///etc/passwd'><b>x</b>"  # what Qt would take for markup, and no quote of TOML or CSV
TITLES = ("Tank overflows", "Tank level high", "Tank hot", "Guard door open", "Valve stuck", "Overflow to drain")
PAGES = [*PLACES.values(), "overview", "tank"]
TELLING = {ALARMS, TRENDS, JOURNAL, SYSTEM, TRUST}  # that have words of others in labels and lists; screens are painted


def hostile() -> dict[str, str]:
    """The small plant, with markup in every text that its files hold."""
    return {file: _marked(text) for file, text in texts().items()}


def _marked(text: str) -> str:
    for word in (*TITLES, "Close hand valve HV-102", "Small plant", "Pump speed set-point", "Pump runs", "Recipe"):
        text = text.replace(f'"{word}"', f'"{word} {MARK}"').replace(f",{word}\n", f",{word} {MARK}\n")
    return text.replace('label = "Level"', f'label = "{MARK}"').replace(",1/min,", ",<b>/min,")


@pytest.fixture
def engine(clock: HandClock) -> SmallEngine:
    """An engine whose plant, devices and people are of no good will."""
    made = SmallEngine(clock, hostile())
    words = dict.fromkeys(("event", "subject", "user", "why", "station", "result"), MARK)
    record = {"id": 1, "time_ns": clock.now_ns(), "category": "alarm", **words}
    person = {"name": MARK, "full_name": MARK}
    made.answers |= {
        "history": made.history,
        "journal": lambda request: Reply(request.number, True, "", [record]),
        "people": lambda request: Reply(request.number, True, "", [person]),
        "certificates": lambda request: Reply(request.number, False, f"No {MARK}"),
        "secrets": lambda request: Reply(request.number, False, f"No {MARK}"),
    }
    return made


def faults(window: QWidget) -> Iterator[str]:
    """Every place of a window where Qt would take a text for markup."""
    for label in window.findChildren(QLabel):
        if MARK[:4] in label.text() and label.textFormat() != Qt.TextFormat.PlainText:
            yield f"label {label.text()[:60]}"
    for one in window.findChildren(QWidget):
        for tip in (one.toolTip(), one.whatsThis(), one.statusTip()):
            if QtGui.Qt.mightBeRichText(tip):
                yield f"tip of {type(one).__name__}: {tip[:60]}"
        if isinstance(one, QTextEdit) and MARK[:4] in one.toHtml():
            yield f"document of {type(one).__name__}"
        if isinstance(one, QAbstractItemView) and one.model() is not None:
            yield from _tips(one.model())


def _tips(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(min(50, model.rowCount(QModelIndex()))):
        for column in range(model.columnCount(QModelIndex())):
            tip = model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str) and QtGui.Qt.mightBeRichText(tip):
                yield f"tip in {type(model).__name__}: {tip[:60]}"


def shown(window: QWidget) -> str:
    """All that the labels and lists of a window say."""
    said = [label.whole if isinstance(label, Words) else label.text() for label in window.findChildren(QLabel)]
    for view in window.findChildren(QAbstractItemView):
        model = view.model()
        rows = range(model.rowCount(QModelIndex())) if model is not None else ()
        said += [str(model.data(model.index(row, column))) for row in rows for column in range(model.columnCount())]
    return "\n".join(said)


@pytest.mark.cr("SAR 2.4", "3.5")
def test_nothing_on_any_page_is_taken_for_markup(window: Window, engine: SmallEngine, clock: HandClock):
    for rule in range(4):
        engine.alarm(rule, "unacknowledged", acked_by=MARK, quiet_by=MARK, quiet_why=MARK)
    engine.set({"tank.temperature": 1.0}, q.BAD_WAITING)
    line = ConnectionRow("line", "opcua", MARK, "down", f"no answer {MARK}", 0, 6, -1.0, 0.0, 3, 0.0, note=MARK)
    engine.say(Health(clock.now_ns(), (line,), 1, store_fault=MARK, server=MARK, server_note=MARK, safe_mode=MARK))
    found, seen = list[str](), set[str]()
    for key in PAGES:
        window.shell.go(key)
        window.wire.tick()
        window.frame.beat()
        if isinstance(window.shell.page, AlarmsPage):
            window.shell.page.show_alarm(0)  # its help is of words, where its list is painted
        window.grab()  # and all of it is laid out
        found += [f"{key}: {fault}" for fault in faults(window)]
        seen |= {key} if MARK in shown(window.shell.page) else set()
    for overlay in (window.shell.above.sign_in, window.shell.above.search):
        overlay()
        window.wire.tick()
        found += [f"overlay: {fault}" for fault in faults(window)]
    assert not found
    assert seen >= TELLING, "else nothing hostile was there to be seen"


def test_the_search_finds_what_would_be_markup(qtbot: Any):
    room = QWidget()
    qtbot.addWidget(room)
    label = QLabel(f"Tank {MARK}", room)
    label.setToolTip(MARK)
    assert [fault.partition(" ")[0] for fault in faults(room)] == ["label", "tip"]
