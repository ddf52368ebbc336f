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
    assert described({**RECORDS[0], "event": "suppressed", "value": float("nan")}, page.desk)[4] == ""
    assert described({"category": "job", "event": "answered", "value": "{}"}, page.desk)[4] == ""


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


def test_a_note_tells_when_it_is_about(page):
    note = {"id": 3, "time_ns": RECORDS[1]["time_ns"], "category": "note", "event": "noted", "subject": "plant",
            "source_ns": RECORDS[0]["time_ns"], "value": 90.0, "user": "anna", "why": "seal changed"}  # fmt: skip
    row = described(note, page.desk)
    assert row[1:5] == ("Note", "Noted", "plant", "2026-02-25 07:13 · 1 min 30 s") and row[6] == "seal changed"
    assert described(note | {"value": None}, page.desk)[4] == "2026-02-25 07:13"


def test_enter_looks_through_the_whole_journal(qtbot, page, engine):
    page.search.setText("Seal")
    asked = len(engine.requests)
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    page.desk.wire.tick()
    assert engine.requests[asked].args["text"] == "Seal"
    assert len(page.model.rows) == 2  # the engine knows what it found, also where it is said in another language
    page.search.setText("speed")
    assert [row[3] for row in page.model.rows] == ["pump.speed"]
    page.search.clear()
    page.read()
    assert "text" not in engine.requests[-1].args


def test_what_is_chosen_goes_into_a_file_as_far_back_as_one_answer_goes(
    page, engine, window, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setattr("hmi.client.takeaway.usual_folder", lambda: tmp_path)
    qtbot.mouseClick(page.categories.button(1), Qt.MouseButton.LeftButton)
    window.frame.beat()
    qtbot.mouseClick(page.export, Qt.MouseButton.LeftButton)
    window.frame.beat()
    assert engine.requests[-1].args == {"limit": 10_000, "category": "alarm"}
    page.out.dialog.reject()
    page.out.save(tmp_path / "journal.csv", page.out._lines)
    qtbot.waitUntil(lambda: page.told.whole.startswith("Exported"), timeout=20_000)
    assert "tank.level.hh" in (tmp_path / "journal.csv").read_text(encoding="utf-8-sig")


def test_of_a_condition_that_a_server_keeps_it_says_what_the_server_said(desk):
    record = {**RECORDS[0], "subject": "line:UPS/Battery@1", "value": "On battery", "old": "active, unacknowledged"}
    assert described(record, desk)[3:5] == ("line:UPS/Battery@1", "On battery")
