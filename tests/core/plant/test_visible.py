"""All that an operator can read of a plant's files."""

from __future__ import annotations

from hmi.core.plant import load
from hmi.core.plant.visible import visible_texts
from tests.core.plant.motors import LIBRARY, TEXTS

SCREEN = """[screen]
id = "top"
title = "The top"
level = 1
size = [800, 600]
[[element]]
symbol = "value"
at = [0, 0]
label = "A label"
tag = "line.m1.speed"
text = "A text"
caption = "A caption"
unit = "1/min"
words = { 0 = "Closed", 1 = "Open" }
area = "line.m1"
align = "left"
"""
POLICY = """[[policy]]
tags = ["line.m1.start"]
confirm = "Really?"
interlock = [{ needs = "not line.m1.door", blocked = "Close the door" }]
"""


def test_every_text_is_listed_once_with_its_place() -> None:
    station = '[[station]]\nid = "desk"\nname = "The desk"\n'
    texts = {
        **TEXTS,
        "screens/top.toml": SCREEN,
        "policies.toml": POLICY,
        "plant.toml": TEXTS["plant.toml"].replace('name = "P"', 'name = "Plant"') + station,
    }
    found = visible_texts(load(texts, LIBRARY))
    wanted = {
        "Plant": "plant.toml",
        "The desk": "plant.toml",
        "The top": "screens/top.toml",
        "A label": "screens/top.toml:7",
        "A text": "screens/top.toml:7",
        "A caption": "screens/top.toml:7",
        "Open": "screens/top.toml:7",
        "Motor 1": "the equipment m1",
        "Motor 1, diagnostics": "templates/motor.toml",
        "Speed of Motor 1": "the equipment m1",
        "Door of Motor 1 is open: close it": "the equipment m1",
        "Really?": "a policy of line.m1.start",
        "Close the door": "a policy of line.m1.start",
        "speed of m1 high": "the alarm line.m1.speed.high",
        "door of m1": "the tag line.m1.door",
    }
    assert {text: found.get(text) for text in wanted} == wanted
    assert not found.keys() & {"1/min", "left", "line.m1", "", "value"}
