"""When a flood begins and ends, and how the list is folded meanwhile."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.alarms.flood import MOST_LINES, FloodWatch, fold


def test_a_flood_begins_with_the_eleventh_in_ten_minutes():
    watch = FloodWatch()
    for n in range(10):
        watch.annunciate(1, n * 10.0)
    assert not watch.is_flood
    watch.annunciate(1, 100.0)
    assert (watch.is_flood, watch.since) == (True, 100.0)


def test_it_ends_when_fewer_than_five_came_in_ten_minutes():
    watch = FloodWatch()
    for n in range(12):
        watch.annunciate(1, n * 10.0)
    assert watch.next_look() == 670.0
    assert watch.look(669.9)
    assert not watch.look(670.0)
    assert watch.next_look() == math.inf


def test_thousands_at_once_are_a_flood_and_cost_no_room():
    watch = FloodWatch()
    watch.annunciate(10_000, 0.0)
    assert watch.is_flood
    assert len(watch._told) == 11


def folded(places, raised, priority):
    """What is left of alarms that stand at these places, when they are folded."""
    names = list(dict.fromkeys(places))
    numbers = np.array([names.index(place) for place in places], np.intp)
    return fold(np.arange(len(places)), numbers, names, np.array(raised, np.int64), np.array(priority, np.uint8))


def test_a_machine_is_one_line_with_the_alarm_that_came_first():
    lines, more = folded(["filler", "filler", "capper"], [30, 10, 20], [3, 4, 4])
    assert [(line.place, line.first, line.rules, line.priority) for line in lines] == [
        ("filler", 1, (1, 0), 3),
        ("capper", 2, (2,), 4),
    ]
    assert more == 0


def test_priority_one_is_never_folded_nor_left_out():
    urgent = list(range(15))
    lines, more = folded([f"m{n}" for n in range(40)], list(range(40)), [1] * 15 + [4] * 25)
    assert [line.rules for line in lines] == [(n,) for n in urgent]
    assert more == 25


def test_an_alarm_of_no_machine_stands_alone():
    lines, _ = folded(["", ""], [2, 1], [4, 4])
    assert sorted(line.rules for line in lines) == [(0,), (1,)]
    assert {line.place for line in lines} == {""}


standing = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4), st.sampled_from(["", "a", "b"])), max_size=60)


@given(standing)
def test_ten_lines_at_most_beside_the_urgent_and_no_alarm_twice(alarms):
    raised, priority = [one[0] for one in alarms], [one[1] for one in alarms]
    lines, more = folded([one[2] for one in alarms], raised, priority)
    shown = [rule for line in lines for rule in line.rules]
    assert len(shown) == len(set(shown))
    assert {n for n, one in enumerate(priority) if one == 1} <= set(shown)
    assert len(lines) <= max(MOST_LINES, priority.count(1))
    assert more == 0 or len(lines) >= MOST_LINES
    assert all(line.first == line.rules[0] for line in lines)
