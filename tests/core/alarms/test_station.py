"""The station's own alarms: a fixed set, rationalised, ranked by the plant's matrix like any other."""

from __future__ import annotations

import pytest

from hmi.core.alarms import columns as c
from hmi.core.alarms import sayings, station
from hmi.core.alarms.rules import CONSEQUENCES, Matrix


def test_each_has_all_that_an_alarm_must_have():
    for place, rule in enumerate(station.rules_of(Matrix(), {})):
        assert rule.index == place and station.is_own(rule) and rule.tag == station.NO_TAG
        assert rule.id.startswith(station.PREFIX) and rule.class_ == "diagnostic" and rule.status == "approved"
        assert rule.title and rule.cause and rule.effect and rule.action and rule.consequence in CONSEQUENCES
        assert rule.priority == Matrix().priority(rule.consequence, rule.respond_min)
        assert sayings.number(rule) is None and sayings.limit_text(rule, ()) == "the station notices it by itself"
    assert len(set(station.IDS)) == len(station.IDS) == len(station.OWN)


def test_the_nearer_the_end_of_a_certificate_the_more_urgent():
    priority = {rule.id: rule.priority for rule in station.rules_of(Matrix(), {})}
    by_days = [priority[station.CERTIFICATES[days]] for days in (60, 30, 7)]
    assert by_days == sorted(by_days, reverse=True) and by_days[-1] < by_days[0]


def test_the_plant_may_say_otherwise_and_its_matrix_ranks_it():
    sharp = Matrix((3.0, 10.0, 30.0), {"minor": (3, 4, 4, 4), "major": (1, 1, 1, 1), "severe": (1, 1, 1, 1)})
    changes = {station.SERVER_BACKLOG: {"consequence": "major", "respond_min": 60.0, "action": "Call 4711"}}
    found = {rule.id: rule for rule in station.rules_of(sharp, changes)}
    changed = found[station.SERVER_BACKLOG]
    assert (changed.priority, changed.action) == (1, "Call 4711")
    assert changed.title == "Records have waited for the plant server for long"
    assert found[station.SERVER_ROWS].priority == 4


@pytest.mark.parametrize(
    ("days", "says"),
    [(40, "expires in 40 days"), (1, "expires tomorrow"), (0, "expires today"), (-3, "has expired")],
)
def test_when_a_certificate_ends(days: int, says: str):
    assert station.ends_in("the station", days) == f"the certificate of the station {says}: renew it"


def test_without_a_tag_each_is_judged_by_a_number_behind_those_of_the_tags():
    rules = c.RuleColumns(station.rules_of(Matrix(), {}), 3)
    assert rules.tag.tolist() == list(range(3, 3 + len(station.OWN)))
    _, found = rules.pairs(rules.tag[[1, 0]].astype("uint32"))
    assert found.tolist() == [1, 0]
