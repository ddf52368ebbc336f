"""The master alarm database: complete, readable, harmless."""

from dataclasses import fields, replace
from html.parser import HTMLParser

import pytest

from hmi.core.alarms import station
from hmi.core.alarms.document import COLUMNS, page, rows, shelving
from hmi.core.alarms.rules import AlarmClass, Matrix, Rule
from tests.engine.toy import RULE, plant

FULL = replace(
    RULE,
    priority=4,
    class_="machine-safety",
    latching=True,
    basis="Overflow pipe at 95 %",
    group="bowl",
    screen="filler",
    instruction="overflow",
    status="approved",
    rationalised_by="M. Berger",
    rationalised_on="2026-03-12",
    title="Bowl <high>",
)
CLASS = AlarmClass("machine-safety", 1.0, True, "maintain", "engineer", realarm_min=30.0)


class Tags(HTMLParser):
    """Which elements a page has, and what text."""

    def __init__(self, text):
        super().__init__()
        self.names, self.text, self.open = set(), "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def the_plant(rule=FULL):
    return replace(plant(rule), alarm_classes={"machine-safety": CLASS}, digest="0123456789abcdefgh")


def test_a_row_has_the_whole_rationalisation():
    (row,) = rows(the_plant())
    assert list(row) == list(COLUMNS)
    assert row["raised"] == "at or above 90 %"
    assert row["deadband"] == "2 %"
    assert row["computed"] == "minor, 10 min to respond (over 3, up to 10 min): priority 4"
    assert row["shelving"] == "up to 1 h by maintain, with a second person; out of service by engineer"
    assert row["realarm"] == "30 min after its acknowledgement"
    assert row["return"] == "latched until it is acknowledged and reset"
    assert row["suppressed"] == "while a.run == 0"
    assert row["rationalised"] == "M. Berger, 2026-03-12"


def test_every_text_of_a_rule_is_in_its_row():
    said = " ".join(next(rows(the_plant())).values())
    texts = [getattr(FULL, one.name) for one in fields(Rule) if isinstance(getattr(FULL, one.name), str)]
    missing = [text for text in texts if text and text not in said and text not in ("both", "s")]
    assert missing == []


def test_the_page_is_well_formed_without_scripts_and_what_files_say_stays_text():
    evil = replace(FULL, cause="<script>alert(1)</script>", title="a & b <i>")
    found = Tags(page(the_plant(evil), "2026-03-12T10:00Z"))
    assert not found.names & {"script", "link", "img", "iframe", "i"}
    assert not found.open
    assert "<script>alert(1)</script>" in found.text
    assert "a & b <i>" in found.text


def test_the_page_says_what_it_was_made_of():
    text = Tags(page(the_plant(), "2026-03-12T10:00Z")).text
    assert "1 alarms, 0 of them drafts; priority 4: 1 (100 %)." in text
    assert "0123456789abcdef" in text and "2026-03-12T10:00Z" in text
    assert "up to 3 min" in text and "longer" in text


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (AlarmClass("x", 0.0), "never; out of service by maintain"),
        (AlarmClass("x"), "up to 8 h by operate; out of service by maintain"),
    ],
)
def test_shelving_in_words(of, text):
    assert shelving(of) == text


def test_an_urgent_alarm_is_shelved_by_maintenance_whatever_its_class_says():
    assert shelving(AlarmClass("x"), 1).startswith("up to 8 h by maintain;")
    assert shelving(AlarmClass("x", shelve_role="engineer"), 1).startswith("up to 8 h by engineer;")


def test_alarms_come_by_priority_and_then_by_name():
    one, other = replace(FULL, priority=4, id="a"), replace(FULL, index=1, priority=1, id="z")
    assert [row["id"] for row in rows(plant(one, other))] == ["z", "a"]


def test_the_stations_own_are_in_it_by_the_plants_matrix_and_class():
    made = replace(plant(), station_rules=station.rules_of(Matrix(), {}), alarm_classes={"diagnostic": CLASS})
    row = next(row for row in rows(made) if row["id"] == station.STORE)
    assert (row["tag"], row["raised"], row["class"]) == ("", "the station notices it by itself", "diagnostic")
    assert row["computed"] == "severe, 30 min to respond (over 10, up to 30 min): priority 2"
    assert row["shelving"].startswith("up to 1 h by maintain, with a second person")
