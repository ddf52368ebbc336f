"""How the window says things."""

import math
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from hmi.client import words
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.tags import Tag, TagTable

BERLIN = ZoneInfo("Europe/Berlin")


def tag(**more):
    return Tag(**{"index": 0, "name": "a", "connection": "c", "address": "x", "type": "float64", **more})


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"),
        (12.9, "12 s"),
        (185, "3 min 05 s"),
        (7800, "2 h 10 min"),
        (273600, "3 d 4 h"),
        (math.inf, "never"),
    ],
)
def test_age(seconds, text):
    assert words.age(seconds) == text


def test_in_the_hour_that_comes_twice_it_is_said_which_of_both_it_is():
    ends = 1_792_890_000_000_000_000  # 2026-10-25 01:00 UTC, when summer time ends in Berlin
    half = 1_800_000_000_000
    assert words.clock_time(ends - half, BERLIN) == "02:30:00 CEST"
    assert words.clock_time(ends + half, BERLIN) == "02:30:00 CET"
    assert words.moment(ends + half, BERLIN, ends) == "02:30:00 CET"
    assert words.second(ends - half, BERLIN) == "2026-10-25 02:30:00 CEST"
    assert words.second(ends + 3 * half, BERLIN) == "2026-10-25 03:30:00"
    assert words.second(0, BERLIN) == "–"


def test_moments_are_in_the_plants_time_zone():
    noon = 1_772_017_200_000_000_000  # 2026-02-25 11:00 UTC
    assert words.moment(noon, BERLIN, noon) == "12:00:00"
    assert words.moment(noon, BERLIN, noon + 86_400_000_000_000) == "2026-02-25 12:00:00"
    assert words.moment(0, BERLIN, noon) == "–"
    assert words.source_time(noon + 7_000_000, BERLIN) == "2026-02-25 12:00:00.007"


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ({"low": 0, "high": 27000}, 0),
        ({"low": 0, "high": 100}, 1),
        ({"low": 0, "high": 4}, 2),
        ({"low": 0, "high": 0.5}, 3),
        ({}, 2),
        ({"type": "int32"}, 0),
        ({"type": "uint16", "scale": 0.1}, 1),
        ({"type": "bool"}, 0),
    ],
)
def test_decimals_follow_the_range(more, places):
    assert words.decimals(tag(**more)) == places


def test_numbers():
    assert words.number(-0.001, 1) == "0.0"
    assert words.number(-1.25, 1) == "-1.2"
    assert words.number(math.nan, 1) == words.NO_VALUE
    assert words.amount(tag(low=0, high=100, unit="%"), 12) == "12.0 %"
    assert words.amount(tag(low=0, high=100, unit="1"), 12) == "12.0"
    assert words.amount(tag(type="bool"), 1) == "1 (on)"


def test_a_bad_value_is_not_shown_unless_asked_for():
    one = tag(low=0, high=100)
    table = TagTable([one])
    table.apply(Batch.of([0], [42.0], 1, 1, q.BAD_COMMUNICATION))
    assert words.value_text(table, one) == words.NO_VALUE
    assert words.value_text(table, one, last=True) == "42.0"


def test_whole_numbers_of_64_bits_are_shown_to_the_last_digit():
    one, scaled = tag(type="int64"), replace(tag(type="uint64"), index=1)
    table = TagTable([one, scaled])
    rows = Batch.of([0, 1], [9.0e15, 1.8e19], 1, 1).rows
    rows["raw"] = 9_007_199_254_740_993, -1
    table.apply(Batch(rows))
    assert words.value_text(table, one) == "9007199254740993"
    assert words.value_text(table, scaled) == "18446744073709551615"


def test_a_state_is_called_what_its_device_calls_it():
    one = tag(type="uint16")
    table = TagTable([one])
    rows = Batch.of([0], [6.0], 1, 1).rows
    rows["raw"] = 6
    table.apply(Batch(rows))
    table.names = {0: {6: "Execute", 9: "Aborted"}}
    assert words.value_text(table, one) == "Execute"
    table.raw[0] = 7
    assert words.value_text(table, one) == "6"


def test_a_name_at_the_beginning_of_a_sentence_is_not_spelt_anew():
    assert words.sentence("line1.filler.speed_sp is 22000 1/h") == "line1.filler.speed_sp is 22000 1/h"
    assert words.sentence("nothing was sent.") == "Nothing was sent."


def test_counts_and_sentences():
    assert words.count(1, "alarm") == "1 alarm"
    assert words.count(2, "alarm") == "2 alarms"
    assert words.sentence("the engine is away") == "The engine is away"
    assert words.sentence("") == ""


def test_every_state_of_an_alarm_has_words():
    assert set(words.SHORT_STATES) == set(words.STATES)
