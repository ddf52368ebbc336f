"""Figures beside their targets, and the events behind each."""

import numpy as np
import pytest

from hmi.core.alarms.figures import Figure, advice, figures
from hmi.core.alarms.kpi import DAY, SECOND, Annunciations, Suggestion, measure

T0 = 1_772_000_400 * SECOND


def of(*events, days=1):
    """Figures by key, of (second, alarm, priority, lasted) in order."""
    time = np.array([T0 + round(one[0] * SECOND) for one in events], np.int64)
    gone = time + np.array([round(one[3] * SECOND) for one in events], np.int64)
    numbers = np.array([one[1] for one in events], np.intp)
    told = Annunciations(time, numbers, np.array([one[2] for one in events], np.uint8), gone)
    return {one.key: one for one in figures(measure(told, T0, T0 + days * DAY), told)}


def test_a_quiet_day_is_good_throughout_but_for_the_share_of_the_few():
    found = of()
    assert {one.verdict for one in found.values()} == {"good"}


def test_a_flood_shows_in_every_figure_that_it_spoils():
    found = of(*((60 + n, n, 3, 300.0) for n in range(20)))
    assert found["most_in_ten_min"].value == 20
    assert found["busy"].places.tolist() == found["flood"].places.tolist() == list(range(20))
    too_much = {one.key for one in found.values() if one.verdict == "too much"}
    assert too_much == {"most_in_ten_min", "top_ten", "priority_3", "priority_4"}


def test_a_day_may_be_manageable():
    found = of(*((n * 430, n % 150, 4, 60.0) for n in range(200)))
    assert (found["per_day"].verdict, found["per_day"].value) == ("manageable", 200)
    assert found["per_hour"].verdict == "manageable"
    assert len(found["per_day"].places) == 200


def test_each_share_of_a_priority_names_its_events():
    found = of((0, 0, 1, 60.0), (700, 1, 4, 60.0), (1400, 2, 4, 60.0), (2100, 3, 4, 60.0))
    assert (found["priority_1"].value, found["priority_1"].places.tolist()) == (25.0, [0])
    assert {found[key].verdict for key in ("priority_1", "priority_4", "top_ten")} == {"too few to say"}
    many = of(*((n * 700, n, 1 + 3 * (n % 4 > 0), 60.0) for n in range(20)))
    assert (many["priority_1"].verdict, many["priority_4"].verdict) == ("too much", "too much")
    assert many["priority_2"].verdict == "good"


def test_chattering_fleeting_and_stale_alarms_name_theirs():
    found = of((0, 0, 4, 2.0), (10, 0, 4, 2.0), (20, 0, 4, 2.0), (500, 1, 4, 3.0), (600, 2, 4, 90_000.0), days=2)
    assert found["chattering"].places.tolist() == [0, 1, 2]
    assert found["fleeting"].places.tolist() == [2, 3]
    assert found["stale"].places.tolist() == [4]
    assert found["stale"].verdict == "good"


@pytest.mark.parametrize(
    ("value", "least", "maximum", "verdict"),
    [(5, False, 8, "good"), (6, False, 8, "manageable"), (9, False, 8, "too much"), (9, True, None, "good")],
)
def test_verdicts(value, least, maximum, verdict):
    assert Figure("k", "n", value, "", 5, maximum, np.empty(0, np.intp), least).verdict == verdict


def test_advice_is_said_in_words():
    assert advice(Suggestion("off_delay_s", 12.0, 0.94)) == "12 s off-delay would have removed 94 % of these"
    assert advice(None) == ""
