"""The figures as lines."""

import numpy as np
import pytest

from hmi.client.alarms.reckoning import ABOVE, BEYOND, UNKNOWN, WITHIN, actors, lines, percent
from hmi.core.alarms.kpi import DAY, Annunciations, measure

S = 10**9


def told(*rows):
    time, rule, priority, lasted = (np.array(column) for column in zip(*rows, strict=True))
    return Annunciations((time * S).astype(np.int64), rule, priority.astype(np.uint8), ((time + lasted) * S))


@pytest.fixture
def flood():
    """Twenty in twenty seconds of one alarm, each gone after two seconds."""
    return told(*((n, 1, 3, 0.5) for n in range(20)))


def by_name(kpi, events):
    return {one.name: one for one in lines(kpi, events)}


def test_each_figure_has_its_target_and_its_events(flood):
    found = by_name(measure(flood, 0, DAY), flood)
    assert (found["Alarms a day"].value, found["Alarms a day"].judged) == ("20", WITHIN)
    assert (found["Most in ten minutes"].value, found["Most in ten minutes"].judged) == ("20", ABOVE)
    assert len(found["Time in flood"].places) == 20
    assert found["Chattering alarms"].value == "1"
    assert len(found["Ten minutes with over 10"].places) == 20
    assert (found["Of priority 1"].value, found["Of priority 1"].judged) == ("0 %", WITHIN)
    assert found["Of priority 3"].judged == ABOVE


def test_what_is_more_than_manageable_is_said(flood):
    assert by_name(measure(flood, 0, DAY // 24), flood)["Alarms an hour"].judged == BEYOND


def test_of_too_little_nothing_is_said():
    one = told((60, 1, 3, 5))
    found = by_name(measure(one, 0, DAY // 1000), one)
    assert (found["Alarms a day"].value, found["Alarms a day"].judged) == ("–", UNKNOWN)
    assert (found["The ten most frequent"].judged, found["Of priority 3"].judged) == (UNKNOWN, UNKNOWN)
    assert found["Most in ten minutes"].judged == WITHIN


def test_the_worst_alarms_come_with_the_delay_that_helps(flood):
    (actor,) = actors(measure(flood, 0, DAY), flood)
    assert (actor.rule, actor.count, actor.share) == (1, 20, 1.0)
    assert actor.suggestion == "2 s off-delay: 95 % fewer"


def test_a_delay_that_would_hardly_help_is_not_suggested():
    rare = told(*((n * 3600, 1, 3, 600) for n in range(9)))
    assert actors(measure(rare, 0, DAY), rare)[0].suggestion == "no delay would help"


def test_a_quiet_day_is_within_every_target():
    empty = Annunciations(*(np.empty(0, kind) for kind in (np.int64, np.intp, np.uint8, np.int64)))
    assert {one.judged for one in lines(measure(empty, 0, DAY), empty)} == {WITHIN}


def test_shares_have_two_digits_where_they_mean_something():
    assert [percent(share) for share in (0.0, 0.004, 0.25)] == ["0 %", "0.4 %", "25 %"]
