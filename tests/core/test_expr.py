"""The expression language: what it computes, what it refuses, and that no text can do harm."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import expr
from hmi.core import quality as q
from hmi.core.expr import ExprError

TAGS = {"line1.a": 0, "line1.b": 1, "line1.class.if": 2, "line1.lost": 3, "line1.nan": 4}
VALUES = np.array([2.0, -3.5, 10.0, 7.0, np.nan])
QUALITIES = np.array([q.GOOD, q.UNCERTAIN_SENSOR, q.GOOD, q.BAD_NO_COMMUNICATION, q.GOOD], np.uint32)


def value(text: str) -> tuple[float, int]:
    return expr.compile(text, TAGS).value(VALUES, QUALITIES)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3 - -1", 10.0),
        ("7 % 4 + .5 + 1e2", 103.5),
        ("= line1.a * 2", 4.0),
        ("line1.class.if / line1.a", 5.0),
        ("1 < line1.a <= 2", 1.0),
        ("1 < line1.a < 2", 0.0),
        ("line1.a == 2 and not line1.a != 2", 1.0),
        ("false or line1.a", 1.0),
        ("true and 0", 0.0),
        ("5 if line1.a > 3 else 6", 6.0),
        ("min(4, line1.a, 3) + max(1, 2)", 4.0),
        ("abs(0 - 3) + round(2.6) + floor(2.9) + ceil(2.1)", 11.0),
        ("clamp(12, 0, 10) + clamp(-1, 0, 10) + clamp(5, 0, 10)", 15.0),
        ("line1.a\n  + 1", 3.0),
    ],
)
def test_computes(text: str, result: float) -> None:
    assert value(text) == (result, q.GOOD)


@pytest.mark.parametrize(
    ("text", "result", "quality"),
    [
        ("line1.a + line1.b", -1.5, q.UNCERTAIN_SENSOR),
        ("line1.a + line1.b + line1.lost", 5.5, q.BAD_NO_COMMUNICATION),
        ("line1.lost > 5", 1.0, q.BAD_NO_COMMUNICATION),
        ("not line1.lost", 0.0, q.BAD_NO_COMMUNICATION),
        ("good(line1.lost)", 0.0, q.GOOD),
        ("bad(line1.lost)", 1.0, q.GOOD),
        ("good(line1.b) or bad(line1.b)", 0.0, q.GOOD),  # uncertain is neither
        ("good(line1.lost) and line1.lost > 5", 0.0, q.GOOD),
        ("line1.a == 2 or line1.lost", 1.0, q.GOOD),
        ("line1.lost if good(line1.lost) else line1.a", 2.0, q.GOOD),
        ("line1.a if line1.lost else 0", 2.0, q.BAD_NO_COMMUNICATION),
        ("3 < 2 < line1.lost", 0.0, q.GOOD),
    ],
)
def test_quality_goes_with_the_value(text: str, result: float, quality: int) -> None:
    assert value(text) == (result, quality)


@pytest.mark.parametrize(
    "text",
    ["1 / 0", "1 % 0", "1e308 * 10", "floor(1e308 * 10)", "round(line1.nan)", "line1.nan", "0 * (1 / 0)"],
)
def test_what_is_no_number_is_nan_and_bad(text: str) -> None:
    number, quality = value(text)
    assert math.isnan(number)
    assert quality == q.BAD_OUT_OF_RANGE


def test_a_bad_input_keeps_its_reason_through_a_division_by_zero() -> None:
    assert value("line1.lost / 0")[1] == q.BAD_NO_COMMUNICATION


@pytest.mark.parametrize(
    ("text", "column", "what", "mend"),
    [
        ("", 1, "empty", "tag"),
        ("=", 1, "empty", "tag"),
        ("line1.a + line1.aa", 11, "no tag line1.aa", "Write line1.a"),
        ("Line1.A", 1, "no tag Line1.A", "Write line1.a"),
        ("1 + Min(1, 2)", 5, "Min is neither", "Write min"),
        ("True", 1, "True is neither", "Write true"),
        ("line1.a = 2", 9, "'='", "=="),
        ("line1.a ** 2", 9, "'**'", "x * x"),
        ("line1.a // 2", 9, "'//'", "floor"),
        ("line1.a && 1", 9, "'&'", "and"),
        ("'text'", 1, "not allowed", "quotes"),
        ("1.2.3", 1, "not a number", "1.5"),
        ("0x10", 1, "not a number", "1.5"),
        ("1 if line1.a", 1, "not complete", "Check"),
        ("(1", 1, "not complete", "Check"),
        ("line1.a and", 12, "not complete", "Check"),
        ("min(1)", 1, "min() is given 1", "2 to 50"),
        ("good(3)", 1, "asks about a tag", "good(tag)"),
        ("good(line1.a + 1)", 1, "asks about a tag", "good(tag)"),
        ("min + 1", 1, "min is a function", "min(...)"),
        ("(1, 2)", 1, "cannot do this", "functions"),
        ("max(*line1.a, 2)", 5, "cannot do this", "functions"),
        ("1(2)", 1, "cannot do this", "functions"),
        ("1e999", 1, "too big", "1e308"),
        ("9" * 400, 1, "too big", "1e308"),
        ("1 + " * 300 + "1", 1001, "characters", "derived"),
        ("+".join(["1"] * 150), None, "too big", "derived"),
        ("-" * 30 + "1", None, "too big", "derived"),
        ("(" * 400 + "1" + ")" * 400, None, "", ""),
        ("__import__", 1, "neither", "tag"),
        ("line1.a.__class__", 1, "no tag", "line1."),
        ("lambda: 1", 1, "neither", ""),
        ("[1]", 1, "not allowed", ""),
        ("1\0", 2, "not allowed", ""),
        ("größe", 3, "", ""),
    ],
)
def test_refuses_with_column_and_mend(text: str, column: int | None, what: str, mend: str) -> None:
    with pytest.raises(ExprError) as caught:
        expr.compile(text, TAGS)
    assert what in caught.value.what
    assert mend in caught.value.mend
    assert 1 <= caught.value.column <= len(text) + 1
    if column is not None and what:
        assert caught.value.column == column


def test_suggestions_can_be_left_out() -> None:
    with pytest.raises(ExprError) as caught:
        expr.compile("line1.aa", TAGS, suggest=False)
    assert caught.value.mend == "Add it to tags.csv, or name another tag"


def test_a_long_sum_is_not_deep() -> None:
    assert value(" + ".join(["line1.a"] * 60)) == (120.0, q.GOOD)


def test_inputs_are_every_tag_named_and_reads_those_whose_value_counts() -> None:
    expression = expr.compile("line1.b if good(line1.a) else line1.b + line1.class.if", TAGS)
    assert expression.inputs == (1, 0, 2)
    assert set(expression.reads) == {1, 2}
    assert expression.text.startswith("line1.b if")


@given(st.text(max_size=200) | st.text(alphabet="line1.ab()+-*/%<>=! and or not if else 0123456789.e,\t", max_size=200))
@settings(max_examples=400, deadline=None)
@pytest.mark.cr("SAR 2.4", "3.5")
def test_no_text_raises_anything_but_expr_error(text: str) -> None:
    try:
        expression = expr.compile(text, TAGS)
    except ExprError as error:
        assert 1 <= error.column <= len(text) + 1
        return
    number, quality = expression.value(VALUES, QUALITIES)
    assert isinstance(number, float)
    assert math.isfinite(number) or quality >= q.BAD


# A reference: expressions made as pairs of text and a Python function of the values, all of good quality.
Pair = tuple[str, Callable[[Any], float]]


def binary(sign: str, function: Callable[[float, float], float]) -> Callable[[Pair, Pair], Pair]:
    return lambda a, b: (f"({a[0]} {sign} {b[0]})", lambda v: function(a[1](v), b[1](v)))


def leaves() -> st.SearchStrategy[Pair]:
    numbers = st.integers(0, 50).map(lambda n: (f"{n}", lambda v: float(n)))
    names = st.sampled_from([("line1.a", 0), ("line1.b", 1), ("line1.class.if", 2)])
    return numbers | names.map(lambda pair: (pair[0], lambda v: float(v[pair[1]])))


def deeper(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    functions = [
        binary("+", lambda a, b: a + b),
        binary("-", lambda a, b: a - b),
        binary("*", lambda a, b: a * b),
        binary("<", lambda a, b: float(a < b)),
        binary(">=", lambda a, b: float(a >= b)),
        binary("==", lambda a, b: float(a == b)),
        binary("and", lambda a, b: float(bool(a) and bool(b))),
        binary("or", lambda a, b: float(bool(a) or bool(b))),
        lambda a, b: (f"max({a[0]}, {b[0]})", lambda v: max(a[1](v), b[1](v))),
        lambda a, b: (f"abs(-{a[0]})", lambda v: abs(a[1](v))),
        lambda a, b: (
            f"({a[0]} if not {b[0]} else {b[0]})",
            lambda v: a[1](v) if not b[1](v) else b[1](v),
        ),
    ]
    return st.builds(lambda make, a, b: make(a, b), st.sampled_from(functions), inner, inner)


@given(st.recursive(leaves(), deeper, max_leaves=12), st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
@settings(max_examples=300, deadline=None)
def test_agrees_with_a_reference(pair: Pair, numbers: list[float]) -> None:
    text, reference = pair
    try:
        expression = expr.compile(text, TAGS)
    except ExprError as error:
        assert "too big" in error.what or "characters" in error.what
        return
    values = np.array([*numbers, 0.0, 0.0])
    wanted = reference(values)
    got, quality = expression.value(values, np.zeros(5, np.uint32))
    if math.isfinite(wanted):
        assert (got, quality) == (wanted, q.GOOD)
    else:
        assert math.isnan(got)
        assert quality == q.BAD_OUT_OF_RANGE
