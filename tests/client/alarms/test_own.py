"""The station's own alarms in the window: in the operator's language, beside the plant's, without a tag."""

from __future__ import annotations

from typing import Any

import pytest

from hmi.client.alarms import own
from hmi.client.alarms.cells import Cells
from hmi.client.language import speak, texts_of
from hmi.core.alarms import station
from hmi.link.messages import AlarmRow, Alarms

NOTE = "the certificate of the station expires in 5 days: renew it (connection line)"
SEVEN = station.CERTIFICATES[7]


def rule_of(desk: Any, name: str) -> Any:
    return next(rule for rule in desk.plant.all_rules if rule.id == name)


def test_texts_of_the_program_and_of_the_plant_each_in_the_language_in_use(desk):
    rule = rule_of(desk, SEVEN)
    speak("de", {"de": {"Call 4711": "4711 anrufen"}})
    assert own.text_of(rule, rule.title) == "Ein Zertifikat läuft in 7 Tagen ab"
    assert own.text_of(rule, "Call 4711") == "4711 anrufen"
    assert own.class_of("diagnostic") == "Diagnose"
    row = AlarmRow(rule.index, "unacknowledged", note=NOTE)
    assert own.note_of(row) == "Das Zertifikat von dieser Station läuft in 5 Tagen ab: erneuern (Verbindung line)"
    assert own.titled("Titel", row).startswith("Titel · Das Zertifikat")
    assert own.titled("Titel", AlarmRow(0, "unacknowledged")) == "Titel"


@pytest.mark.parametrize("code", ["de", "zh"])
def test_every_text_of_theirs_is_translated(code: str):
    assert station.TEXTS - texts_of(code).keys() == set()


@pytest.fixture
def standing(desk, engine):
    """The alarm of a certificate stands."""
    now = engine.clock.now_ns()
    row = AlarmRow(rule_of(desk, SEVEN).index, "unacknowledged", 1, now, now, 1.0, note=NOTE)
    engine.alarms[row.rule] = row
    engine.say(Alarms((row,)))
    return row


def test_it_stands_in_the_list_with_its_help_and_in_the_banner(window, standing):
    window.shell.go(":alarms")
    window.frame.beat()
    page = window.shell.page
    assert [row.rule for row in page.model.rows] == [standing.rule]
    cells = Cells(page.desk, page.belongings)
    note = "The certificate of the station expires in 5 days: renew it (connection line)"
    assert cells.alarm("title", standing) == f"A certificate ends within 7 days · {note}"
    assert (cells.alarm("value", standing), cells.alarm("place", standing)) == ("", "This station")
    page.show_alarm(standing.rule)
    shown = {name: part.whole for name, part in page.help.parts.items() if part.isVisibleTo(page.help)}
    assert shown["Just now"].startswith("The certificate of the station expires in 5 days")
    assert shown["Do this"].startswith("Renew it") and "Limit" not in shown
    assert not page.help.trend.isEnabled() and not page.help.jump.isEnabled()
    banner = window.shell.banner
    assert banner.headline.whole == "A certificate ends within 7 days"
    assert banner.detail.whole.startswith("This station · The certificate of the station expires in 5 days")


def test_it_is_acknowledged_by_its_id_and_found_by_search(window, engine, standing):
    window.frame.beat()
    window.shell.banner.acknowledge()
    assert [request.args["alarms"] for request in engine.requests if request.verb == "ack"] == [[SEVEN]]
    window.shell.show_alarm(station.STORE)  # one that does not stand has no tag to show
    assert window.shell.page.key == ":alarms"
