"""The journal page."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.journal import described
from hmi.link.messages import Reply

RECORDS = [
    {
        "id": 1,
        "time_ns": 1_772_000_000_000_000_000,
        "category": "alarm",
        "event": "raised",
        "subject": "tank.level.hh",
        "value": 93.2,
        "priority": 1,
        "quality": 0,
    },
    {
        "id": 2,
        "time_ns": 1_772_000_010_000_000_000,
        "category": "write",
        "event": "confirmed",
        "subject": "pump.speed",
        "value": 45.0,
        "old": 40.0,
        "user": "anna",
        "station": "desk",
        "why": "more throughput",
    },
]


@pytest.fixture
def page(window, engine):
    engine.answers["journal"] = lambda request: Reply(
        request.number,
        True,
        "",
        [one for one in RECORDS if request.args.get("category") in (None, one["category"])],
    )
    window.shell.go(":journal")
    window.frame.beat()
    return window.shell.page


def test_it_reads_when_it_is_shown_newest_first(page):
    assert [row[3] for row in page.model.rows] == ["pump.speed", "tank.level.hh"]
    assert page.ready()


def test_a_record_in_words(page):
    assert described(RECORDS[1], page.desk) == (
        "2026-02-25 07:13:30",
        "Write",
        "Confirmed",
        "pump.speed",
        "40.0 1/min → 45.0 1/min",
        "anna · desk",
        "more throughput",
    )
    assert described(RECORDS[0], page.desk)[4] == "93.2 %"
    assert described({"category": "system", "event": "started", "value": 2.5}, page.desk)[4] == "2.5"


def test_a_category_is_asked_of_the_engine(qtbot, page, window, engine):
    qtbot.mouseClick(page.categories.button(1), Qt.MouseButton.LeftButton)
    window.frame.beat()
    assert engine.requests[-1].args["category"] == "alarm"
    assert [row[3] for row in page.model.rows] == ["tank.level.hh"]


def test_a_text_is_looked_for_in_what_came(qtbot, page):
    qtbot.keyClicks(page.search, "through")
    assert [row[3] for row in page.model.rows] == ["pump.speed"]
    page.search.setText("nothing like it")
    assert page.table.empty == "No record has this text"


def test_refresh_asks_again(qtbot, page, window, engine):
    before = len(engine.requests)
    qtbot.mouseClick(page.reload, Qt.MouseButton.LeftButton)
    assert len(engine.requests) == before + 1


def test_an_engine_that_cannot_answer_is_quoted(page, window, engine):
    engine.answers["journal"] = lambda request: Reply(request.number, False, "the journal cannot be read")
    page.read()
    window.frame.beat()
    assert page.told.whole == "The journal cannot be read"
