"""Where alarms belong, and how they are found."""

import pytest

from hmi.client.alarms.belongings import Belongings, Filter


def test_an_alarm_belongs_to_its_machine_or_to_its_screen(belongings):
    assert belongings.machine == ["tank", "tank", "tank", ""]
    assert belongings.place == ["tank", "tank", "tank", "overview"]
    assert [belongings.title(place) for place in belongings.names] == ["Tank 1", "Overview"]


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
    assert belongings.mask(wanted).nonzero()[0].tolist() == found


def test_the_choice_of_places_is_the_tree_of_the_plant(belongings):
    assert belongings.choices() == [("cellar", "Cellar"), ("tank", "\u2003Tank 1")]


def test_a_position_is_a_place_too_with_all_that_it_answers_for(positioned, desk):
    belongings = Belongings(desk.plant)
    assert belongings.choices()[:2] == [("@brewing", "Position: Brewing"), ("@gate", "Position: Gate")]
    assert belongings.mask(Filter(place="@brewing")).nonzero()[0].tolist() == [0, 1, 2]
    assert belongings.mask(Filter(place="@gate")).nonzero()[0].tolist() == [3]
