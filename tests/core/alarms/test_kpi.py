"""The figures of an alarm system, counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.alarms import kpi
from hmi.core.alarms.kpi import DAY, SECOND, TEN_MIN, Annunciations, measure

T0 = 1_772_000_400 * SECOND  # a whole ten minutes


def told(*events, lasted=30.0):
    """(second, alarm[, priority[, lasted]]) in order."""
    events = sorted(events)
    time = np.array([T0 + round(one[0] * SECOND) for one in events], np.int64)
    gone = time + np.array([round((one[3] if len(one) > 3 else lasted) * SECOND) for one in events], np.int64)
    rule = np.array([one[1] for one in events], np.intp)
    priority = np.array([one[2] if len(one) > 2 else 4 for one in events], np.uint8)
    return Annunciations(time, rule, priority, gone)


def test_a_quiet_day_is_counted_per_hour_and_ten_minutes():
    found = measure(told(*((hour * 3600.0, hour) for hour in range(24))), T0, T0 + DAY)
    assert found.count == 24
    assert found.per(3600 * SECOND) == pytest.approx(1.0)
    assert found.per(TEN_MIN) == pytest.approx(1 / 6)
    assert (found.most_in_ten_min, found.busy_share, found.floods) == (1, 0.0, ())


def test_nothing_told_is_no_division_by_nothing():
    found = measure(told(), T0, T0 + DAY)
    assert (found.count, found.top_share, found.mix, found.most_stale) == (0, 0.0, (0.0, 0.0, 0.0, 0.0), 0)


def test_a_flood_begins_with_its_first_alarm_and_ends_when_fewer_than_five_came_in_ten_minutes():
    events = [(60.0 + 10 * n, n) for n in range(12)]  # from 60 s to 170 s
    found = measure(told(*events, (3000.0, 1)), T0, T0 + DAY)
    (flood,) = found.floods
    assert flood.begin_ns == T0 + 60 * SECOND
    assert flood.end_ns == T0 + (130 + 600) * SECOND  # the fifth last came at 130 s
    assert len(flood.places) == 12
    assert found.most_in_ten_min == 12
    assert found.flood_share == pytest.approx(670 / 86_400)


def test_ten_in_ten_minutes_are_no_flood():
    assert measure(told(*((n, n) for n in range(10))), T0, T0 + DAY).floods == ()


def test_a_flood_that_goes_on_lasts_to_the_end():
    found = measure(told(*((n, n) for n in range(20))), T0, T0 + 60 * SECOND)
    assert found.floods[0].end_ns == T0 + 60 * SECOND


def test_the_ten_most_frequent_have_their_share():
    many = [(n * 700.0, 99) for n in range(30)]
    few = [(n * 700.0 + 100, n) for n in range(20)]
    found = measure(told(*many, *few), T0, T0 + DAY)
    assert found.top[0][0] == 99
    assert len(found.top) == 10
    assert found.top_share == pytest.approx(39 / 50)


def test_three_within_a_minute_chatter_and_two_do_not():
    found = measure(told((0, 1), (20, 1), (40, 1), (500, 1), (0, 2), (30, 2)), T0, T0 + DAY)
    ((alarm, places),) = found.chattering
    assert alarm == 1
    assert len(places) == 3


def test_fleeting_is_gone_at_once_and_does_not_come_back_soon():
    found = measure(told((0, 1, 4, 5.0), (100, 2, 4, 5.0), (130, 2, 4, 5.0), (200, 3, 4, 50.0)), T0, T0 + DAY)
    assert found.fleeting.tolist() == [0, 2]  # the first of alarm 2 came back; its second did not


def test_stale_alarms_stood_longer_than_a_day_and_count_also_when_they_came_before():
    before = told((-2 * 86_400.0, 1, 4, 3 * 86_400.0), (-90_000.0, 2, 4, 4 * 86_400.0), (0, 3, 4, 60.0))
    found = measure(before, T0, T0 + DAY)
    assert found.stale.tolist() == [0, 1]
    assert (found.most_stale, found.count) == (2, 1)


def test_the_mix_of_priorities():
    found = measure(told((0, 1, 1), (1, 2, 2), (2, 3, 4), (3, 4, 4)), T0, T0 + DAY)
    assert found.mix == (0.25, 0.25, 0.0, 0.5)


def test_a_chattering_alarm_is_offered_the_shortest_off_delay_that_helps():
    time = np.arange(0, 200, 10) * SECOND
    found = kpi.suggest(time, time + 6 * SECOND)  # four seconds between
    assert found == kpi.Suggestion("off_delay_s", 5.0, 0.95)


def test_a_fleeting_alarm_is_offered_an_on_delay():
    time = np.arange(0, 20_000, 1000) * SECOND
    assert kpi.suggest(time, time + 3 * SECOND) == kpi.Suggestion("on_delay_s", 5.0, 1.0)


def test_an_alarm_that_stands_long_and_comes_seldom_is_offered_nothing():
    time = np.arange(0, 5) * DAY
    assert kpi.suggest(time, time + DAY // 2) is None


@given(st.lists(st.tuples(st.integers(0, 7200), st.integers(0, 3), st.sampled_from([1, 2, 3, 4])), max_size=80))
def test_floods_hold_what_was_told_in_order_and_never_overlap(events):
    told_ = told(*events)
    found = measure(told_, T0, T0 + 7200 * SECOND)
    assert sum(found.mix) == pytest.approx(1.0 if found.count else 0.0)
    for one, following in zip(found.floods, found.floods[1:], strict=False):
        assert one.end_ns <= following.begin_ns
    for flood in found.floods:
        assert len(flood.places) > kpi.FLOOD_BEGINS
        assert flood.begin_ns <= told_.time[flood.places].min()
        assert told_.time[flood.places].max() <= flood.end_ns


def test_what_still_stands_at_the_end_is_neither_fleeting_nor_spared_by_a_delay():
    found = told((0.0, 1), (100.0, 1), (200.0, 1), lasted=5.0)
    end = int(found.gone[-1])
    assert measure(found, T0, end).fleeting.tolist() == [0, 1]
    assert measure(found, T0, end + 1).fleeting.tolist() == [0, 1, 2]
    assert kpi.suggest(found.time, found.gone, end_ns=end) == kpi.Suggestion("on_delay_s", 10.0, pytest.approx(2 / 3))
