"""What a command may be set to, in the words of the plant's screens."""

import pytest

from hmi.client.choices import choices_of, is_momentary, states_of, title_of, words_of
from hmi.core.plant import load
from tests.client.conftest import TAGS, library, texts

MORE = """m.mode,line,ns=2;s=A,int32,,0,3,,,,,change,rw,"Mode (0 off, 1 manual)"
m.start,line,ns=2;s=B,bool,,,,,,,,change,rw,Start button
m.valve,line,ns=2;s=C,bool,,,,,,,,change,rw,Valve
m.plain,line,ns=2;s=D,int32,,0,3,,,,,change,rw,Plain
m.state,line,ns=2;s=E,int32,,0,17,,,,,change,rw,State
"""
ELEMENTS = """
[[element]]
symbol = "choice"
at = [100, 200]
bind = { value = "m.mode" }
write = "m.mode"
words = { 0 = "Off", 1 = "Manual", 2 = "Automatic" }

[[element]]
symbol = "state"
at = [500, 200]
bind = { state = "m.state" }

[[element]]
symbol = "button"
at = [100, 300]
label = "Start"
write = "m.start"

[[element]]
symbol = "choice"
at = [100, 400]
bind = { value = "m.valve" }
write = "m.valve"
words = { 0 = "Closed", 1 = "Open" }
"""


@pytest.fixture(scope="module")
def plant():
    files = texts() | {"tags.csv": TAGS + MORE}
    files["screens/pump.toml"] += ELEMENTS
    return load(files, library())


def test_a_mode_is_chosen_among_its_words(plant):
    assert choices_of(plant, plant.tag("m.mode")) == {0: "Off", 1: "Manual", 2: "Automatic"}


def test_a_switch_has_the_words_of_its_screen_or_on_and_off(plant):
    assert choices_of(plant, plant.tag("m.valve")) == {0: "Closed", 1: "Open"}
    assert choices_of(plant, plant.tag("pump.running")) == {1: "On", 0: "Off"}


def test_a_button_whose_state_nothing_shows_is_pushed(plant):
    assert is_momentary(plant, plant.tag("m.start"))
    assert choices_of(plant, plant.tag("m.start")) == {1: "Start"}
    assert not is_momentary(plant, plant.tag("m.valve"))
    assert not is_momentary(plant, plant.tag("m.mode"))


def test_a_packml_state_is_read_by_its_name_but_not_commanded_by_it(plant):
    assert states_of(plant, plant.tag("m.state"))[6] == "Execute"
    assert choices_of(plant, plant.tag("m.state")) == {}
    assert states_of(plant, plant.tag("m.plain")) == {}


def test_numbers_and_texts_are_typed(plant):
    for name in ("pump.speed", "m.plain", "recipe.name"):
        assert choices_of(plant, plant.tag(name)) == {}
    assert words_of(plant, plant.tag("m.plain")) == {}


def test_names_that_the_device_gives_do_where_no_screen_has_words(plant):
    names = {0: "Idle", 1: "Busy"}
    assert choices_of(plant, plant.tag("m.plain"), names) == names
    assert choices_of(plant, plant.tag("m.mode"), names)[2] == "Automatic"


def test_words_are_in_the_plants_language(plant):
    from hmi.client.language import speak

    speak("de", {"de": {"Manual": "Hand", "Off": "Aus"}})
    try:
        assert choices_of(plant, plant.tag("m.mode"))[1] == "Hand"
    finally:
        speak("en")


def test_a_title_leaves_out_what_stands_in_brackets(plant):
    assert title_of(plant.tag("m.mode")) == "Mode"
    assert title_of(plant.tag("m.valve")) == "Valve"
