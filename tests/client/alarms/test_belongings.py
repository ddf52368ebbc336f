"""Where alarms belong, and how they are found."""

import pytest

from hmi.client.alarms.belongings import Belongings, Filter


def test_an_alarm_belongs_to_its_machine_or_to_its_screen(belongings):
    assert belongings.machine[:4] == ["tank", "tank", "tank", ""]
    assert belongings.place[:4] == ["tank", "tank", "tank", "overview"]
    assert [belongings.title(place) for place in belongings.names] == ["Tank 1", "Overview", "This station"]


def test_the_stations_own_are_of_no_machine_and_are_found_by_what_they_say(belongings, desk):
    own = [rule.index for rule in desk.plant.all_rules[4:]]
    assert {belongings.machine[rule] + belongings.home[rule] for rule in own} == {""}
    assert {belongings.title(belongings.place[rule]) for rule in own} == {"This station"}
    assert belongings.mask(Filter(class_="diagnostic")).nonzero()[0].tolist() == own
    [found] = belongings.mask(Filter(text="station journal written")).nonzero()[0].tolist()
    assert belongings.title_of(found) == "The journal is not as it was written"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), [0, 1, 2, 3]),
        (Filter(priority=3), [2]),
        (Filter(place="tank"), [0, 1, 2]),
        (Filter(place="cellar"), [0, 1, 2]),
        (Filter(place="overview"), [3]),
        (Filter(class_="process", priority=1), [0]),
        (Filter(class_="safety"), []),
        (Filter(text="LEVEL high"), [1]),
        (Filter(text="door"), [3]),
    ],
)
def test_a_filter_lets_through_what_it_names(belongings, wanted, found):
    assert belongings.mask(wanted)[:4].nonzero()[0].tolist() == found


def test_the_choice_of_places_is_the_tree_of_the_plant(belongings):
    assert belongings.choices() == [("cellar", "Cellar"), ("tank", "\u2003Tank 1")]


def test_a_position_is_a_place_too_with_all_that_it_answers_for(positioned, desk):
    belongings = Belongings(desk.plant)
    assert belongings.choices()[:2] == [("@brewing", "Position: Brewing"), ("@gate", "Position: Gate")]
    told = {place: set(belongings.mask(Filter(place=place)).nonzero()[0].tolist()) for place in ("@brewing", "@gate")}
    everybodys = {rule.index for rule in desk.plant.all_rules[4:]}  # the station's own: no position answers for them
    assert told == {"@brewing": {0, 1, 2} | everybodys, "@gate": {3} | everybodys}
