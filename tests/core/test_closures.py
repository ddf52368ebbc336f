"""The closures of expressions, where the whole language does not show them at their edges."""

from __future__ import annotations

import math

import numpy as np

from hmi.core import closures
from hmi.core import quality as q

VALUES = np.array([1.0, np.inf, 5.0])
QUALITIES = np.array([q.GOOD, q.GOOD, q.BAD_SENSOR_FAILURE], np.uint32)


def test_infinity_sent_as_good_is_out_of_range() -> None:
    number, quality = closures.reading(1)(VALUES, QUALITIES)
    assert math.isnan(number)
    assert quality == q.BAD_OUT_OF_RANGE


def test_a_bad_value_keeps_its_number_and_its_reason() -> None:
    assert closures.reading(2)(VALUES, QUALITIES) == (5.0, q.BAD_SENSOR_FAILURE)


def test_logic_stops_where_the_answer_is_known() -> None:
    truth, bad = closures.reading(0), closures.reading(2)
    assert closures.logic((truth, bad), stop=True)(VALUES, QUALITIES) == (1.0, q.GOOD)
    assert closures.logic((bad, truth), stop=True)(VALUES, QUALITIES) == (1.0, q.BAD_SENSOR_FAILURE)


def test_nan_is_not_true() -> None:
    nowhere = closures.reading(1)
    assert closures.negation(nowhere)(VALUES, QUALITIES) == (1.0, q.BAD_OUT_OF_RANGE)
    assert closures.choice(nowhere, closures.reading(0), closures.reading(2))(VALUES, QUALITIES)[0] == 5.0


def test_every_comparison_and_operator_works_on_plain_numbers() -> None:
    assert [test(1.0, 2.0) for test in closures.COMPARISONS.values()] == [False, True, True, True, False, False]
    assert [work(7.0, 2.0) for work in closures.OPERATORS.values()] == [9.0, 5.0, 14.0, 3.5, 1.0]
