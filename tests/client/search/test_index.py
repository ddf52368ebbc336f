"""Everything of a plant that has a name."""

import dataclasses

import pytest

from hmi.client.language import speak
from hmi.client.search.index import Found, Index, Search, titles_of
from hmi.core.plant.equipment import Equipment
from hmi.core.steps.model import Instruction
from hmi.core.tags import Tag


@pytest.fixture
def plant(engine):
    """The small plant with two machines and an instruction."""
    machines = {
        "pump1": Equipment("pump1", "Feed pump", code="PMP-01", screen="pump"),
        "tank1": Equipment("tank1", "Day tank", screen="tank"),
    }
    instructions = {"overflow": Instruction(id="overflow", title="Tank overflows")}
    return dataclasses.replace(engine.plant, equipment=machines, instructions=instructions)


def search(plant, text):
    """Look to the end."""
    made = Search(Index(plant), text)
    while made.step():
        pass
    return made.best()


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("tank", "screen", "tank"),
        ("pump.speed", "tag", "pump.speed"),
        ("guard door", "alarm", "door.open"),
        ("tank hot", "alarm", "tank.temperature.h"),
        ("feed", "equipment", "pump1"),
        ("PMP-01", "equipment", "pump1"),
        ("pmp-01", "equipment", "pump1"),
        ("tank1", "equipment", "tank1"),  # without a code of its own the id is one
        ("trends", "page", ":trends"),
        ("overflow", "instruction", "overflow"),
    ],
)
def test_the_best_result_is_what_is_meant(plant, text, kind, key):
    first = search(plant, text)[0]
    assert (first.kind, first.key) == (kind, key)


def test_each_result_says_what_it_is_and_where(plant):
    index = Index(plant)
    described = {
        kind: index.described(Found(kind, key, 0.0))
        for kind, key in (
            ("screen", "tank"),
            ("tag", "tank.level"),
            ("alarm", "tank.level.hh"),
            ("equipment", "pump1"),
            ("instruction", "overflow"),
            ("page", ":alarms"),
        )
    }
    assert described["screen"] == ("Screen", "Tank", "Overview · L2")
    assert described["tag"][:2] == ("Tag", "tank.level")
    assert described["tag"][2].startswith("Tank level · ")
    assert described["alarm"] == ("Alarm", "Tank overflows", "tank.level.hh · Tank")
    assert described["equipment"] == ("Equipment", "Feed pump", "PMP-01 · Pump")
    assert described["instruction"] == ("Instruction", "Tank overflows", "overflow")
    assert described["page"][:2] == ("Page", "Alarms")


def test_nothing_typed_finds_nothing(plant):
    assert search(plant, "  ") == []


def test_a_text_is_found_in_the_language_shown_and_as_it_was_written(plant):
    speak("de", {"de": {"Feed pump": "Speisepumpe"}})
    try:
        assert search(plant, "speise")[0].key == "pump1"
        assert search(plant, "feed pump")[0].key == "pump1"
    finally:
        speak("en")


def test_a_hundred_thousand_tags_are_found_in_small_slices(plant):
    tags = tuple(
        Tag(n, f"area{n // 10000}.line{n // 1000}.machine{n % 1000}.speed", "line", "x", "float64")
        for n in range(100_000)
    )
    index = Index(dataclasses.replace(plant, tags=tags, rules=(), screens={}))
    made = Search(index, "line77 machine123 speed")
    steps = 0
    while made.step():
        steps += 1
    assert steps >= 40  # none of them long
    assert made.best()[0].key == "area7.line77.machine123.speed"
    assert len(made.best()) <= 60


def test_instructions_are_found_by_their_titles(plant):
    assert titles_of(plant) == {"overflow": "Tank overflows"}


def test_the_stations_own_alarms_are_found_in_both_languages(plant):
    speak("de")
    index = Index(plant)
    for text in ("journal is not as it was written", "journal geschrieben", "station.journal"):
        assert ("alarm", "station.journal") in [(one.kind, one.key) for one in search(plant, text)]
    _, name, where = index.described(Found("alarm", "station.journal", 1))
    assert (name, where) == ("Das Journal ist nicht so, wie es geschrieben wurde", "station.journal · Diese Station")
