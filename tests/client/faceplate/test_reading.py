"""What a tag of a machine is called and reads."""

import pytest

from hmi.client.faceplate.reading import Reading, labels_of
from hmi.core import quality as q


def test_the_machines_type_says_what_a_tag_is_called(desk):
    labels = labels_of(desk.plant.equipment["pump"])
    tags = desk.plant.tags
    assert Reading(desk, tags[desk.plant.tag_index["tank.level"]], labels).name == "Level"
    assert Reading(desk, tags[desk.plant.tag_index["pump.estop"]], labels).name == "Emergency stop of the pump"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("pump.hours", 12345.0, "12\u2009345 h"),
        ("pump.mode", 2.0, "Automatic"),
        ("pump.mode", 3.0, "3"),
        ("pump.estop", 1.0, "yes"),
        ("tank.level", 50.0, "50.0 %"),
    ],
)
def test_values_are_told_as_on_the_screens(desk, engine, name, value, text):
    reading = Reading(desk, desk.plant.tag(name), {})
    engine.set({name: value})
    desk.wire.tick()
    assert reading.text() == text


def test_a_bad_value_is_question_marks(desk, engine):
    reading = Reading(desk, desk.plant.tag("tank.level"), {})
    engine.set({"tank.level": 50.0}, q.BAD_SENSOR_FAILURE)
    desk.wire.tick()
    assert reading.text() == "????"


def test_a_text_and_the_names_that_a_device_gives(desk, engine):
    assert Reading(desk, desk.plant.tag("recipe.name"), {}).text() == "????"
    speed = desk.plant.tag("pump.speed")
    desk.mirror.table.names = {speed.index: {0: "Standstill"}}
    engine.set({"pump.speed": 0.0})
    desk.wire.tick()
    assert Reading(desk, speed, {}).value() == "Standstill"
