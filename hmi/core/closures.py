"""What a compiled expression does at run time: closures that read the tag table's columns and never raise.

Each gives value and quality. Truth is 1.0 and 0.0; a result that is no number is NaN and bad.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any, Final

from numpy.typing import NDArray

from hmi.core import quality as q

Result = tuple[float, int]  # value and quality
Step = Callable[[NDArray[Any], NDArray[Any]], Result]

OPERATORS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Mod: lambda a, b: a % b,
}
COMPARISONS: Final[dict[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
NUMERIC: Final[dict[str, Callable[..., float]]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "clamp": lambda x, low, high: max(low, min(x, high)),
}


def reading(index: int) -> Step:
    """The newest value of a tag; a device may send NaN and call it good, we do not."""

    def read(values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        value, quality = float(values[index]), int(qualities[index])
        if not math.isfinite(value) and quality < q.BAD:
            return math.nan, q.BAD_OUT_OF_RANGE
        return value, quality

    return read


def quality_test(index: int, wants_good: bool) -> Step:
    """Whether a tag is good (or bad); the answer itself is always good."""

    def test(values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        quality = int(qualities[index])
        return float(quality < q.UNCERTAIN if wants_good else quality >= q.BAD), q.GOOD

    return test


def calculation(function: Callable[..., float], steps: tuple[Step, ...]) -> Step:
    """A number from numbers, as bad as the worst of them; NaN and bad where there is none."""

    def calculate(values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        results = [step(values, qualities) for step in steps]
        quality = max(result[1] for result in results)
        try:
            value = float(function(*(result[0] for result in results)))
        except (ArithmeticError, ValueError):  # division by zero, floor of infinity, round of NaN
            value = math.nan
        if math.isfinite(value):
            return value, quality
        return math.nan, quality if quality >= q.BAD else q.BAD_OUT_OF_RANGE

    return calculate


def _truth(value: float) -> bool:
    return value != 0 and not math.isnan(value)


def negation(operand: Step) -> Step:
    """The opposite of a truth."""

    def negate(values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        value, quality = operand(values, qualities)
        return float(not _truth(value)), quality

    return negate


def logic(steps: tuple[Step, ...], stop: bool) -> Step:
    """`or` (stop at the first truth) and `and` (stop at the first untruth); later parts are not read."""

    def decide(values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        worst = q.GOOD
        for step in steps:
            value, quality = step(values, qualities)
            worst = max(worst, quality)
            if _truth(value) is stop:
                return float(stop), worst
        return float(not stop), worst

    return decide


def comparison(tests: tuple[Callable[[float, float], bool], ...], steps: tuple[Step, ...]) -> Step:
    """A chain of comparisons; it stops at the first that fails."""

    def compare(values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        left, worst = steps[0](values, qualities)
        for test, step in zip(tests, steps[1:], strict=True):
            right, quality = step(values, qualities)
            worst = max(worst, quality)
            if not test(left, right):
                return 0.0, worst
            left = right
        return 1.0, worst

    return compare


def choice(test: Step, body: Step, orelse: Step) -> Step:
    """`body if test else orelse`: only the branch taken is read."""

    def choose(values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        wanted, quality = test(values, qualities)
        value, of_branch = (body if _truth(wanted) else orelse)(values, qualities)
        return value, max(quality, of_branch)

    return choose
