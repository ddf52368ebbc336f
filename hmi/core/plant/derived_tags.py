"""Derived tags: their expressions compiled and put in order, so that each finds its inputs calculated."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from hmi.core import expr
from hmi.core.errors import Mistake
from hmi.core.expr import ExprError, Expression
from hmi.core.plant.tags_csv import TagFiles
from hmi.core.tags import Tag


def compile_derived(found: TagFiles, mistakes: list[Mistake]) -> tuple[tuple[int, Expression], ...]:
    """(tag, expression) of every derived tag in order of evaluation; the mistakes of others go on the list."""
    index = found.index
    compiled: dict[int, Expression] = {}
    for tag in found.tags:
        if not tag.connection and tag.address.startswith("="):
            expression = _compile(tag, found, index, mistakes)
            if expression is not None:
                compiled[tag.index] = expression
    return tuple((number, compiled[number]) for number in _order(compiled, found, mistakes))


def _compile(tag: Tag, found: TagFiles, index: Mapping[str, int], mistakes: list[Mistake]) -> Expression | None:
    file, line = found.places[tag.name]
    try:
        expression = expr.compile(tag.address, index, suggest=len(mistakes) < 50)
    except ExprError as error:
        mistakes.append(Mistake(file, line, f"{error.what} (column {error.column} of the address)", error.mend))
        return None
    if not expression.inputs:
        mistakes.append(Mistake(file, line, "the expression reads no tag", "Name the tags it is derived from"))
        return None
    if text := text_read(expression, found.tags):
        what = f"{text} is text, and expressions are about numbers"
        mistakes.append(Mistake(file, line, what, "Use tags that are numbers or bools"))
        return None
    return expression


def text_read(expression: Expression, tags: list[Tag]) -> str:
    """The name of the first tag that an expression needs as a number though it is text; "" if there is none."""
    return next((tags[number].name for number in expression.reads if tags[number].is_text), "")


def _order(compiled: Mapping[int, Expression], found: TagFiles, mistakes: list[Mistake]) -> list[int]:
    """Derived tags after all that they read; every circle is a mistake, and its tags are left out."""
    open_ = dict(compiled)
    while True:
        graph = {
            number: [other for other in expression.inputs if other in open_] for number, expression in open_.items()
        }
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = list(dict.fromkeys(error.args[1]))
            first = min(circle)
            names = [found.tags[number].name for number in [*circle, circle[0]]]
            if len(names) > 6:
                names[4:-1] = [f"... {len(names) - 5} more"]
            what = f"derived tags read each other in a circle: {' -> '.join(names)}"
            mistakes.append(Mistake(*found.places[found.tags[first].name], what, "Let one of them read no other"))
            for number in circle:
                del open_[number]
