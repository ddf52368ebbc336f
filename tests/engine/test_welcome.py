"""The welcome to a plant: texts, and what the engine made of them while it does not grow too large."""

import hmi
from hmi.core.plant.compiled import unpack
from hmi.engine import welcome
from tests.engine.toy import plant


def test_a_welcome_carries_the_plant_as_it_was_read():
    toy = welcome.made_ready(plant())
    said = welcome.welcome_of(toy, {"symbols/tank.toml": ""}, 5, 2)
    assert unpack(said.compiled, said.plant).tags == toy.tags
    assert (said.engine, said.digest, said.now_ns, said.told) == (hmi.__version__, toy.digest, 5, 2)
    assert said.library == {"symbols/tank.toml": ""}


def test_a_plant_too_large_for_one_message_is_told_by_its_files_alone(monkeypatch):
    monkeypatch.setattr(welcome, "_ROOM", 10)
    assert welcome.welcome_of(plant(), {}, 5, 0).compiled == b""
