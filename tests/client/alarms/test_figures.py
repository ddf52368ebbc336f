"""The figures page, as a person reads it."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms.figures import Figures
from hmi.link.messages import Reply

S = 10**9


def read(desk):
    """The journal's beginning, then its records."""
    for _ in range(3):
        desk.wire.tick()


@pytest.fixture
def shown(qtbot, desk, engine):
    now = desk.mirror.now_ns()

    def record(number, event, rule):
        time = now - 3600 * S + number * 5 * S
        more = {"subject": rule, "priority": 2, "result": "unacknowledged", "category": "alarm"}
        return {"id": number, "time_ns": time, "event": event, "occurrence": number, **more}

    records = []
    for number in range(0, 24, 2):
        records += [record(number, "raised", "tank.level.h"), record(number + 1, "returned", "tank.level.h")]
    began = {"id": 0, "time_ns": now - 2 * 86400 * S, "category": "system", "event": "started"}

    def answer(request):
        return Reply(request.number, True, "", [began] if request.args.get("oldest") else records[::-1])

    engine.answers["journal"] = answer
    made = Figures(desk)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    made.come()
    read(desk)
    return made


def cells(rows):
    return [row[0] for row in rows.rows]


def test_a_day_is_read_when_it_is_opened(shown, engine):
    args = engine.requests[-1].args
    assert args["to_ns"] - args["from_ns"] == 86400 * S
    assert args["category"] == "alarm"
    assert shown.ready()
    assert shown.told.whole.startswith("12 alarms annunciated since ")
    assert shown.figure_rows.rows[0] == ("Alarms a day", "12", "≤ 150", "≤ 300", "within target")


def test_a_click_on_a_figure_shows_its_events(qtbot, shown):
    line = cells(shown.figure_rows).index("Most in ten minutes")
    spot = shown.figure_table.visualRect(shown.figure_rows.index(line, 0)).center()
    qtbot.mouseClick(shown.figure_table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert shown.event_title.whole == "Most in ten minutes: 12 events, newest first"
    assert shown.event_rows.rows[0][1:] == ("Tank level high", "2", "5 s")


def test_a_click_on_a_bad_actor_shows_its_events_and_it_has_a_suggestion(qtbot, shown):
    assert shown.actor_rows.rows[0][:3] == ("Tank level high", "12", "100 %")
    assert "delay" in shown.actor_rows.rows[0][3]
    spot = shown.actor_table.visualRect(shown.actor_rows.index(0, 0)).center()
    qtbot.mouseClick(shown.actor_table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert len(shown.event_rows.rows) == 12


def test_another_span_is_read_anew(qtbot, shown, engine, desk):
    qtbot.mouseClick(shown.spans[30], Qt.MouseButton.LeftButton)
    read(desk)
    args = engine.requests[-1].args
    assert args["to_ns"] - args["from_ns"] == 30 * 86400 * S
    assert shown.figure_rows.rows[0][1] == "6.0"  # twelve in two days: before that there was no journal


def test_a_journal_that_cannot_be_read_says_why(shown, engine, desk):
    engine.answers["journal"] = lambda request: Reply(request.number, False, "the disk is away")
    shown.come()
    read(desk)
    assert shown.told.whole == "The journal cannot be read: the disk is away"


def test_figures_are_counted_for_the_position_of_the_station_and_for_any_other(positioned, desk, shown):
    assert shown.positions.currentText() == "Brewing"  # the desk's own
    assert shown.figure_rows.rows[0][:2] == ("Alarms a day", "12")
    shown.show_position("gate")
    assert shown.figure_rows.rows[0][:2] == ("Alarms a day", "0.0")
    assert shown.actor_rows.rows == []
    shown.show_position("")
    assert shown.figure_rows.rows[0][:2] == ("Alarms a day", "12")


def test_less_than_a_day_is_said_to_be_scaled_up(shown, engine, desk):
    one = {"id": 1, "time_ns": desk.mirror.now_ns() - 3600 * S, "category": "system", "event": "started"}
    engine.answers["journal"] = lambda request: Reply(
        request.number, True, "", [one] if request.args.get("oldest") else []
    )
    shown.come()
    read(desk)
    assert shown.told.whole.endswith("less than a day: what is said of a day is scaled up")
