"""What a plant's alarm files say otherwise of the station's own alarms."""

from __future__ import annotations

import pytest

from hmi.core.alarms import station
from hmi.core.errors import Mistake
from hmi.core.plant import Plant, load
from hmi.core.plant.load import check
from hmi.core.plant.visible import visible_texts
from tests.core.plant.motors import HEADER

PLANT = """[plant]
id = "mill"
name = "Mill"
timezone = "UTC"
[[connection]]
id = "plc"
driver = "opcua"
address = "opc.tcp://plc"
"""
TAGS = f"{HEADER}\nmill.level,plc,ns=2;s=L,float64,%,0,100,,,,,,r,Level\n"
HEAD = '[[station_alarm]]\nid = "station.server-backlog"\n'


def checked(alarms: str, **more: str) -> tuple[Plant | None, list[Mistake]]:
    return check({"plant.toml": PLANT, "tags.csv": TAGS, "alarms.toml": alarms, **more}, {})


def own(plant: Plant, name: str):
    return next(rule for rule in plant.all_rules if rule.id == name)


def test_a_plant_without_any_alarm_has_the_stations_own():
    plant = load({"plant.toml": PLANT, "tags.csv": TAGS}, {})
    assert plant.rules == () and [rule.id for rule in plant.all_rules] == list(station.IDS)
    assert [rule.index for rule in plant.all_rules] == list(range(len(station.IDS)))


def test_what_is_said_counts_and_the_rest_stays():
    text = HEAD + 'consequence = "severe"\nrespond_min = 20\non_delay_s = 60\naction = "Call 4711"\nrealarm_min = 30\n'
    plant, mistakes = checked(text + "rationalised_on = 2026-03-01\n")
    assert plant is not None and mistakes == []
    rule = own(plant, station.SERVER_BACKLOG)
    assert (rule.priority, rule.on_delay_s, rule.action, rule.realarm_min) == (2, 60.0, "Call 4711", 30.0)
    assert rule.rationalised_on == "2026-03-01" and rule.off_delay_s == 10.0
    assert own(plant, station.SERVER_ROWS).priority == 4


def test_what_the_plant_says_is_translated_by_its_files_and_the_rest_by_the_program():
    plant, _ = checked(HEAD + 'action = "Call 4711"\n')
    assert plant is not None
    assert [text for text in visible_texts(plant) if text == "Call 4711" or text in station.TEXTS] == ["Call 4711"]


@pytest.mark.parametrize(
    ("text", "line", "what", "mend"),
    [
        ('[[station_alarm]]\nid = "station.server-backlg"\n', 2, "no alarm station.server-backlg", "station.server-ba"),
        (HEAD + "priority = 1\n", 3, "computed from the plant's matrix", "consequence and respond_min"),
        (HEAD + "limit = 3\n", 3, "limit", ""),
        (HEAD + "\n" + HEAD, 5, "there twice", "one place"),
        (HEAD + 'screen = "nowhere"\n', 3, "no screen nowhere", "screens/nowhere.toml"),
        (HEAD + "respond_min = 0\n", 3, "respond_min", ""),
        (HEAD + 'instruction = "nothing"\n', 3, "no instruction nothing", "instructions/nothing.md"),
        ("[[stationalarm]]\n", 1, "not a section", "[[alarm]]"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, what: str, mend: str):
    _, mistakes = checked(text)
    [found] = mistakes
    assert (found.file, found.line) == ("alarms.toml", line)
    assert what in found.what and mend in found.mend


def test_no_alarm_of_a_plant_has_an_id_of_the_stations_own():
    alarm = '[[alarm]]\nid = "station.level"\ntag = "mill.level"\ntype = "level_h"\nlimit = 1.0\n'
    plant, mistakes = checked(alarm)
    [found] = [one for one in mistakes if one.severity == "error" and one.line == 2]
    assert plant is None and "station's own" in found.what and "[[station_alarm]]" in found.mend
