"""Why a command cannot be given, in words."""

import pytest

from hmi.client.language import speak
from hmi.client.refusals import barred, complaint, is_growing, judged, range_text, refusal, typed
from hmi.core import expr
from hmi.core import quality as q
from hmi.core.policy import Interlock, Rules
from hmi.core.setting import Unacceptable
from hmi.core.tags import Tag
from tests.client.conftest import SmallEngine, texts

POLICIES = """
[[policy]]
tags = ["pump.speed"]
role = "maintain"

[[policy]]
tags = ["pump.running"]
values = [1]
stations = ["panel"]
"""


@pytest.fixture
def engine(clock):
    return SmallEngine(clock, texts() | {"policies.toml": POLICIES})


def tag(**more):
    return Tag(**{"index": 0, "name": "a", "connection": "c", "address": "x", "type": "float64", "unit": "%", **more})


def test_ranges_in_words():
    assert range_text(tag(low=0, high=100)) == "0.0 to 100.0 %"
    assert range_text(tag()) == "no limits given"
    assert range_text(tag(high=5, type="int16")) == "any to 5 %"
    assert range_text(tag(low=0, high=100), Rules(low=10)) == "10.0 to 100.0 %"
    assert range_text(tag(low=0, high=100), Rules(max_step=5)) == "0.0 to 100.0 %, at most 5.0 % at once"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Type a number"),
        ("fast", "“fast” is not a number"),
        ("120", "120 % is out of range: 5.0 to 100.0 %"),
        ("3", "outside what its policy allows"),
    ],
)
def test_wrong_input(text, says):
    with pytest.raises(Unacceptable, match=says):
        typed(tag(low=0, high=100), text, Rules(low=5))


def test_right_input():
    assert typed(tag(low=0, high=100), "12,5") == 12.5
    assert typed(tag(type="string", unit="", length=8), "Lemon") == "Lemon"


def test_what_is_only_too_short_is_not_wrong_yet():
    wide = tag(low=6000, high=27000)
    assert is_growing(wide, "2") and is_growing(wide, "260")
    assert not is_growing(wide, "30000") and not is_growing(wide, "x") and not is_growing(wide, "-2")
    assert not is_growing(wide, "2,5")


def test_who_may_is_said(desk):
    text = barred(desk, desk.plant.tag("pump.speed"), ())
    assert text.startswith("This is for those who may maintain. At this station everybody may operate")
    assert barred(desk, desk.plant.tag("pump.running"), (1.0, 0.0)) == ""  # off may be sent from here
    assert barred(desk, desk.plant.tag("pump.running"), (1.0,)).startswith(
        "This is commanded from: panel. Here is: desk"
    )


@pytest.mark.parametrize(
    ("name", "value", "why", "quality", "says"),
    [
        ("pump.speed", 1.0, "x", q.GOOD, "for those who may maintain"),
        ("pump.running", 1.0, "x", q.GOOD, "commanded from: panel"),
        ("pump.running", 0.0, "", q.GOOD, "Say why"),
        ("pump.running", 0.0, "x", q.BAD_SENSOR_FAILURE, "Pump runs is bad (sensor failure)"),
        ("pump.running", 0.0, "x", q.UNCERTAIN_LAST_USABLE, "Pump runs is stale (no longer updated"),
    ],
)
def test_refusals_in_words(desk, engine, name, value, why, quality, says):
    engine.set({name: 0.0}, quality)
    desk.wire.tick()
    one = desk.plant.tag(name)
    decision = judged(desk, one, desk.plant.policies.get(one.index, ()), value, why)
    assert not decision.allowed
    assert says in refusal(desk, one, decision)


def test_one_command_at_a_time(desk):
    one = desk.plant.tag("pump.running")
    desk.mirror.set_pending(one.index, True)
    decision = judged(desk, one, (), 0.0, "x")
    assert refusal(desk, one, decision) == "Another command to it is under way: see how that ends first"


def test_an_interlock_complains_in_the_plants_language(desk, engine):
    index = desk.plant.tag_index
    interlock = Interlock(expr.compile("not door.open", index), "The door is open")
    engine.set({"door.open": 0.0})
    desk.wire.tick()
    assert complaint(interlock, desk.mirror.table) == ""
    engine.set({"door.open": 1.0})
    desk.wire.tick()
    speak("de", {"de": {"The door is open": "Die Tür ist offen"}})
    try:
        assert complaint(interlock, desk.mirror.table) == "Die Tür ist offen"
        engine.set({"door.open": 1.0}, q.BAD_SENSOR_FAILURE)
        desk.wire.tick()
        text = complaint(interlock, desk.mirror.table)
    finally:
        speak("en")
    assert text == "Die Tür ist offen (jetzt nicht zu beurteilen: Sensorausfall)"
