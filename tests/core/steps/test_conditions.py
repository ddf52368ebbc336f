"""Conditions of steps read tags and results, and what is not known does not hold."""

import pytest

from hmi.core.expr import ExprError
from hmi.core.quality import BAD, UNCERTAIN, UNCERTAIN_LAST_USABLE
from hmi.core.steps.conditions import Reading, compiled

TAGS = {f"t.n{number}": number for number in range(5000)} | {"line.speed": 5000}


def test_it_reads_only_what_it_names():
    condition = compiled("line.speed < 1 and result.a >= 2", TAGS, ["a", "b"])
    assert condition.names == ("line.speed", "result.a")
    values = {"line.speed": Reading(0.5, 0, 7), "result.a": Reading(2.0)}
    truth = condition.truth(values.__getitem__)
    assert (truth.holds, truth.readings) == (True, values)


@pytest.mark.parametrize("quality", [BAD, UNCERTAIN, UNCERTAIN_LAST_USABLE])
def test_a_value_that_is_not_good_tells_nothing(quality):
    truth = compiled("line.speed < 1", TAGS).truth(lambda name: Reading(0.0, quality))
    assert (truth.known, truth.holds) == (False, False)


def test_text_and_no_number_tell_nothing():
    condition = compiled("line.speed < 1", TAGS)
    assert not condition.truth(lambda name: Reading("run")).known
    assert not condition.truth(lambda name: Reading(None)).holds


def test_the_name_twice_is_read_once():
    asked = []
    compiled("line.speed > 1 and line.speed < 3", TAGS).truth(lambda name: asked.append(name) or Reading(2.0))
    assert asked == ["line.speed"]


@pytest.mark.parametrize(
    ("text", "mend"), [("line.sped < 1", "line.speed"), ("result.c > 1", "Write result."), ("line.speed <", "Check")]
)
def test_mistakes_are_told_in_words(text, mend):
    with pytest.raises(ExprError) as caught:
        compiled(text, TAGS, ["a", "b"])
    assert mend in caught.value.mend


def test_a_result_of_a_part_has_more_dots():
    assert compiled("result.fill.weight > 1", TAGS, ["fill.weight"]).names == ("result.fill.weight",)
